use countersign_application::{Realm, SecondFactor};
use poem_openapi::Object;

use super::{Authenticator, Policy, rfc3339};

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
    issued_at: Option<String>,
}

/// The state of an account's second factor.
#[derive(Object)]
pub(crate) struct TwoFactor {
    /// Whether a second factor is due at sign-in.
    enabled: bool,
    /// Since when.
    enabled_at: Option<String>,
    /// Whether the policy requires it.
    required: bool,
    /// Until when the account has to enroll, where the policy requires it.
    enrollment_deadline: Option<String>,
    /// Pending and active authenticators, oldest first.
    authenticators: Vec<Authenticator>,
    /// The recovery codes.
    recovery_codes: RecoveryCodeState,
    /// The realm's rules.
    policy: Policy,
}

impl TwoFactor {
    pub(crate) fn new(factor: &SecondFactor, realm: &Realm) -> Self {
        let set = factor.active_recovery_set();
        Self {
            enabled: factor.state.is_enabled(),
            enabled_at: factor.state.enabled_at.map(rfc3339),
            required: false,
            enrollment_deadline: None,
            authenticators: factor.authenticators.iter().map(Authenticator::from).collect(),
            recovery_codes: RecoveryCodeState {
                total: set.map_or(0, |set| set.total),
                remaining: set.map_or(0, |set| set.remaining),
                viewable: set.is_some_and(|set| set.viewable) && realm.policy.recovery_codes.viewable,
                issued_at: set.map(|set| rfc3339(set.issued_at)),
            },
            policy: Policy::from(realm.policy.document()),
        }
    }
}
