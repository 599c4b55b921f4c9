//! The codes of an authenticator, computed by an outside program.

use std::ops::RangeInclusive;

use countersign_tests::Authenticator;

/// How many codes are computed at a time.
const PART: usize = 64;

/// The codes of an authenticator, from the first step that somebody may want on.
#[derive(Clone, Debug)]
pub(crate) struct Codes {
    authenticator: Authenticator,
    first: u64,
    codes: Vec<String>,
}

impl Codes {
    /// Those of a secret with codes that last `period` seconds, from `first` on.
    pub(crate) fn new(secret: &str, period: u64, first: u64) -> Self {
        Self { authenticator: Authenticator::new(secret).with_period(period), first, codes: Vec::new() }
    }

    /// The code of a step that is not before the first.
    pub(crate) fn of(&mut self, step: u64) -> &str {
        let at = (step - self.first) as usize;
        while self.codes.len() <= at {
            let next = self.first + self.codes.len() as u64;
            self.codes.extend(self.authenticator.codes_from(next, PART));
        }
        &self.codes[at]
    }

    /// All steps of a range that have the code of `step`.
    pub(crate) fn steps_of_the_code_of(&mut self, step: u64, within: RangeInclusive<u64>) -> Vec<u64> {
        let (code, first) = (self.of(step).to_owned(), self.first);
        within.filter(|other| *other >= first && self.of(*other) == code).collect()
    }

    /// Whether a code is of none of the steps that were computed.
    pub(crate) fn lack(&self, code: &str) -> bool {
        self.codes.iter().all(|known| known != code)
    }
}
