//! By what a start recognizes its master keys.

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::ports::{KeyCheck, KeyCheckReads, KeyCheckStore, Sealed, StoreError};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use crate::connection::SeaUnitOfWork;
use crate::statements::{all, insert};
use crate::store::SeaStore;
use crate::tables::locks::{Lock, lock};

entity!(key_check = "key_check" {
    pub key_id: String,
    pub sealed: Vec<u8>,
    pub created_at: i64,
});

use key_check::{Column, Entity};

async fn list(connection: &impl ConnectionTrait) -> Result<Vec<KeyCheck>, StoreError> {
    let select = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::KeyId);
    all(connection, select, |row| {
        let sealed = Sealed { key_id: row.key_id, bytes: row.sealed };
        Ok(KeyCheck { sealed, created_at: Timestamp::from_micros(row.created_at) })
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
        };
        insert(self, row).await
    }
}
