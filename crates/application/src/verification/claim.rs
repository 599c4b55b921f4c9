//! What a verification comes to, as data.

use countersign_core::{Counters, Timestamp};

use crate::audit::AuditEvent;
use crate::recovery::{RecoveryDigest, SealedRecoveryCode};
use crate::session::Session;
use crate::trusted_device::TrustedDevice;
use crate::verification::{AttemptKey, Attempts};
use crate::{AccountId, AuthenticatorId, ChallengeId, RecoveryCodeSetId};

/// Everything that a verification changes, decided on what was read before. A store settles it as a whole or not at all,
/// and needs nobody's judgment for it: what was read must still be so, and each write that decides is guarded.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose second factor it is about.
    pub account: AccountId,
    /// When it was decided.
    pub at: Timestamp,
    /// What it was decided on, and what was counted. `None` where nothing is claimed or counted, and only events are kept.
    pub counted: Option<Counted>,
    /// What it spends.
    pub spends: Option<Spends>,
    /// Whether all authenticators are disabled, after too many failures in a row.
    pub disables_authenticators: bool,
    /// Counters of attempts beside those of the account.
    pub attempts: Vec<CountedAttempts>,
    /// The place where the account is known from now on.
    pub known_place: Option<KnownPlace>,
    /// What becomes of the challenge that was answered.
    pub challenge: Option<ChallengeUse>,
    /// The sign-in that it completes.
    pub signs_in: Option<SignsIn>,
    /// What the audit log says of it.
    pub events: Vec<AuditEvent>,
}

impl Claim {
    /// A claim of nothing yet.
    #[must_use]
    pub fn nothing(account: AccountId, at: Timestamp) -> Self {
        Self {
            account,
            at,
            counted: None,
            spends: None,
            disables_authenticators: false,
            attempts: Vec::new(),
            known_place: None,
            challenge: None,
            signs_in: None,
            events: Vec::new(),
        }
    }

    /// Whether anything is changed by it: what is claimed or counted, or an event.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.counted.is_some() || !self.events.is_empty()
    }
}

/// The counters of an account, as they were decided on and as they are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The revision of the row that everything was decided on.
    pub seen: i64,
    /// What the counters are then.
    pub counters: Counters,
}

/// What can be used once.
#[derive(Clone, Debug)]
pub enum Spends {
    /// A time step of an active authenticator, later than all that it accepted.
    Step {
        /// Of which authenticator.
        authenticator: AuthenticatorId,
        step: u64,
    },
    /// A recovery code of an active set.
    RecoveryCode {
        /// Of which set.
        set: RecoveryCodeSetId,
        digest: RecoveryDigest,
        /// What takes its place, if anything does.
        replacement: Option<SealedRecoveryCode>,
    },
}

/// A counter of attempts that was looked at for a decision.
#[derive(Clone, Debug)]
pub struct CountedAttempts {
    /// Under which key.
    pub key: AttemptKey,
    /// As what it was seen; the default where there was nothing.
    pub seen: Attempts,
    /// What it is to be, and from when housekeeping counts its age; `None` where it stays as it is.
    pub next: Option<(Attempts, Timestamp)>,
}

/// A place where an account is known, as it was signed in to from there.
#[derive(Clone, Debug)]
pub struct KnownPlace {
    /// Under which key its attempts are counted.
    pub key: AttemptKey,
    /// The network that it is.
    pub network: Option<String>,
    /// From when on housekeeping counts its age.
    pub kept_from: Timestamp,
}

/// What becomes of a challenge that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeUse {
    /// It is spent.
    Spend {
        id: ChallengeId,
        /// How many refused codes it may have had, less than.
        limit: u32,
    },
    /// A refused code is counted.
    CountRefusal {
        id: ChallengeId,
        /// How many refused codes it may have had, less than.
        limit: u32,
    },
}

/// A sign-in that is completed.
#[derive(Clone, Debug)]
pub struct SignsIn {
    /// The session that it yields.
    pub session: Session,
    /// The device that is trusted from now on.
    pub device: Option<TrustedDevice>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it holds.
    Settled,
    /// Something is not as it was seen, and nothing was changed: it has to be decided anew.
    Moved,
    /// The set has no such unused recovery code, and nothing was changed.
    UnknownRecoveryCode,
}
