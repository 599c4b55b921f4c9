//! What a store keeps of API keys.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::api_key::ApiKey;
use crate::ports::{StoreError, TokenDigest};
use crate::{ApiKeyId, Page, PageRequest, RealmId};

/// Reads API keys.
#[async_trait]
pub trait ApiKeyReads {
    /// The key of a token.
    async fn find_api_key(&self, token: &TokenDigest) -> Result<Option<ApiKey>, StoreError>;
    /// The keys of a realm, newest first.
    async fn list_api_keys(&self, realm: RealmId, page: PageRequest) -> Result<Page<ApiKey>, StoreError>;
}

/// Changes API keys.
#[async_trait]
pub trait ApiKeyStore: Send {
    /// Adds an API key.
    async fn insert(&mut self, key: &ApiKey) -> Result<(), StoreError>;
    /// Notes a use.
    async fn touch(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError>;
    /// Removes a key of the realm; `false` when it has none such (`an_api_key_is_revoked_only_in_its_realm`).
    async fn revoke(&mut self, realm: RealmId, id: ApiKeyId) -> Result<bool, StoreError>;
}
