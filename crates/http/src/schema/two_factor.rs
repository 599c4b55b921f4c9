use countersign_application::account::{Account, Role};
use countersign_application::realm::{Realm, enrollment_deadline, two_factor_is_required_of};
use countersign_application::second_factor::SecondFactor;
use poem_openapi::Object;

use super::values::{Nullable, Time};
use super::{Authenticator, Policy};

/// The state of an account's recovery codes.
#[derive(Object)]
pub(crate) struct RecoveryCodeState {
    /// How many were issued.
    total: u32,
    /// How many of them are unused.
    remaining: u32,
    /// Whether they can be shown again.
    viewable: bool,
    /// When they were issued.
    issued_at: Nullable<Time>,
}

/// The state of an account's second factor.
#[derive(Object)]
pub(crate) struct TwoFactor {
    /// Whether a second factor is due at sign-in.
    enabled: bool,
    /// Since when.
    enabled_at: Nullable<Time>,
    /// Whether it is required, by the account's own mark or by the policy.
    required: bool,
    /// Until when the account has to enroll, where the policy requires it.
    enrollment_deadline: Nullable<Time>,
    /// Pending and active authenticators, oldest first.
    authenticators: Vec<Authenticator>,
    /// The recovery codes.
    recovery_codes: RecoveryCodeState,
    /// The realm's rules, as they hold for this account.
    policy: Policy,
}

impl TwoFactor {
    pub(crate) fn new(account: &Account, factor: &SecondFactor, realm: &Realm) -> Self {
        Self::of(Some(account), Some(factor), realm)
    }

    /// Of a subject for which nothing was ever enrolled.
    pub(crate) fn unknown(realm: &Realm) -> Self {
        Self::of(None, None, realm)
    }

    fn of(account: Option<&Account>, factor: Option<&SecondFactor>, realm: &Realm) -> Self {
        let set = factor.and_then(SecondFactor::active_recovery_set);
        let (role, mark) = account.map_or((Role::Member, None), |account| (account.role, account.two_factor_required));
        Self {
            enabled: factor.is_some_and(|factor| factor.state.is_enabled()),
            enabled_at: factor.and_then(|factor| factor.state.enabled_at).into(),
            required: two_factor_is_required_of(&realm.policy, role, mark),
            enrollment_deadline: account.and_then(|account| enrollment_deadline(&realm.policy, account)).into(),
            authenticators: factor
                .map(|factor| factor.authenticators.iter().map(Authenticator::from).collect())
                .unwrap_or_default(),
            recovery_codes: RecoveryCodeState {
                total: set.map_or(0, |set| set.total),
                remaining: set.map_or(0, |set| set.remaining),
                viewable: set.is_some_and(|set| set.viewable) && realm.policy.recovery_codes.viewable,
                issued_at: set.map(|set| set.issued_at).into(),
            },
            policy: Policy::of_account(&realm.policy, factor.is_some_and(|factor| factor.state.is_enabled())),
        }
    }
}
