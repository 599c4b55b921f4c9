//! API keys.

use async_trait::async_trait;
use countersign_application::api_key::{ApiKey, ApiKeyStore};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::{ApiKeyId, RealmId};
use countersign_core::Timestamp;

use super::State;

#[async_trait]
impl ApiKeyStore for State {
    async fn insert(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        self.require_realm(key.realm_id)?;
        self.unique(self.api_keys.contains_key(&key.id), Conflict::Other)?;
        self.unique(self.api_keys.values().any(|it| it.digest == key.digest), Conflict::Other)?;
        self.api_keys.insert(key.id, key.clone());
        Ok(())
    }

    async fn touch(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(key) = self.api_keys.get_mut(&id) {
            key.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn revoke(&mut self, realm: RealmId, id: ApiKeyId) -> Result<bool, StoreError> {
        let own = self.api_keys.get(&id).is_some_and(|key| key.realm_id == realm);
        Ok(own && self.api_keys.remove(&id).is_some())
    }
}
