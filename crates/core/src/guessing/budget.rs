//! A number of failures that comes back with time, and with nothing else.

use crate::Timestamp;

const MICROSECONDS_PER_SECOND: u64 = 1_000_000;

/// How many failures there are, and how fast they come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetRules {
    /// How many a full budget has.
    pub failures: u32,
    /// After how many seconds one more comes back.
    pub refill_seconds: u32,
}

/// What is spent of a budget, and since when the next one is coming back.
///
/// It refills by arithmetic: nothing has to run for it. A clock that goes backward gives nothing back, and one that was
/// ahead takes nothing away: the next failure or success counts on from the time that it is then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How many were spent at `since`.
    pub spent: u32,
    /// From when on they come back; `None` for a full budget.
    pub since: Option<Timestamp>,
}

impl BudgetRules {
    /// The most that can be spent within `seconds`, whenever they begin.
    #[must_use]
    pub const fn most_within(&self, seconds: u64) -> u64 {
        self.failures as u64 + self.refills(seconds)
    }

    /// How many come back in `seconds`.
    const fn refills(&self, seconds: u64) -> u64 {
        match seconds.checked_div(self.refill_seconds as u64) {
            Some(refills) => refills,
            None => u64::MAX,
        }
    }
}

impl Budget {
    /// Nothing is spent.
    pub const FULL: Self = Self { spent: 0, since: None };

    /// The budget at `now`: what came back meanwhile is not spent any more.
    #[must_use]
    pub fn at(self, rules: &BudgetRules, now: Timestamp) -> Self {
        // Also what is more than all, as a rule that was changed leaves it, counts as all.
        let spent = self.spent.min(rules.failures);
        let since = self.since.unwrap_or(now).min(now);
        let elapsed = now.as_micros().abs_diff(since.as_micros()) / MICROSECONDS_PER_SECOND;
        let back = rules.refills(elapsed);
        match u32::try_from(back) {
            Ok(back) if back < spent => {
                let since = since.plus_seconds(u64::from(back) * u64::from(rules.refill_seconds));
                Self { spent: spent - back, since: Some(since) }
            }
            _ => Self::default(),
        }
    }

    /// How many are left at `now`.
    #[must_use]
    pub fn left(self, rules: &BudgetRules, now: Timestamp) -> u32 {
        rules.failures - self.at(rules, now).spent
    }

    /// After how many seconds `cost` are left; `None` if they are. More than all are never asked for: a cost above the
    /// full budget is met by the full budget.
    #[must_use]
    pub fn seconds_until_left(self, rules: &BudgetRules, cost: u32, now: Timestamp) -> Option<u64> {
        let Self { spent, since } = self.at(rules, now);
        let missing = spent.saturating_sub(rules.failures.saturating_sub(cost));
        if missing == 0 {
            return None;
        }
        let until = since.unwrap_or(now).plus_seconds(u64::from(missing) * u64::from(rules.refill_seconds));
        Some(now.seconds_until(until))
    }

    /// The budget after `cost` more were spent at `now`.
    #[must_use]
    pub fn spend(self, rules: &BudgetRules, cost: u32, now: Timestamp) -> Self {
        let Self { spent, since } = self.at(rules, now);
        Self { spent: spent.saturating_add(cost).min(rules.failures), since: since.or(Some(now)) }
    }
}
