//! Waiting after failures in a row.

use crate::Timestamp;

/// How much the clocks of two nodes may differ, or one clock may be set back, without a wait being taken for none.
pub(crate) const CLOCKS_DIFFER_SECONDS: u64 = 60;

/// An account's failures in a row, and until when it has to wait for them.
///
/// A few failures are free; then each one costs a wait that doubles up to a limit. A success clears everything. The
/// account is never locked for good: the longest wait is the worst that a guesser can do to the owner.
///
/// ```text
///                failure 1 ..= free                failure free + n
///              ┌────────────────────┐       ┌──────────────────────────────┐
///              ▼                    │       ▼                              │ wait = first × 2^(n−1),
///  success ┌──────┐  failure   ┌────┴───┐  failure  ┌─────────┐  time   ┌──┴───┐     at most longest
///     ┌───▶│ idle │───────────▶│ failed │──────────▶│ blocked │────────▶│ open │
///     │    └──────┘            └────┬───┘           └─────────┘ passes  └──┬───┘
///     └─────────────────────────────┴──────────────────────────────────────┘
/// ```
///
/// Whether a try made while blocked counts as a failure is for the caller to decide; here every failure counts.
/// `blocked_until` never moves to an earlier time, so that a clock that goes backward shortens no wait. But a wait that is
/// longer than the longest was begun by a clock that was ahead, and is none: otherwise a clock that was a year ahead for a
/// minute would keep the account waiting for that year. The failures in a row stay, so that the next one costs its wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Throttle {
    /// Failures since the last success.
    pub failures_in_a_row: u32,
    /// Until when no code is looked at; `None` if nothing had to be waited for since the last success.
    pub blocked_until: Option<Timestamp>,
}

/// How many failures are free, and how the wait grows after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ThrottleSchedule {
    /// Failures in a row that cost nothing.
    pub free_failures: u32,
    /// The wait after the first failure beyond them, in seconds.
    pub first_wait_seconds: u32,
    /// The longest wait, in seconds.
    pub longest_wait_seconds: u32,
}

impl Throttle {
    /// No failures.
    pub const NONE: Self = Self { failures_in_a_row: 0, blocked_until: None };

    /// How long to wait at `now`, in seconds rounded up, so at least 1 and at most the longest wait of the schedule; `None`
    /// if there is nothing to wait for.
    #[must_use]
    pub fn waits_for(&self, schedule: &ThrottleSchedule, now: Timestamp) -> Option<u64> {
        let longest = u64::from(schedule.longest_wait_seconds);
        let believed = self.believed(schedule.longest_wait_seconds, now);
        believed.blocked_for(now).map(|seconds| seconds.min(longest))
    }

    /// The same without a wait that no failure up to `now` can have cost, where none costs more than `longest_wait_seconds`.
    /// Clocks of nodes may differ a little.
    #[must_use]
    pub fn believed(self, longest_wait_seconds: u32, now: Timestamp) -> Self {
        let latest = now.plus_seconds(u64::from(longest_wait_seconds) + CLOCKS_DIFFER_SECONDS);
        Self { blocked_until: self.blocked_until.filter(|until| *until <= latest), ..self }
    }

    /// How long to wait at `now`, in seconds rounded up, so at least 1; `None` if there is nothing to wait for.
    #[must_use]
    pub fn blocked_for(&self, now: Timestamp) -> Option<u64> {
        self.blocked_until.map(|until| now.seconds_until(until)).filter(|seconds| *seconds > 0)
    }

    /// The state at `now` where failures are forgotten once a wait has been over for `quiet_seconds`: for counters that
    /// many people share, so that their slips do not add up for ever.
    #[must_use]
    pub fn forgiven(self, quiet_seconds: u64, now: Timestamp) -> Self {
        let over = self.blocked_until.is_some_and(|until| until.plus_seconds(quiet_seconds) <= now);
        if over { Self::default() } else { self }
    }

    /// The state after one more failure, at `now`.
    #[must_use]
    pub fn after_failure(&self, schedule: &ThrottleSchedule, now: Timestamp) -> Self {
        let failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let until = schedule.wait_seconds(failures_in_a_row).map(|seconds| now.plus_seconds(seconds));
        let believed = self.believed(schedule.longest_wait_seconds, now);
        Self { failures_in_a_row, blocked_until: believed.blocked_until.max(until) }
    }
}

impl ThrottleSchedule {
    /// The wait that the failure numbered `failures_in_a_row` costs; `None` if it is free.
    fn wait_seconds(&self, failures_in_a_row: u32) -> Option<u64> {
        let doublings = failures_in_a_row.checked_sub(self.free_failures)?.checked_sub(1)?;
        // 32 doublings of anything but 0 exceed every longest wait, and do not overflow 64 bits.
        let wait = u64::from(self.first_wait_seconds) << doublings.min(32);
        Some(wait.min(u64::from(self.longest_wait_seconds)))
    }
}
