//! What a store keeps of how realms look.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::RealmId;
use crate::appearance::Appearance;
use crate::ports::StoreError;

/// Reads how realms look.
#[async_trait]
pub trait AppearanceReads {
    /// How a realm looks; [`Appearance::default`] where nobody has set it
    /// (`an_appearance_is_read_as_it_was_written`).
    async fn find_appearance(&self, realm: RealmId) -> Result<Appearance, StoreError>;
}

/// Changes how realms look.
#[async_trait]
pub trait AppearanceStore: Send {
    /// Keeps everyone else away from the realm's appearance until the unit of work ends, and reads it;
    /// [`Appearance::default`] where nobody has set it.
    ///
    /// - MUST keep every other unit of work that locks the same realm's appearance waiting until this one ends, also
    ///   where nobody has set one yet (`of_many_changes_of_an_appearance_none_is_lost`).
    /// - MUST read what the last holder of the lock committed (the same test).
    async fn lock(&mut self, realm: RealmId) -> Result<Appearance, StoreError>;
    /// Sets how the realm looks.
    ///
    /// - MUST replace the one before as a whole, and that of no other realm (`an_appearance_is_replaced_as_a_whole`).
    async fn set(&mut self, realm: RealmId, appearance: &Appearance, at: Timestamp) -> Result<(), StoreError>;
}
