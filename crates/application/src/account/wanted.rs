//! Which accounts someone asks for.

use countersign_core::{Timestamp, Waiting};

use crate::account::{AccountFilter, Role};
use crate::realm::{Realm, two_factor_is_required_of};
use crate::second_factor::TwoFactorStatus;

/// Which accounts someone asks for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedAccounts {
    /// Part of the login, in any case; or part of a subject's identifier or label, in any case of ASCII letters.
    pub query: Option<String>,
    /// With a second factor in this state.
    pub two_factor: Option<TwoFactorStatus>,
    /// Of this role.
    pub role: Option<Role>,
    /// That are disabled, or that are not.
    pub disabled: Option<bool>,
    /// Whose codes are not looked at now, because of earlier failures.
    pub waiting: bool,
    /// That sign in, and never have.
    pub never_signed_in: bool,
    /// That are not disabled and have no second factor, though one is required of them.
    pub required_but_missing: bool,
}

impl WantedAccounts {
    /// The same as a store looks for it: what the realm's rules say of it now.
    #[must_use]
    pub fn in_realm(&self, realm: &Realm, now: Timestamp) -> AccountFilter {
        let required = |role: &Role| two_factor_is_required_of(&realm.policy, *role, None);
        AccountFilter {
            query: self.query.clone(),
            two_factor: self.two_factor,
            role: self.role,
            disabled: self.disabled,
            waiting: self.waiting.then(|| Waiting::at(&realm.policy.guessing_rules(), now)),
            never_signed_in: self.never_signed_in,
            missing: self.required_but_missing.then(|| Role::ALL.iter().copied().filter(required).collect()),
        }
    }
}
