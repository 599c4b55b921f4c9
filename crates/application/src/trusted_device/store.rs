//! What a store keeps of trusted devices.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::{StoreError, TokenDigest};
use crate::trusted_device::TrustedDevice;
use crate::{AccountId, Page, PageRequest, TrustedDeviceId};

/// Reads trusted devices.
#[async_trait]
pub trait TrustedDeviceReads {
    /// The trusted device of a token.
    async fn find_trusted_device(&self, token: &TokenDigest) -> Result<Option<TrustedDevice>, StoreError>;
    /// The trusted devices of an account, newest first.
    async fn list_trusted_devices(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<TrustedDevice>, StoreError>;
}

/// Changes trusted devices.
#[async_trait]
pub trait TrustedDeviceStore: Send {
    /// Adds a trusted device.
    async fn insert(&mut self, device: &TrustedDevice) -> Result<(), StoreError>;
    /// Notes a use.
    async fn touch(&mut self, id: TrustedDeviceId, at: Timestamp) -> Result<(), StoreError>;
    /// Revokes a trusted device of the account; `false` when it has none such.
    async fn revoke(&mut self, account: AccountId, id: TrustedDeviceId) -> Result<bool, StoreError>;
    /// Revokes all trusted devices of the account and answers how many there were
    /// (`revoking_trusted_devices_touches_only_the_account`).
    async fn revoke_all(&mut self, account: AccountId) -> Result<u64, StoreError>;
}
