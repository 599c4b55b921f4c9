//! What a store keeps of recovery codes.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::StoreError;
use crate::recovery::{RecoveryCodeSet, RecoveryDigest, SealedRecoveryCode};
use crate::{AccountId, RecoveryCodeSetId};

/// Changes recovery codes.
#[async_trait]
pub trait RecoveryCodeStore: Send {
    /// Adds a set with its codes.
    async fn insert(&mut self, set: &RecoveryCodeSet, codes: &[SealedRecoveryCode]) -> Result<(), StoreError>;
    /// Makes the pending set of an enrollment active, in place of the account's active or dormant one
    /// (`an_activated_set_replaces_the_one_before`).
    async fn activate(&mut self, account: AccountId, set: RecoveryCodeSetId) -> Result<(), StoreError>;
    /// Redeems a code of an active set by its digest.
    ///
    /// - MUST answer `true` for exactly one of any number of redemptions
    ///   (`a_recovery_code_is_redeemed_once_under_contention`).
    /// - MUST answer `false` for a set that is pending, dormant, gone, or another account's
    ///   (`only_an_active_set_of_the_account_redeems`).
    async fn redeem(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Adds a code to a set, in place of one that was redeemed.
    async fn add_code(&mut self, set: RecoveryCodeSetId, code: &SealedRecoveryCode) -> Result<(), StoreError>;
    /// How many codes of the set are unused, as this unit of work sees it.
    async fn count_unused(&mut self, set: RecoveryCodeSetId) -> Result<u32, StoreError>;
    /// Notes when the codes of a set of the account were viewed without a code of what was there before (`an_unproven_view_is_noted_for_its_set_only`).
    async fn note_unproven(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Keeps the account's active set, but worthless.
    async fn make_dormant(&mut self, account: AccountId) -> Result<(), StoreError>;
    /// Removes all sets of the account with their codes.
    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError>;
}
