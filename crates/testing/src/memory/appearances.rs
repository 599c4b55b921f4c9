//! How realms look.

use async_trait::async_trait;
use countersign_application::RealmId;
use countersign_application::appearance::{Appearance, AppearanceReads, AppearanceStore};
use countersign_application::ports::StoreError;
use countersign_core::Timestamp;

use super::{MemoryStore, State};

#[async_trait]
impl AppearanceReads for MemoryStore {
    async fn find_appearance(&self, realm: RealmId) -> Result<Appearance, StoreError> {
        Ok(self.read().appearances.get(&realm).cloned().unwrap_or_default())
    }
}

#[async_trait]
impl AppearanceStore for State {
    async fn lock(&mut self, realm: RealmId) -> Result<Appearance, StoreError> {
        Ok(self.appearances.get(&realm).cloned().unwrap_or_default())
    }

    async fn set(&mut self, realm: RealmId, appearance: &Appearance, _at: Timestamp) -> Result<(), StoreError> {
        self.require_realm(realm)?;
        self.appearances.insert(realm, appearance.clone());
        Ok(())
    }
}
