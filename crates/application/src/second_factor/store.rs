//! What a store keeps of second factors and their authenticators.

use async_trait::async_trait;
use countersign_core::{Counters, Timestamp};

use crate::ports::StoreError;
use crate::recovery::SealedRecoveryCode;
use crate::second_factor::{Authenticator, AuthenticatorName, SecondFactor, SecondFactorState};
use crate::{AccountId, AuthenticatorId, RecoveryCodeSetId};

/// Reads second factors.
#[async_trait]
pub trait SecondFactorReads {
    /// All of an account's second factor; `None` when there is no such account.
    ///
    /// - MUST NOT show anything of another account (`nothing_of_one_account_is_seen_from_another`).
    async fn find_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StoreError>;
    /// The unused codes of a set, in the order in which they were issued
    /// (`unused_codes_are_listed_in_the_order_of_issue`).
    async fn list_unused_recovery_codes(&self, set: RecoveryCodeSetId) -> Result<Vec<SealedRecoveryCode>, StoreError>;
}

/// Changes the row that stands for an account's second factor.
#[async_trait]
pub trait SecondFactorStore: Send {
    /// Locks the row, raises its revision by one and reads it; `None` when there is no such account.
    ///
    /// - MUST keep every other unit of work that locks the same account waiting until this one ends
    ///   (`a_locked_second_factor_is_changed_by_one_unit_of_work_at_a_time`).
    /// - MUST read what the last holder of the lock committed (the same test).
    async fn lock(&mut self, account: AccountId) -> Result<Option<SecondFactorState>, StoreError>;
    /// All of an account's second factor as this unit of work sees it.
    async fn load(&mut self, account: AccountId) -> Result<Option<SecondFactor>, StoreError>;
    /// Sets the counters as a whole, and raises the revision by one (`counters_are_set_as_a_whole`).
    ///
    /// - MUST answer `false`, and change nothing, when the row's revision is not `seen` any more
    ///   (`counters_are_set_only_at_the_revision_that_was_seen`).
    async fn set_counters(&mut self, account: AccountId, seen: i64, counters: &Counters) -> Result<bool, StoreError>;
    /// Notes since when the second factor is on, or that it is off, and raises the version by one.
    async fn set_enabled(&mut self, account: AccountId, since: Option<Timestamp>) -> Result<(), StoreError>;
}

/// Changes authenticators.
#[async_trait]
pub trait AuthenticatorStore: Send {
    /// Adds an authenticator.
    async fn insert(&mut self, authenticator: &Authenticator) -> Result<(), StoreError>;
    /// Accepts a step of an active authenticator: the claim that makes a code work once.
    ///
    /// - MUST answer `true` for exactly one of any number of claims of the same step, on every node
    ///   (`a_code_is_accepted_once_under_contention`).
    /// - MUST answer `false` for a step that is not greater than the last accepted one
    ///   (`an_earlier_step_is_never_accepted_after_a_later_one`).
    /// - MUST answer `false` for an authenticator that is pending, gone, or another account's
    ///   (`only_an_active_authenticator_of_the_account_accepts_steps`).
    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Makes a pending authenticator active and spends the confirming step.
    ///
    /// - MUST answer `true` at most once for an authenticator (`an_enrollment_is_confirmed_once_under_contention`).
    /// - MUST answer `false` for one that expired at or before `at` (`an_expired_enrollment_is_not_confirmed`).
    /// - The confirming step MUST NOT be accepted again (`the_confirming_step_is_spent`).
    /// - MUST note `at` as the time of confirmation and of the last use, and that it expires no more and replaces nothing
    ///   any more (`a_confirmed_enrollment_is_an_active_authenticator`).
    async fn activate(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Renames an authenticator; `false` when the account has none such.
    async fn rename(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<bool, StoreError>;
    /// Disables the account's active authenticators and says how many there were
    /// (`a_disabled_authenticator_accepts_no_step`).
    async fn disable_all(&mut self, account: AccountId) -> Result<u64, StoreError>;
    /// Removes an authenticator and what is pending with it; `false` when the account has none such.
    async fn remove(&mut self, account: AccountId, id: AuthenticatorId) -> Result<bool, StoreError>;
    /// Removes the account's pending authenticators and their pending recovery codes, and nothing else
    /// (`beginning_again_touches_only_what_is_pending`).
    async fn remove_pending(&mut self, account: AccountId) -> Result<(), StoreError>;
    /// Removes all authenticators of the account and what is pending with them
    /// (`removing_all_authenticators_touches_only_the_account`).
    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError>;
}
