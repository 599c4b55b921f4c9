//! What a store knows of what needs which master key.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::RecoveryCodeSetId;
use crate::master_key::{KeyUse, SealedPart, SealedRow};
use crate::ports::{Sealed, StoreError};
use crate::realm::Realm;

/// Reads what needs which master key.
#[async_trait]
pub trait MasterKeyReads {
    /// What needs each master key that anything needs, in the order of their identifiers
    /// (`what_needs_a_master_key_is_counted`). Dormant sets of recovery codes need none.
    async fn count_key_uses(&self) -> Result<Vec<KeyUse>, StoreError>;
    /// Sealed values of a kind, in the order of their rows (`sealed_values_are_listed_part_by_part`).
    async fn list_sealed(&self, part: &SealedPart<'_>) -> Result<Vec<SealedRow>, StoreError>;
    /// Sets of recovery codes, pending or in force, that were made with the pepper of a key; those after one, at most so
    /// many (`what_needs_a_master_key_is_counted`).
    async fn list_sets_of_key(
        &self,
        key_id: &str,
        after: Option<RecoveryCodeSetId>,
        most: u32,
    ) -> Result<Vec<RecoveryCodeSetId>, StoreError>;
}

/// Changes what needs which master key.
#[async_trait]
pub trait MasterKeyStore: Send {
    /// Puts a value that was sealed anew in the place of the one that was read.
    ///
    /// - MUST change nothing, and answer `false`, where the row is gone or holds another value by now
    ///   (`a_value_that_changed_meanwhile_is_not_resealed`).
    async fn reseal(&mut self, row: &SealedRow, sealed: &Sealed) -> Result<bool, StoreError>;
    /// Locks a key's record until the unit of work ends, and answers what needs the key then.
    ///
    /// - MUST keep waiting whoever adds an authenticator or a set of recovery codes that needs this key, or waits for
    ///   those that came before (`a_key_is_not_retired_while_something_is_sealed_under_it`).
    async fn lock_uses(&mut self, key_id: &str) -> Result<KeyUse, StoreError>;
    /// Makes the sets of a realm dormant that are in force and were made with the pepper of a key, and answers how many
    /// they were (`sets_of_a_key_are_put_out_of_use_in_their_realm`).
    async fn void_sets(&mut self, realm: &Realm, key_id: &str) -> Result<u64, StoreError>;
    /// Notes that a key is retired.
    ///
    /// - From then on every store MUST refuse to add or to reseal what needs the key
    ///   (`nothing_is_sealed_under_a_retired_key`).
    async fn mark_retired(&mut self, key_id: &str, at: Timestamp) -> Result<(), StoreError>;
}
