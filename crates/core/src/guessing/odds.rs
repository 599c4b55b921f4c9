//! How likely a guesser is to succeed.

use core::fmt;

use super::GuessingRules;
use crate::Digits;

/// 365 days.
const SECONDS_PER_YEAR: u64 = 365 * 86_400;

/// The chance that someone who has the password, and guesses for a year as well as the rules allow, guesses a code.
///
/// It is the worst case: the owner signs in often enough that no failures in a row add up, the guesser loses no second,
/// and no guess is made twice. It holds for an account with any number of authenticators, since a guess that is compared
/// with five of them costs five. What it leaves out: recovery codes, which have at least 50 bits; a budget refilled
/// because the password was changed or the operator unlocked the account; and what is not guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessingOdds {
    /// Guesses with single codes in a year.
    pub guesses: u64,
    /// Guesses with two consecutive codes in a year.
    pub consecutive_guesses: u64,
    /// How many codes are right at a time: the steps of the window.
    pub right_codes: u32,
    /// How many codes there are.
    pub codes: u64,
}

impl GuessingOdds {
    /// The odds where so many steps before and after the current one are accepted, and codes have so many digits.
    #[must_use]
    pub fn of(rules: &GuessingRules, skew_steps: u8, digits: Digits) -> Self {
        Self {
            guesses: rules.codes.most_within(SECONDS_PER_YEAR),
            consecutive_guesses: rules.consecutive_codes.most_within(SECONDS_PER_YEAR),
            right_codes: 2 * u32::from(skew_steps) + 1,
            codes: 10_u64.pow(u32::from(digits.get())),
        }
    }

    /// The chance in a thousand million, rounded up; the sum over all guesses, which is never less than the chance of one
    /// of them.
    #[must_use]
    pub fn per_billion(&self) -> u64 {
        let codes = u128::from(self.codes);
        let right = u128::from(self.right_codes);
        let singles = u128::from(self.guesses) * right * codes;
        let pairs = u128::from(self.consecutive_guesses) * right;
        let chance = ((singles + pairs) * 1_000_000_000).div_ceil(codes * codes);
        u64::try_from(chance.min(1_000_000_000)).unwrap_or(1_000_000_000)
    }

    /// Whether it is more than a percent.
    #[must_use]
    pub fn exceed_a_percent(&self) -> bool {
        self.per_billion() > 10_000_000
    }
}

/// In percent with two decimals, such as `0.99 %`.
impl fmt::Display for GuessingOdds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (self.per_billion() + 50_000) / 100_000;
        write!(f, "{}.{:02} %", hundredths / 100, hundredths % 100)
    }
}
