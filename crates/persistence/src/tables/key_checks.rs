//! By what a start recognizes its master keys.

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::ports::{KeyCheck, KeyCheckReads, KeyCheckStore, Sealed, StoreError};
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, QueryOrder, Statement};

use crate::connection::SeaUnitOfWork;
use crate::errors::store_error;
use crate::rows::{instant, micros};
use crate::statements::{all, insert};
use crate::store::SeaStore;
use crate::tables::locks::{Lock, lock};

entity!(key_check = "key_check" {
    pub key_id: String,
    pub sealed: Vec<u8>,
    pub created_at: i64,
    pub retired_at: Option<i64>,
});

use key_check::{Column, Entity};

async fn list(connection: &impl ConnectionTrait) -> Result<Vec<KeyCheck>, StoreError> {
    let select = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::KeyId);
    all(connection, select, |row| {
        let sealed = Sealed { key_id: row.key_id, bytes: row.sealed };
        let (created_at, retired_at) = (Timestamp::from_micros(row.created_at), instant(row.retired_at));
        Ok(KeyCheck { sealed, created_at, retired_at })
    })
    .await
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
        lock(self, Lock::KeyChecks).await?;
        list(self).await
    }

    async fn insert(&mut self, check: &KeyCheck) -> Result<(), StoreError> {
        let row = key_check::Model {
            key_id: check.sealed.key_id.clone(),
            sealed: check.sealed.bytes.clone(),
            created_at: check.created_at.as_micros(),
            retired_at: micros(check.retired_at),
        };
        insert(self, row).await
    }
}

/// Refuses to let something need a key that is retired, and keeps the key from being retired until the unit of work ends.
pub(super) async fn require_key(unit: &SeaUnitOfWork, key_id: &str) -> Result<(), StoreError> {
    let row = locked(unit, key_id, Strength::Shared).await?;
    if row.is_some_and(|retired| retired) {
        let told = "the master key that this node seals under was retired: bring its key ring up to date";
        return Err(StoreError::Unavailable(told.into()));
    }
    Ok(())
}

/// How a record is locked.
#[derive(Clone, Copy)]
pub(super) enum Strength {
    /// Beside others who need the key.
    Shared,
    /// Alone.
    Alone,
}

/// Locks the record of a key until the unit of work ends, and answers whether the key is retired; `None` where there is no record.
/// On SQLite whoever writes is alone anyway.
pub(super) async fn locked(unit: &SeaUnitOfWork, key_id: &str, strength: Strength) -> Result<Option<bool>, StoreError> {
    let backend = unit.get_database_backend();
    let mut sql = String::from("SELECT retired_at FROM key_check WHERE key_id = ");
    sql.push_str(if backend == DatabaseBackend::Postgres { "$1" } else { "?" });
    sql.push_str(match (backend, strength) {
        (DatabaseBackend::Sqlite, _) => "",
        (_, Strength::Alone) => " FOR UPDATE",
        (DatabaseBackend::Postgres, Strength::Shared) => " FOR SHARE",
        // MariaDB knows no other word for it.
        (_, Strength::Shared) => " LOCK IN SHARE MODE",
    });
    let statement = Statement::from_sql_and_values(backend, sql, [key_id.into()]);
    let row = unit.query_one_raw(statement).await.map_err(store_error)?;
    let retired = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose().map_err(store_error)?;
    Ok(retired.map(|at| at.is_some()))
}
