//! What a store keeps of the master keys that it was written with.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::{Sealed, StoreError};

/// A value sealed under a master key, by which a start recognizes the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheck {
    /// The value, with the key's identifier.
    pub sealed: Sealed,
    /// When the key was first used with this store.
    pub created_at: Timestamp,
    /// Since when nothing may be sealed under it any more.
    pub retired_at: Option<Timestamp>,
}

/// Reads the records of master keys.
#[async_trait]
pub trait KeyCheckReads {
    /// The record of each master key that the store was written with, oldest first.
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError>;
}

/// Keeps records of master keys.
#[async_trait]
pub trait KeyCheckStore: Send {
    /// Locks the records until the unit of work ends, and lists them as they are then, oldest first.
    ///
    /// - MUST let one unit of work at a time come by, so that of several nodes that find no key, one records the first
    ///   (`of_many_first_keys_one_is_recorded`).
    async fn lock(&mut self) -> Result<Vec<KeyCheck>, StoreError>;

    /// Adds the record of a key.
    async fn insert(&mut self, check: &KeyCheck) -> Result<(), StoreError>;
}
