//! Removal of what has expired and can no longer matter.

use std::ops::AddAssign;

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::housekeeping::Ended;
use crate::ports::StoreError;

/// What is due to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whatever expired at or before this time.
    pub expired: Timestamp,
    /// Counters of attempts that were touched last before this time.
    pub attempts_before: Timestamp,
    /// Audit events from before this time; `None` where they are kept for ever.
    pub audit_events_before: Option<Timestamp>,
}

/// How much was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Expired challenges.
    pub challenges: u64,
    /// Expired sessions.
    pub sessions: u64,
    /// Expired trusted devices.
    pub trusted_devices: u64,
    /// Expired enrollments.
    pub enrollments: u64,
    /// Counters that nobody touched for long.
    pub attempts: u64,
    /// Expired claims of idempotency keys, with their answers.
    pub idempotency_claims: u64,
    /// Audit events that are not kept any longer.
    pub audit_events: u64,
}

impl Pruned {
    /// All of it together.
    #[must_use]
    pub fn total(&self) -> u64 {
        let Self { challenges, sessions, trusted_devices, enrollments, attempts, idempotency_claims, audit_events } =
            self;
        challenges + sessions + trusted_devices + enrollments + attempts + idempotency_claims + audit_events
    }
}

impl AddAssign for Pruned {
    fn add_assign(&mut self, more: Self) {
        self.challenges += more.challenges;
        self.sessions += more.sessions;
        self.trusted_devices += more.trusted_devices;
        self.enrollments += more.enrollments;
        self.attempts += more.attempts;
        self.idempotency_claims += more.idempotency_claims;
        self.audit_events += more.audit_events;
    }
}

/// Removes what is due, piece by piece: a unit of work keeps others waiting, on SQLite everyone who writes.
#[async_trait]
pub trait HousekeepingStore: Send {
    /// Removes a piece of what is due: challenges, sessions, trusted devices, claims of idempotency keys and pending
    /// enrollments (with the recovery codes that are pending with them) that expired, counters of attempts that nobody touched, and old audit events
    /// (`housekeeping_removes_what_expired_and_nothing_else`).
    ///
    /// - MUST NOT remove more than `most` rows of these, however many are due
    ///   (`housekeeping_removes_no_more_than_a_piece`).
    /// - MUST remove something as long as anything is due: an empty piece is the last one (the same test).
    async fn prune(&mut self, due: &Due, most: u32) -> Result<Pruned, StoreError>;
    /// Removes these, with what belongs to them; of sets of recovery codes that can be viewed no more, only the sealed
    /// codes (`what_a_policy_ended_is_found_and_removed`).
    async fn remove_ended(&mut self, ended: &Ended) -> Result<(), StoreError>;
}
