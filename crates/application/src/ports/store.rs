//! The store and its units of work.

use async_trait::async_trait;

use crate::account::AccountStore;
use crate::api_key::ApiKeyStore;
use crate::appearance::AppearanceStore;
use crate::audit::AuditLog;
use crate::housekeeping::HousekeepingStore;
use crate::idempotency::IdempotencyStore;
use crate::ports::{KeyCheckStore, Reads, StoreError};
use crate::realm::RealmStore;
use crate::recovery::RecoveryCodeStore;
use crate::second_factor::{AuthenticatorStore, SecondFactorStore};
use crate::session::SessionStore;
use crate::sign_in::ChallengeStore;
use crate::trusted_device::TrustedDeviceStore;
use crate::verification::AttemptStore;

/// Where everything is kept: consistent reads outside of units of work, and units of work for every change.
///
/// - A read MUST see what was committed before it began (`a_read_sees_what_was_committed_before_it`).
#[async_trait]
pub trait Store: Reads + Send + Sync {
    /// Begins a unit of work.
    ///
    /// # Errors
    /// [`StoreError::Contention`] or [`StoreError::Unavailable`].
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Whether the store answers.
    ///
    /// # Errors
    /// It does not.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// One atomic change of the store.
///
/// - MUST leave no trace when it is dropped without commit (`a_dropped_unit_of_work_leaves_no_trace`).
/// - MUST refuse to be committed after one of its acts failed (`a_unit_of_work_with_a_failed_act_is_not_committed`).
/// - What it wrote MUST be durable when `commit` returns (`what_was_committed_survives_reopening`, run on every store
///   that outlives its process).
#[async_trait]
pub trait UnitOfWork: Send {
    /// Realms.
    fn realms(&mut self) -> &mut dyn RealmStore;
    /// How realms look.
    fn appearances(&mut self) -> &mut dyn AppearanceStore;
    /// Accounts.
    fn accounts(&mut self) -> &mut dyn AccountStore;
    /// The row that each change of an account's second factor locks first.
    fn second_factors(&mut self) -> &mut dyn SecondFactorStore;
    /// Authenticators.
    fn authenticators(&mut self) -> &mut dyn AuthenticatorStore;
    /// Recovery codes.
    fn recovery_codes(&mut self) -> &mut dyn RecoveryCodeStore;
    /// Challenges.
    fn challenges(&mut self) -> &mut dyn ChallengeStore;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionStore;
    /// Trusted devices.
    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceStore;
    /// Counters of attempts that belong to no account's second factor.
    fn attempts(&mut self) -> &mut dyn AttemptStore;
    /// API keys.
    fn api_keys(&mut self) -> &mut dyn ApiKeyStore;
    /// Claims of idempotency keys.
    fn idempotency(&mut self) -> &mut dyn IdempotencyStore;
    /// Records of which master keys the store was written with.
    fn key_checks(&mut self) -> &mut dyn KeyCheckStore;
    /// The record of what was done.
    fn audit_log(&mut self) -> &mut dyn AuditLog;
    /// Removal of what has expired.
    fn housekeeping(&mut self) -> &mut dyn HousekeepingStore;
    /// Makes it all durable and visible at once.
    ///
    /// # Errors
    /// Nothing was changed, or, when the connection broke, it cannot be known: the caller answers "unavailable".
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
