use std::collections::{BTreeMap, BTreeSet};

use countersign_application::account::Account;
use countersign_application::api_key::ApiKey;
use countersign_application::appearance::Appearance;
use countersign_application::audit::AuditEvent;
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest};
use countersign_application::ports::{Conflict, KeyCheck, StoreError};
use countersign_application::realm::Realm;
use countersign_application::recovery::{RecoveryCodeSet, RecoverySetStatus, SealedRecoveryCode};
use countersign_application::second_factor::{AccountOverview, Authenticator, SecondFactor, SecondFactorState};
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;
use countersign_application::verification::{AttemptKey, Attempts};
use countersign_application::{
    AccountId, ApiKeyId, AuditEventId, AuthenticatorId, ChallengeId, RealmId, RecoveryCodeSetId, SessionId,
    TrustedDeviceId,
};
use countersign_core::Timestamp;

/// A recovery code and whether it was redeemed.
#[derive(Clone, Debug)]
pub(crate) struct RecoveryCodeRow {
    pub(crate) set: RecoveryCodeSetId,
    pub(crate) code: SealedRecoveryCode,
    pub(crate) used_at: Option<Timestamp>,
}

/// A counter of attempts.
#[derive(Clone, Debug)]
pub(crate) struct AttemptRow {
    pub(crate) attempts: Attempts,
    pub(crate) touched_at: Timestamp,
}

/// Everything that is kept. It plays every port of a unit of work itself: alone, nothing can come between its acts.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) realms: BTreeMap<RealmId, Realm>,
    /// The realms that ever had an owner.
    pub(crate) set_up: BTreeSet<RealmId>,
    pub(crate) appearances: BTreeMap<RealmId, Appearance>,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) second_factors: BTreeMap<AccountId, SecondFactorState>,
    pub(crate) authenticators: BTreeMap<AuthenticatorId, Authenticator>,
    pub(crate) recovery_sets: BTreeMap<RecoveryCodeSetId, RecoveryCodeSet>,
    /// In the order in which they were issued.
    pub(crate) recovery_codes: Vec<RecoveryCodeRow>,
    pub(crate) challenges: BTreeMap<ChallengeId, Challenge>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) trusted_devices: BTreeMap<TrustedDeviceId, TrustedDevice>,
    pub(crate) attempts: BTreeMap<AttemptKey, AttemptRow>,
    pub(crate) api_keys: BTreeMap<ApiKeyId, ApiKey>,
    pub(crate) idempotency_claims: BTreeMap<IdempotencyDigest, IdempotencyClaim>,
    pub(crate) key_checks: Vec<KeyCheck>,
    pub(crate) audit_events: BTreeMap<AuditEventId, AuditEvent>,
    /// Whether an act failed: what came before it is then not committed either.
    pub(crate) failed: bool,
}

impl State {
    /// Fails the act, and the unit of work with it, where what is to be added is there already.
    pub(crate) fn unique(&mut self, taken: bool, what: Conflict) -> Result<(), StoreError> {
        self.failed |= taken;
        if taken { Err(StoreError::Conflict { what }) } else { Ok(()) }
    }

    /// The account as it is read: with what its second factor shows of itself.
    pub(crate) fn account(&self, id: AccountId) -> Option<Account> {
        let account = self.accounts.get(&id)?.clone();
        let two_factor_enabled_at = self.second_factors.get(&id).and_then(|state| state.enabled_at);
        Some(Account { two_factor_enabled_at, ..account })
    }

    /// The account as it is listed.
    pub(crate) fn overview(&self, id: AccountId, now: Timestamp) -> Option<AccountOverview> {
        Some(AccountOverview {
            account: self.account(id)?,
            state: *self.second_factors.get(&id)?,
            enrollment_pending: self.enrollment_pending(id, now),
        })
    }

    /// Whether the account has an enrollment that can be confirmed.
    pub(crate) fn enrollment_pending(&self, account: AccountId, now: Timestamp) -> bool {
        self.authenticators.values().any(|it| it.account_id == account && it.is_pending_at(now))
    }

    pub(crate) fn second_factor(&self, account: AccountId) -> Option<SecondFactor> {
        Some(SecondFactor {
            state: *self.second_factors.get(&account)?,
            authenticators: self.authenticators.values().filter(|it| it.account_id == account).cloned().collect(),
            recovery_sets: self
                .recovery_sets
                .values()
                .filter(|set| set.account_id == account)
                .map(|set| RecoveryCodeSet { remaining: self.unused_codes(set.id), ..set.clone() })
                .collect(),
        })
    }

    pub(crate) fn unused_codes(&self, set: RecoveryCodeSetId) -> u32 {
        let unused = self.recovery_codes.iter().filter(|row| row.set == set && row.used_at.is_none());
        u32::try_from(unused.count()).unwrap_or(u32::MAX)
    }

    /// The code that can be redeemed, if it can.
    pub(crate) fn redeemable_set(&self, account: AccountId, set: RecoveryCodeSetId) -> bool {
        self.recovery_sets
            .get(&set)
            .is_some_and(|set| set.account_id == account && set.status == RecoverySetStatus::Active)
    }

    /// Removes the authenticators that `gone` says, and the pending recovery codes of their enrollments.
    pub(crate) fn remove_authenticators(&mut self, gone: impl Fn(&Authenticator) -> bool) -> u64 {
        let removed: Vec<_> = self.authenticators.values().filter(|it| gone(it)).map(|it| it.id).collect();
        for id in &removed {
            self.authenticators.remove(id);
            self.remove_recovery_sets(|set| {
                set.status == RecoverySetStatus::Pending && set.authenticator_id == Some(*id)
            });
        }
        removed.len() as u64
    }

    /// Removes the sets that `gone` says, with their codes.
    pub(crate) fn remove_recovery_sets(&mut self, gone: impl Fn(&RecoveryCodeSet) -> bool) {
        self.recovery_sets.retain(|_, set| !gone(set));
        let sets = &self.recovery_sets;
        self.recovery_codes.retain(|row| sets.contains_key(&row.set));
    }

    /// What a foreign key says of a row for a realm that is not there.
    pub(crate) fn require_realm(&self, realm: RealmId) -> Result<(), StoreError> {
        if self.realms.contains_key(&realm) {
            Ok(())
        } else {
            Err(StoreError::Unavailable(format!("there is no realm {realm}").into()))
        }
    }

    /// What a foreign key says of a row for an account that is not there.
    pub(crate) fn require_account(&self, account: AccountId) -> Result<(), StoreError> {
        if self.accounts.contains_key(&account) {
            Ok(())
        } else {
            Err(StoreError::Unavailable(format!("there is no account {account}").into()))
        }
    }
}
