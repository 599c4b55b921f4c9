//! What a store can be asked outside of a unit of work. Within one, what decides is read under the account's lock:
//! [`super::SecondFactorStore::lock`] and [`super::SecondFactorStore::load`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_core::Timestamp;

use super::{AttemptReads, AuditFilter, Sealed, StoreError, TokenDigest};
use crate::{
    Account, AccountId, AccountOverview, ApiKey, Appearance, AuditEvent, AuthenticatorId, Challenge, ChallengeId,
    EventKind, IdempotencyClaim, IdempotencyDigest, Page, PageRequest, Realm, RealmId, RealmSlug, RecoveryCodeSetId,
    Role, SealedRecoveryCode, SecondFactor, Session, SessionId, TrustedDevice, TrustedDeviceId, TwoFactorStatus,
};

/// What has ended under the policy of a realm, and is there still.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Sessions whose life or idle time is over.
    pub sessions: Vec<SessionId>,
    /// Challenges whose life is over, or that took as many tries as they may.
    pub challenges: Vec<ChallengeId>,
    /// Devices that are trusted no more.
    pub trusted_devices: Vec<TrustedDeviceId>,
    /// Enrollments whose time is over, or for which the policy asks for other parameters.
    pub enrollments: Vec<AuthenticatorId>,
    /// Sets of recovery codes, where the policy has none.
    pub recovery_sets: Vec<RecoveryCodeSetId>,
    /// Sets of recovery codes that can be viewed, where the policy lets nobody view them.
    pub viewable_sets: Vec<RecoveryCodeSetId>,
}

/// Reads what has ended.
#[async_trait]
pub trait EndedReads {
    /// What has ended in the realm under its policy at `at`, at most `limit` of each kind
    /// (`what_a_policy_ended_is_found_and_removed`).
    async fn list_ended(&self, realm: &Realm, at: Timestamp, limit: u32) -> Result<Ended, StoreError>;
}

/// Everything that can be read.
pub trait Reads:
    RealmReads
    + AppearanceReads
    + AccountReads
    + SecondFactorReads
    + ChallengeReads
    + SessionReads
    + TrustedDeviceReads
    + AttemptReads
    + AuditReads
    + ApiKeyReads
    + StatisticsReads
    + KeyCheckReads
    + EndedReads
    + IdempotencyReads
{
}

impl<T> Reads for T where
    T: RealmReads
        + AppearanceReads
        + AccountReads
        + SecondFactorReads
        + ChallengeReads
        + SessionReads
        + TrustedDeviceReads
        + AttemptReads
        + AuditReads
        + ApiKeyReads
        + StatisticsReads
        + KeyCheckReads
        + EndedReads
        + IdempotencyReads
{
}

/// Reads realms.
#[async_trait]
pub trait RealmReads {
    /// The realm of a short name.
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError>;
    /// The realm with an identifier.
    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError>;
    /// All realms, by short name.
    async fn list_realms(&self) -> Result<Vec<Realm>, StoreError>;
    /// Whether the realm ever had an owner (`a_realm_is_set_up_once_and_for_good`).
    async fn is_set_up(&self, realm: RealmId) -> Result<bool, StoreError>;
}

/// Reads how realms look.
#[async_trait]
pub trait AppearanceReads {
    /// How a realm looks; [`Appearance::default`] where nobody has set it
    /// (`an_appearance_is_read_as_it_was_written`).
    async fn find_appearance(&self, realm: RealmId) -> Result<Appearance, StoreError>;
}

/// Which accounts are asked for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// With a second factor in this state.
    pub two_factor: Option<TwoFactorStatus>,
    /// Part of the login, in any case; or part of a subject's identifier or label, in any case of ASCII letters.
    pub query: Option<String>,
    /// Of this role.
    pub role: Option<Role>,
}

