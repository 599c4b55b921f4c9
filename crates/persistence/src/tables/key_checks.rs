//! By what a start recognizes its master keys.

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::ports::{KeyCheck, KeyCheckReads, KeyCheckStore, Sealed, StoreError};
use sea_orm::{EntityTrait, Insert, QueryOrder};

use crate::entities::key_check::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: key_check::Model) -> KeyCheck {
    KeyCheck {
        sealed: Sealed { key_id: row.key_id, bytes: row.sealed },
        created_at: Timestamp::from_micros(row.created_at),
    }
}

#[async_trait]
impl KeyCheckReads for SeaStore {
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        let select = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::KeyId);
        let rows = select.all(self.reading()).await.map_err(read_fault::<Entity>)?;
        Ok(rows.into_iter().map(from_row).collect())
    }
}

#[async_trait]
impl KeyCheckStore for SeaUnitOfWork {
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
