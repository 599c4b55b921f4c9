//! What a unit of work can do. The methods name the act; each write that decides something is one guarded statement,
//! and the number of rows it changed is the verdict.

use async_trait::async_trait;
use countersign_core::{Counters, Timestamp};

use super::{KeyCheck, PasswordHash, RecoveryDigest, Sealed, StoreError};
use crate::{
    Account, AccountId, ApiKey, ApiKeyId, Appearance, AuthenticationMethod, Authenticator, AuthenticatorId,
    AuthenticatorName, Challenge, ChallengeId, IdempotencyClaim, IdempotencyClaimId, IdempotencyDigest, Login, Realm,
    RealmId, RealmSlug, RecoveryCodeSet, RecoveryCodeSetId, Role, SealedRecoveryCode, SecondFactor, SecondFactorState,
    Session, SessionId, TrustedDevice, TrustedDeviceId,
};

/// Changes realms.
#[async_trait]
pub trait RealmStore: Send {
    /// Adds a realm.
    ///
    /// - MUST answer [`super::Conflict::RealmSlug`] when the short name is taken (`a_realm_exists_once`).
    async fn insert(&mut self, realm: &Realm) -> Result<(), StoreError>;
    /// The realm of a short name as this unit of work sees it.
    async fn find(&mut self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError>;
    /// Sets the issuer, the policy and since when it is enforced of the realm with this identifier, and raises its version
    /// by one.
    ///
    /// - MUST answer `false`, and change nothing, when its version is not `realm.version` any more
    ///   (`of_two_changes_of_a_realm_at_once_one_is_refused`).
    async fn update(&mut self, realm: &Realm) -> Result<bool, StoreError>;
    /// Notes that the realm has an owner; `false` where that was noted before.
    ///
    /// - MUST answer `true` once for a realm, also when many ask at once, and whatever becomes of the owner
    ///   (`a_realm_is_set_up_once_and_for_good`, `of_many_that_set_a_realm_up_one_does`).
    async fn mark_set_up(&mut self, realm: RealmId, at: Timestamp) -> Result<bool, StoreError>;
    /// Keeps everyone else who does the same for this realm waiting until the unit of work ends.
    ///
    /// - MUST let whoever waited see what the one before committed (`of_two_owners_that_go_at_once_one_stays`).
    async fn lock_owners(&mut self, realm: RealmId) -> Result<(), StoreError>;
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

/// Changes accounts.
#[async_trait]
pub trait AccountStore: Send {
    /// Adds an account and the row of its second factor, [`SecondFactorState::new`].
    ///
    /// - MUST answer [`super::Conflict::Login`] when the login's key is taken in the realm, also for inserts at the
    ///   same time (`a_login_is_taken_once_under_contention`).
    async fn insert(&mut self, account: &Account) -> Result<(), StoreError>;
    /// The account of a login as this unit of work sees it (`of_many_that_find_no_login_one_makes_it`).
    async fn find_by_login(&mut self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError>;
    /// Whether the realm has any account, as this unit of work sees it (the same test).
    async fn is_any_in(&mut self, realm: RealmId) -> Result<bool, StoreError>;
    /// Whether the realm has an owner that may sign in, beside this account
    /// (`another_owner_is_one_of_the_realm_that_may_sign_in`).
    async fn has_owner_beside(&mut self, realm: RealmId, account: AccountId) -> Result<bool, StoreError>;
    /// The account as this unit of work sees it.
    async fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// Sets a new password hash and raises the password version by one.
    async fn change_password(&mut self, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError>;
    /// Replaces the hash of the same password.
    ///
    /// - MUST NOT do so when the password was changed since `seen_version`
    ///   (`a_rehash_never_brings_back_an_old_password`).
    async fn rehash_password(
        &mut self,
        id: AccountId,
        seen_version: i64,
        hash: &PasswordHash,
    ) -> Result<(), StoreError>;
    /// Gives the account another login, and leaves everything else of it as it is
    /// (`a_renamed_account_is_found_by_its_new_login_only`).
    ///
    /// - MUST refuse a login that another account of the realm has, with [`super::Conflict::Login`]
    ///   (`a_login_is_given_to_no_second_account`).
    async fn rename(&mut self, id: AccountId, login: &Login) -> Result<(), StoreError>;
    /// Sets what the account may do.
    async fn set_role(&mut self, id: AccountId, role: Role) -> Result<(), StoreError>;
    /// Notes since when signing in is refused, or that it is not.
    async fn set_disabled(&mut self, id: AccountId, since: Option<Timestamp>) -> Result<(), StoreError>;
    /// Notes whether a second factor is required of the account, or that the policy says so
    /// (`what_is_required_of_an_account_is_noted_for_it_alone`).
    async fn set_two_factor_required(&mut self, id: AccountId, required: Option<bool>) -> Result<(), StoreError>;
    /// Notes whether the password has to be changed before anything else (the same test).
    async fn set_password_change_required(&mut self, id: AccountId, required: bool) -> Result<(), StoreError>;
    /// Notes when the account's grace period began.
    ///
    /// - MUST NOT change a time that is there already (`a_grace_period_is_never_renewed`).
    async fn start_grace(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError>;
    /// Notes a completed sign-in.
    async fn record_sign_in(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError>;
    /// Removes the account and everything of it but its audit events; `false` when there was none
    /// (`deleting_an_account_removes_everything_but_its_audit_events`).
    async fn delete(&mut self, id: AccountId) -> Result<bool, StoreError>;
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
    /// - MUST note `at` as the time of confirmation and of the last use, and that it expires no more
    ///   (`a_confirmed_enrollment_is_an_active_authenticator`).
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

/// Changes challenges.
#[async_trait]
pub trait ChallengeStore: Send {
    /// Adds a challenge.
    async fn insert(&mut self, challenge: &Challenge) -> Result<(), StoreError>;
    /// Counts a refused code; `false` when the challenge is gone or had `limit` refused codes already
    /// (`a_challenge_counts_no_more_tries_than_its_limit`).
    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError>;
    /// Spends a challenge that had fewer than `limit` refused codes: removes it.
    ///
    /// - MUST answer `true` for exactly one of any number of calls (`a_challenge_is_spent_once_under_contention`).
    /// - MUST answer `false` for a challenge that had `limit` refused codes (`an_exhausted_challenge_is_not_spent`).
    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError>;
    /// Removes all challenges of the account.
    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError>;
}

/// Changes sessions.
#[async_trait]
pub trait SessionStore: Send {
    /// Adds a session.
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError>;
    /// Ends those of the account's sessions that were unused for longest, so that no more than `most` are left
    /// (`those_unused_for_longest_make_room`).
    async fn make_room(&mut self, account: AccountId, most: u32) -> Result<(), StoreError>;
    /// Whether the session still exists, as this unit of work sees it.
    async fn exists(&mut self, id: SessionId) -> Result<bool, StoreError>;
    /// Notes a use.
    async fn touch(&mut self, id: SessionId, at: Timestamp) -> Result<(), StoreError>;
    /// Notes how its owner showed who they are (`how_a_session_was_opened_is_noted_for_it_alone`).
    async fn set_methods(&mut self, id: SessionId, methods: &[AuthenticationMethod]) -> Result<(), StoreError>;
    /// Ends a session of the account; `false` when it has none such.
    async fn end(&mut self, account: AccountId, id: SessionId) -> Result<bool, StoreError>;
    /// Ends all sessions of the account but one, and answers how many
    /// (`ending_other_sessions_keeps_the_one_that_asks`).
    async fn end_all(&mut self, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError>;
}

/// Changes trusted devices.
#[async_trait]
pub trait TrustedDeviceStore: Send {
    /// Adds a trusted device.
    async fn insert(&mut self, device: &TrustedDevice) -> Result<(), StoreError>;
    /// Notes a use.
    async fn touch(&mut self, id: TrustedDeviceId, at: Timestamp) -> Result<(), StoreError>;
    /// Revokes a trusted device of the account; `false` when it has none such.
    async fn revoke(&mut self, account: AccountId, id: TrustedDeviceId) -> Result<bool, StoreError>;
    /// Revokes all trusted devices of the account.
    async fn revoke_all(&mut self, account: AccountId) -> Result<(), StoreError>;
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

/// Changes claims of idempotency keys.
#[async_trait]
pub trait IdempotencyStore: Send {
    /// Claims the key of a digest, and answers whether the claim is held: by this unit of work, or by an earlier one with
    /// the same identifier.
    ///
    /// - MUST answer `true` for one identifier of any number that claim the same digest, on every node
    ///   (`an_idempotency_key_is_claimed_once_under_contention`).
    /// - MUST answer `true` again for the identifier that holds it, and `false` for any other
    ///   (`an_idempotency_key_stays_with_the_first`).
    /// - MUST put the claim in the place of one that expired at or before `claim.claimed_at`, or that expires after
    ///   [`IdempotencyClaim::latest_end`] (`an_expired_idempotency_claim_makes_room`).
    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError>;
    /// Keeps the answer of a claim; `false` when it is not held with this identifier, or has an answer
    /// (`an_answer_is_kept_once_and_by_its_holder_only`).
    async fn keep_answer(
        &mut self,
        digest: &IdempotencyDigest,
        id: IdempotencyClaimId,
        answer: &Sealed,
    ) -> Result<bool, StoreError>;
    /// Gives a claim back; `false` when it is not held with this identifier (`an_idempotency_key_stays_with_the_first`).
    async fn release(&mut self, digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Result<bool, StoreError>;
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