/// Reads accounts.
#[async_trait]
pub trait AccountReads {
    /// The account with an identifier.
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// The account of a login.
    ///
    /// - MUST compare keys exactly, and only within the realm (`accounts_are_found_by_their_key_in_their_realm_only`).
    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError>;
    /// The accounts of a realm, oldest first.
    ///
    /// - MUST give each account once over all pages (`pages_hold_every_item_once_and_in_order`).
    /// - An enrollment is pending while it can be confirmed at `now` (`accounts_are_found_by_the_state_of_their_second_factor`).
    /// - MUST find subjects by part of what they are called (`a_query_finds_subjects_by_identifier_and_label`).
    /// - MUST take `%` and `_` in the query for themselves (`a_query_is_text_and_no_pattern`).
    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<AccountOverview>, StoreError>;
}

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

/// Reads challenges.
#[async_trait]
pub trait ChallengeReads {
    /// The challenge of a token.
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError>;
}

/// Reads sessions.
#[async_trait]
pub trait SessionReads {
    /// The session of a token.
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError>;
    /// The sessions of an account, newest first.
    async fn list_sessions(&self, account: AccountId, page: PageRequest) -> Result<Page<Session>, StoreError>;
}

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

/// Reads the audit log.
#[async_trait]
pub trait AuditReads {
    /// Events, newest first.
    ///
    /// - MUST give each event once over all pages (`pages_hold_every_item_once_and_in_order`).
    async fn list_audit_events(&self, filter: &AuditFilter, page: PageRequest) -> Result<Page<AuditEvent>, StoreError>;
}

/// Reads API keys.
#[async_trait]
pub trait ApiKeyReads {
    /// The key of a token.
    async fn find_api_key(&self, token: &TokenDigest) -> Result<Option<ApiKey>, StoreError>;
    /// The keys of a realm, newest first.
    async fn list_api_keys(&self, realm: RealmId, page: PageRequest) -> Result<Page<ApiKey>, StoreError>;
}

/// How many accounts of a realm are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountCount {
    /// What they may do.
    pub role: Role,
    /// Whether a second factor is required of them whatever the policy says.
    pub two_factor_required: Option<bool>,
    /// Whether they have an active authenticator.
    pub two_factor_enabled: bool,
    /// How many there are.
    pub count: u64,
}

/// How often something happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyCount {
    /// The day, counted from 1970-01-01, UTC.
    pub day: i64,
    /// What happened.
    pub event: EventKind,
    /// How often.
    pub count: u64,
}

/// Counts what a realm holds.
#[async_trait]
pub trait StatisticsReads {
    /// Accounts that are not disabled, by role and second factor; kinds that there are none of may be left out
    /// (`accounts_and_events_are_counted_by_realm`).
    async fn count_accounts(&self, realm: RealmId) -> Result<Vec<AccountCount>, StoreError>;
    /// Accounts with an enrollment that can be confirmed at `now` (the same test).
    async fn count_pending(&self, realm: RealmId, now: Timestamp) -> Result<u64, StoreError>;
    /// Events of these kinds at `since` or later, by day (the same test).
    async fn count_events(
        &self,
        realm: RealmId,
        events: &[EventKind],
        since: Timestamp,
    ) -> Result<Vec<DailyCount>, StoreError>;
    /// Accepted codes of authenticators at `since` or later, by how many steps the clock was ahead or behind; steps that there
    /// are none of are left out (the same test).
    async fn count_drift(&self, realm: RealmId, since: Timestamp) -> Result<BTreeMap<i8, u64>, StoreError>;
}

/// A value sealed under a master key, by which a start recognizes the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheck {
    /// The value, with the key's identifier.
    pub sealed: Sealed,
    /// When the key was first used with this store.
    pub created_at: Timestamp,
}

/// Reads the records of master keys.
#[async_trait]
pub trait KeyCheckReads {
    /// The record of each master key that the store was written with, oldest first.
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError>;
}

/// Reads claims of idempotency keys.
#[async_trait]
pub trait IdempotencyReads {
    /// The claim that is found under a digest, whether or not it still holds
    /// (`an_idempotency_claim_is_read_as_it_was_written`).
    async fn find_idempotency_claim(&self, digest: &IdempotencyDigest) -> Result<Option<IdempotencyClaim>, StoreError>;
}
