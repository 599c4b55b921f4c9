//! The numbers.

use super::BudgetRules;
use crate::ThrottleSchedule;

/// Failures with single codes and proofs that success does not give back: 20, and one more every 160 minutes, which is
/// nine a day.
pub const CODE_BUDGET: BudgetRules = BudgetRules { failures: 20, refill_seconds: 160 * 60 };

/// Failures with two consecutive codes: a million, and one more every ten seconds. So many that whoever wants to keep the
/// owner from using them has to send a million wrong ones first and to go on for as long as it shall last, and yet so few
/// that they hardly add to what can be guessed (`docs/guessing.md`).
pub const CONSECUTIVE_CODES_BUDGET: BudgetRules = BudgetRules { failures: 1_000_000, refill_seconds: 10 };

/// How many failures in a row with single codes disable the account's authenticators.
pub const FAILURES_THAT_DISABLE: u32 = 100;

/// How an account counts guesses: the waits are the realm's, the rest is the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessingRules {
    /// The waits after failures in a row.
    pub waits: ThrottleSchedule,
    /// How many failures with single codes and proofs there are however many codes are right in between.
    pub codes: BudgetRules,
    /// The same for two consecutive codes.
    pub consecutive_codes: BudgetRules,
    /// How many failures in a row with single codes disable the authenticators.
    pub failures_that_disable: u32,
}

impl GuessingRules {
    /// The rules with these waits.
    #[must_use]
    pub const fn with_waits(waits: ThrottleSchedule) -> Self {
        Self {
            waits,
            codes: CODE_BUDGET,
            consecutive_codes: CONSECUTIVE_CODES_BUDGET,
            failures_that_disable: FAILURES_THAT_DISABLE,
        }
    }
}
