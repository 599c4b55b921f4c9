//! By what a start recognizes its master keys.

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::ports::{KeyCheck, KeyCheckReads, KeyCheckStore, Sealed, StoreError};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, EntityTrait, Insert, QueryOrder};

use crate::entities::key_check::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

/// The table in which the migrations that were applied are recorded.
const MIGRATIONS: &str = "seaql_migrations";
const APPLIED_AT: &str = "applied_at";

fn from_row(row: key_check::Model) -> KeyCheck {
    KeyCheck {
        sealed: Sealed { key_id: row.key_id, bytes: row.sealed },
        created_at: Timestamp::from_micros(row.created_at),
    }
}

async fn list<C: ConnectionTrait>(connection: &C) -> Result<Vec<KeyCheck>, StoreError> {
    let select = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::KeyId);
    let rows = select.all(connection).await.map_err(read_fault::<Entity>)?;
    Ok(rows.into_iter().map(from_row).collect())
}

#[async_trait]
impl KeyCheckReads for SeaStore {
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        list(self.reading()).await
    }
}

#[async_trait]
impl KeyCheckStore for SeaUnitOfWork {
    async fn lock(&mut self) -> Result<Vec<KeyCheck>, StoreError> {
        // There may be no row of ours to lock yet; the records of migrations are there before everything else.
        let lock = Query::update()
            .table(Alias::new(MIGRATIONS))
            .value(Alias::new(APPLIED_AT), Expr::col(Alias::new(APPLIED_AT)))
            .to_owned();
        ConnectionTrait::execute(self.connection(), &lock).await.map_err(fault)?;
        list(self.connection()).await
    }

    async fn insert(&mut self, check: &KeyCheck) -> Result<(), StoreError> {
        let row = key_check::Model {
            key_id: check.sealed.key_id.clone(),
            sealed: check.sealed.bytes.clone(),
            created_at: check.created_at.as_micros(),
        };
        Insert::<key_check::ActiveModel>::one(row).exec_without_returning(self.connection()).await.map_err(fault)?;
        Ok(())
    }
}
