//! A number of failures that is used up by failing, comes back with time, and by nothing else.

use crate::Timestamp;

/// So many failures at most, and one more with each time that passes. No success refills it, so that its arithmetic holds
/// whatever else happens: within any time `t` no more than `most + t / seconds_each` failures are evaluated.
///
/// Its whole state is one point in time, the one at which all of it will have come back; there is none while nothing is
/// used up. A failure moves that point on by `seconds_each`, from now at the earliest.
///
/// ```text
///         failure                      failure number `most`
///  full ───────────▶ partly used up ─────────────────────────▶ empty
///    ▲                     │  ▲                                   │
///    └─────────────────────┘  └───────────────────────────────────┘
///        time passes            `seconds_each` have passed
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many failures there are when all of it has come back.
    pub most: u32,
    /// After how many seconds one more comes back.
    pub seconds_each: u32,
}

impl Allowance {
    /// How long to wait at `now` for the next attempt, in seconds rounded up; `None` while there is one.
    #[must_use]
    pub fn wait(&self, full_at: Option<Timestamp>, now: Timestamp) -> Option<u64> {
        let full_at = self.believable(full_at, now)?;
        let missing = now.seconds_until(full_at);
        let one_left = u64::from(self.most.saturating_sub(1)) * u64::from(self.seconds_each);
        missing.checked_sub(one_left).filter(|seconds| *seconds > 0)
    }

    /// When all of it will have come back after one more failure at `now`.
    #[must_use]
    pub fn after_failure(&self, full_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let from = self.believable(full_at, now).map_or(now, |full_at| full_at.max(now));
        from.plus_seconds(u64::from(self.seconds_each))
    }

    /// How many failures are evaluated at most in a year of 365 days that begins with all of it.
    #[must_use]
    pub fn failures_a_year(&self) -> u64 {
        u64::from(self.most) + 365 * 24 * 3_600 / u64::from(self.seconds_each.max(1))
    }

    /// A point later than any that could have been reached by now was written while the clock was ahead, and is void.
    fn believable(&self, full_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let longest = u64::from(self.most) * u64::from(self.seconds_each);
        full_at.filter(|full_at| *full_at <= now.plus_seconds(longest))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const ALLOWANCE: Allowance = Allowance { most: 3, seconds_each: 60 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    #[test]
    fn so_many_are_evaluated_and_then_one_in_each_interval() {
        let (mut full_at, mut evaluated) = (None, Vec::new());
        for second in 0..300 {
            if ALLOWANCE.wait(full_at, at(second)).is_none() {
                evaluated.push(second);
                full_at = Some(ALLOWANCE.after_failure(full_at, at(second)));
            }
        }
        assert_eq!(evaluated, [0, 1, 2, 60, 120, 180, 240]);
    }

    #[test]
    fn it_comes_back_with_time_and_never_exceeds_its_size() {
        let used = (0..3).fold(None, |full_at, _| Some(ALLOWANCE.after_failure(full_at, at(0))));
        assert_eq!(ALLOWANCE.wait(used, at(0)), Some(60));
        assert_eq!(ALLOWANCE.wait(used, at(59)), Some(1));
        assert_eq!(ALLOWANCE.wait(used, at(60)), None);
        let later = (0..3).fold(used, |full_at, _| Some(ALLOWANCE.after_failure(full_at, at(100_000))));
        assert_eq!(ALLOWANCE.wait(later, at(100_000)), Some(60));
    }

    #[test]
    fn what_was_written_by_a_clock_that_was_ahead_is_void() {
        assert_eq!(ALLOWANCE.wait(Some(at(181)), at(0)), None);
        assert_eq!(ALLOWANCE.wait(Some(at(180)), at(0)), Some(60));
        assert_eq!(ALLOWANCE.after_failure(Some(at(1_000_000)), at(0)), at(60));
    }

    #[test]
    fn a_year_has_so_many() {
        assert_eq!(Allowance { most: 100, seconds_each: 3_600 }.failures_a_year(), 8_860);
    }
}
