//! What a restored realm no longer trusts.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::StoreError;
use crate::realm::Realm;

/// How far a restored realm is distrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distrust {
    /// When it was restored.
    pub at: Timestamp,
    /// How many steps beyond the present one may have been accepted: of phones whose clock is ahead.
    pub steps_ahead: u32,
    /// How many guesses at single codes each account has spent at least.
    pub guesses_spent: u32,
    /// By how much the versions of passwords rise.
    pub password_versions: i64,
    /// Whether recovery codes stay good all the same.
    pub keeps_recovery_codes: bool,
}

impl Distrust {
    /// The last step that an authenticator with this period may have accepted.
    #[must_use]
    pub fn last_step(&self, period_seconds: u64) -> i64 {
        let seconds = self.at.as_micros().max(0) / 1_000_000;
        let period = i64::try_from(period_seconds.max(1)).unwrap_or(i64::MAX);
        seconds / period + i64::from(self.steps_ahead)
    }
}

/// How much was distrusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distrusted {
    /// Authenticators whose steps up to now are out of use.
    pub authenticators: u64,
    /// Sets of recovery codes that are out of use until new ones are issued.
    pub recovery_sets: u64,
    /// Sessions that were ended.
    pub sessions: u64,
    /// Devices that are trusted no more.
    pub trusted_devices: u64,
    /// Enrollments that have to be begun anew.
    pub enrollments: u64,
}

/// Distrusts what a restored database says was not used.
#[async_trait]
pub trait RestorationStore: Send {
    /// Puts out of use what may have been used since a realm was backed up, in this realm alone
    /// (`a_restored_realm_opens_nothing_a_second_time`):
    ///
    /// - MUST let no authenticator accept a step up to [`Distrust::last_step`], and MUST NOT lower a later one.
    /// - MUST make active sets of recovery codes dormant, unless they are kept.
    /// - MUST remove sessions, challenges, trusted devices and pending enrollments with their codes, and all claims of
    ///   idempotency keys, which belong to no realm.
    /// - MUST leave no account more guesses than `guesses_spent` leaves, and raise the version of its password.
    async fn distrust(&mut self, realm: &Realm, distrust: &Distrust) -> Result<Distrusted, StoreError>;
}
