//! The second factor of an account: its state, its authenticators, its recovery codes.

use countersign_core::{Attempt, Counters, Gate, Timestamp};
use countersign_policy::Policy;

use crate::account::Account;
use crate::named::named;
use crate::recovery::{RecoveryCodeSet, RecoverySetStatus};
use crate::second_factor::Authenticator;
use crate::{AccountId, AuthenticatorId};

named! {
    /// What satisfied a second factor.
    pub enum SecondFactorMethod {
        /// A code of an authenticator.
        Totp = "totp",
        /// A recovery code.
        RecoveryCode = "recovery_code",
    }
}

/// The row that every change of an account's second factor locks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorState {
    /// Whose it is.
    pub account_id: AccountId,
    /// Since when a second factor is due at sign-in: an authenticator was confirmed, and nobody turned it off.
    pub enabled_at: Option<Timestamp>,
    /// Rises by one with each change; challenges and trusted devices of an older one are void.
    pub version: i64,
    /// Rises by one with each lock of the row and with each change of its counters.
    pub revision: i64,
    /// What was counted of the guesses at it.
    pub counters: Counters,
}

impl SecondFactorState {
    /// The state of a new account.
    #[must_use]
    pub fn new(account_id: AccountId) -> Self {
        Self { account_id, enabled_at: None, version: 0, revision: 0, counters: Counters::default() }
    }

    /// Whether a second factor is due at sign-in.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled_at.is_some()
    }

    /// For how many seconds single codes or recovery codes are not looked at, whichever is longer.
    #[must_use]
    pub fn throttled_for(&self, policy: &Policy, now: Timestamp) -> Option<u64> {
        let rules = policy.guessing_rules();
        let attempts = [Attempt::Code { authenticators: 1 }, Attempt::RecoveryCode];
        attempts.into_iter().filter_map(|attempt| self.counters.gate(&rules, attempt, now).seconds()).max()
    }
}

named! {
    /// How codes of an account's authenticators are taken, in a word.
    pub enum CodeState {
        /// As they come.
        Open = "open",
        /// Single codes are not looked at for a while, because several in a row were wrong.
        Waiting = "waiting",
        /// Single codes are not looked at, because too many were wrong: two consecutive ones are.
        Hardened = "hardened",
        /// Its authenticators were disabled after too many failures in a row; recovery codes are left.
        Disabled = "disabled",
    }
}

named! {
    /// The state of an account's second factor, in a word.
    pub enum TwoFactorStatus {
        /// At least one authenticator is active.
        Enabled = "enabled",
        /// None is.
        Disabled = "disabled",
        /// None is, and an enrollment is under way.
        Pending = "pending",
    }
}

impl TwoFactorStatus {
    /// The word for a second factor that is on or not, with an enrollment under way or not.
    #[must_use]
    pub fn of(enabled: bool, pending: bool) -> Self {
        match (enabled, pending) {
            (true, _) => Self::Enabled,
            (false, true) => Self::Pending,
            (false, false) => Self::Disabled,
        }
    }
}

/// What an administrator sees of an account in a list.
#[derive(Clone, Debug)]
pub struct AccountOverview {
    pub account: Account,
    /// Switches and counters of its second factor.
    pub state: SecondFactorState,
    /// Whether an enrollment is under way.
    pub enrollment_pending: bool,
}

impl AccountOverview {
    /// The state of the second factor, in a word.
    #[must_use]
    pub fn two_factor(&self) -> TwoFactorStatus {
        TwoFactorStatus::of(self.state.is_enabled(), self.enrollment_pending)
    }
}

/// All of an account's second factor.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// Switches and counters.
    pub state: SecondFactorState,
    /// Pending and active authenticators, oldest first.
    pub authenticators: Vec<Authenticator>,
    /// Its recovery code sets: at most one active or dormant and one pending.
    pub recovery_sets: Vec<RecoveryCodeSet>,
}

impl SecondFactor {
    /// The active authenticator that goes when one is confirmed that replaces it. One that is gone already leaves nothing to do.
    #[must_use]
    pub fn replaced(&self, replaces: Option<AuthenticatorId>) -> Option<&Authenticator> {
        self.active().find(|one| replaces == Some(one.id))
    }

    /// The authenticators that count.
    pub fn active(&self) -> impl Iterator<Item = &Authenticator> {
        self.authenticators.iter().filter(|authenticator| authenticator.is_active())
    }

    /// How many authenticators count.
    #[must_use]
    pub fn active_count(&self) -> u32 {
        u32::try_from(self.active().count()).unwrap_or(u32::MAX)
    }

    /// Whether single codes of an authenticator may be looked at now.
    #[must_use]
    pub fn code_gate(&self, policy: &Policy, now: Timestamp) -> Gate {
        let attempt = Attempt::Code { authenticators: self.active_count() };
        self.state.counters.gate(&policy.guessing_rules(), attempt, now)
    }

    /// Whether two consecutive codes of an authenticator would be looked at now, and single ones are not.
    #[must_use]
    pub fn consecutive_codes_required(&self, policy: &Policy, now: Timestamp) -> bool {
        self.active_count() > 0 && self.code_gate(policy, now) != Gate::Open
    }

    /// How codes of authenticators are taken now.
    #[must_use]
    pub fn code_state(&self, policy: &Policy, now: Timestamp) -> CodeState {
        match self.code_gate(policy, now) {
            _ if self.state.is_enabled() && self.active_count() == 0 => CodeState::Disabled,
            Gate::Open => CodeState::Open,
            Gate::Wait { .. } => CodeState::Waiting,
            Gate::Hardened { .. } => CodeState::Hardened,
        }
    }

    /// The authenticator with this identifier.
    #[must_use]
    pub fn authenticator(&self, id: AuthenticatorId) -> Option<&Authenticator> {
        self.authenticators.iter().find(|authenticator| authenticator.id == id)
    }

    /// The recovery codes that can be redeemed.
    #[must_use]
    pub fn active_recovery_set(&self) -> Option<&RecoveryCodeSet> {
        self.recovery_sets.iter().find(|set| set.status == RecoverySetStatus::Active)
    }

    /// How many recovery codes can still be redeemed.
    #[must_use]
    pub fn recovery_codes_remaining(&self) -> u32 {
        self.active_recovery_set().map_or(0, |set| set.remaining)
    }
}
