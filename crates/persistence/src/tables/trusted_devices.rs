//! Trusted devices.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::trusted_device::{TrustedDevice, TrustedDeviceReads, TrustedDeviceStore};
use countersign_application::{AccountId, Page, PageRequest, Timestamp, TrustedDeviceId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::connection::SeaUnitOfWork;
use crate::rows::{Row, instant, micros};
use crate::statements::{Guarded, insert, one, page, revoke, set};
use crate::store::SeaStore;

entity!(trusted_device = "trusted_device" of AccountId {
    pub id: Uuid,
    pub token_digest: Vec<u8>,
    pub account_id: Uuid,
    pub password_version: i64,
    pub second_factor_version: i64,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_used_at: Option<i64>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
});

use trusted_device::{Column, Entity};

fn from_row(row: trusted_device::Model) -> Result<TrustedDevice, StoreError> {
    let read = Row::new("trusted_device", row.id);
    Ok(TrustedDevice {
        id: TrustedDeviceId::from_uuid(row.id),
        token_digest: TokenDigest(read.bytes("token_digest", &row.token_digest)?),
        account_id: AccountId::from_uuid(row.account_id),
        password_version: row.password_version,
        second_factor_version: row.second_factor_version,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        last_used_at: instant(row.last_used_at),
        ip: row.ip,
        user_agent: row.user_agent,
    })
}

pub(crate) fn row_of(device: &TrustedDevice) -> trusted_device::Model {
    trusted_device::Model {
        id: device.id.as_uuid(),
        token_digest: device.token_digest.0.to_vec(),
        account_id: device.account_id.as_uuid(),
        password_version: device.password_version,
        second_factor_version: device.second_factor_version,
        created_at: device.created_at.as_micros(),
        expires_at: device.expires_at.as_micros(),
        last_used_at: micros(device.last_used_at),
        ip: device.ip.clone(),
        user_agent: device.user_agent.clone(),
    }
}

#[async_trait]
impl TrustedDeviceReads for SeaStore {
    async fn find_trusted_device(&self, token: &TokenDigest) -> Result<Option<TrustedDevice>, StoreError> {
        one(self.reading(), Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())), from_row).await
    }

    async fn list_trusted_devices(
        &self,
        account: AccountId,
        request: PageRequest,
    ) -> Result<Page<TrustedDevice>, StoreError> {
        let select = Entity::find().filter(Column::AccountId.eq(account.as_uuid()));
        page(self.reading(), select, request, from_row, |device| device.id.as_uuid()).await
    }
}

#[async_trait]
impl TrustedDeviceStore for SeaUnitOfWork {
    async fn insert(&mut self, device: &TrustedDevice) -> Result<(), StoreError> {
        insert(self, row_of(device)).await
    }

    async fn touch(&mut self, id: TrustedDeviceId, at: Timestamp) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::LastUsedAt, at.as_micros()).await
    }

    async fn revoke(&mut self, account: AccountId, id: TrustedDeviceId) -> Result<bool, StoreError> {
        revoke::<Entity>(self, account.as_uuid(), id.as_uuid()).await
    }

    async fn revoke_all(&mut self, account: AccountId) -> Result<u64, StoreError> {
        Entity::delete_many().filter(Column::AccountId.eq(account.as_uuid())).rows(self).await
    }
}
