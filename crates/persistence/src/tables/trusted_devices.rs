//! Trusted devices.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::trusted_device::{TrustedDevice, TrustedDeviceReads, TrustedDeviceStore};
use countersign_application::{AccountId, Page, PageRequest, Timestamp, TrustedDeviceId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::trusted_device::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::{Row, instant, micros};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: trusted_device::Model) -> Result<TrustedDevice, StoreError> {
    let name = Row::new("trusted_device", row.id);
    Ok(TrustedDevice {
        id: TrustedDeviceId::from_uuid(row.id),
        token_digest: TokenDigest(name.bytes("token_digest", &row.token_digest)?),
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

#[async_trait]
impl TrustedDeviceReads for SeaStore {
    async fn find_trusted_device(&self, token: &TokenDigest) -> Result<Option<TrustedDevice>, StoreError> {
        let row = Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
    }

    async fn list_trusted_devices(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<TrustedDevice>, StoreError> {
        let mut select = Entity::find().filter(Column::AccountId.eq(account.as_uuid()));
        if let Some(after) = page.after {
            select = select.filter(Column::Id.lt(after));
        }
        let select = select.order_by_desc(Column::Id).limit(u64::from(page.limit) + 1);
        let rows = select.all(self.reading()).await.map_err(read_fault::<Entity>)?;
        let devices = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
        Ok(Page::from_overfull(devices, page.limit, |device: &TrustedDevice| device.id.as_uuid()))
    }
}

#[async_trait]
impl TrustedDeviceStore for SeaUnitOfWork {
    async fn insert(&mut self, device: &TrustedDevice) -> Result<(), StoreError> {
        let row = trusted_device::Model {
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
        };
        Insert::<trusted_device::ActiveModel>::one(row)
            .exec_without_returning(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn touch(&mut self, id: TrustedDeviceId, at: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn revoke(&mut self, account: AccountId, id: TrustedDeviceId) -> Result<bool, StoreError> {
        let revoked = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::AccountId.eq(account.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(revoked.rows_affected == 1)
    }

    async fn revoke_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }
}
