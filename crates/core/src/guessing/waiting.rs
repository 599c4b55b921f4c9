//! Who has to wait, in a form that a store can look for.

use super::{Counters, GuessingRules};
use crate::Timestamp;
use crate::throttle::CLOCKS_DIFFER_SECONDS;

/// What the counters are of an account whose single codes or recovery codes are not looked at: the same as
/// [`Counters::gate`] says, as comparisons with what is kept, so that a store finds such accounts by itself.
///
/// Either `blocked_until` of the two throttles lies after `blocked_after` and not after `blocked_at_most`; or of the codes'
/// budget at least `spent_at_least` are spent, since no time that is known or one after `spent_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// A wait that ends later than this goes on.
    pub blocked_after: Timestamp,
    /// A wait that ends later than this was begun by a clock that was ahead, and is none.
    pub blocked_at_most: Timestamp,
    /// How many are the whole budget.
    pub spent_at_least: u32,
    /// None of a budget that was spent at this time or before is still spent altogether.
    pub spent_after: Timestamp,
}

impl Waiting {
    /// Who waits at `now`.
    #[must_use]
    pub fn at(rules: &GuessingRules, now: Timestamp) -> Self {
        let longest = u64::from(rules.waits.longest_wait_seconds);
        Self {
            blocked_after: now,
            blocked_at_most: now.plus_seconds(longest + CLOCKS_DIFFER_SECONDS),
            spent_at_least: rules.codes.failures,
            spent_after: now.minus_seconds(u64::from(rules.codes.refill_seconds)),
        }
    }

    /// Whether these are the counters of someone who waits.
    #[must_use]
    pub fn holds(&self, counters: &Counters) -> bool {
        let blocked = |until: Option<Timestamp>| {
            until.is_some_and(|until| until > self.blocked_after && until <= self.blocked_at_most)
        };
        let budget = counters.code_budget;
        let spent = budget.spent >= self.spent_at_least && budget.since.is_none_or(|since| since > self.spent_after);
        spent || blocked(counters.codes.blocked_until) || blocked(counters.recovery_codes.blocked_until)
    }
}
