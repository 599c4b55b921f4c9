//! The second factor of an account: its state, its authenticators, its recovery codes.

use countersign_core::{Throttle, Timestamp};

use crate::named::named;
use crate::{Account, AccountId, Authenticator, AuthenticatorId, RecoveryCodeSet, RecoverySetStatus};

named! {
    /// What satisfied a second factor.
    pub enum SecondFactorMethod {
        /// A code of an authenticator.
        Totp = "totp",
        /// A recovery code.
        RecoveryCode = "recovery_code",
    }
}

named! {
    /// Which counter of failures an attempt belongs to. Recovery codes have their own, so that a guesser at the front
    /// door never closes the way out.
    pub enum ThrottleLane {
        /// TOTP codes and passwords given as proofs.
        Code = "code",
        /// Recovery codes.
        RecoveryCode = "recovery_code",
    }
}

/// The row that every change of an account's second factor locks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorState {
    /// Whose it is.
    pub account_id: AccountId,
    /// Since when at least one authenticator is active.
    pub enabled_at: Option<Timestamp>,
    /// Rises by one with each change; challenges and trusted devices of an older one are void.
    pub version: i64,
    /// Failures with codes and proofs.
    pub code_throttle: Throttle,
    /// Failures with recovery codes.
    pub recovery_throttle: Throttle,
}

impl SecondFactorState {
    /// The state of a new account.
    #[must_use]
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            enabled_at: None,
            version: 0,
            code_throttle: Throttle::default(),
            recovery_throttle: Throttle::default(),
        }
    }

    /// Whether a second factor is due at sign-in.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled_at.is_some()
    }

    /// For how many seconds attempts of either lane are not looked at.
    #[must_use]
    pub fn throttled_for(&self, now: Timestamp) -> Option<u64> {
        self.code_throttle.blocked_for(now).max(self.recovery_throttle.blocked_for(now))
    }

    /// The counter of a lane.
    #[must_use]
    pub fn throttle(&self, lane: ThrottleLane) -> Throttle {
        match lane {
            ThrottleLane::Code => self.code_throttle,
            ThrottleLane::RecoveryCode => self.recovery_throttle,
        }
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
    /// The account.
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
    /// The authenticators that count.
    pub fn active(&self) -> impl Iterator<Item = &Authenticator> {
        self.authenticators.iter().filter(|authenticator| authenticator.is_active())
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
