//! The counters of an account, as one value.

use super::{Attempt, Budget, Gate, GuessingRules, Lane};
use crate::{Throttle, Timestamp};

/// Everything that is counted of the guesses at an account's second factor.
///
/// What may be looked at ([`gate`](Self::gate)) and what is counted then ([`after_failure`](Self::after_failure),
/// [`after_success`](Self::after_success)) depend on nothing but this value, the rules, and the time. A store can settle
/// many verifications in one statement, each for the value that it saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Failures in a row with single codes and proofs.
    pub codes: Throttle,
    /// What single codes and proofs have spent, whatever was right in between.
    pub code_budget: Budget,
    /// Failures in a row with two consecutive codes. Nothing waits for them; only what is written of them depends on it.
    pub consecutive_failures: u32,
    /// What two consecutive codes have spent.
    pub consecutive_budget: Budget,
    /// Failures in a row with recovery codes.
    pub recovery_codes: Throttle,
}

/// A failure, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedFailure {
    /// The counters from now on.
    pub counters: Counters,
    /// What the same attempt meets from now on.
    pub gate: Gate,
    /// Whether it was the failure that disables the account's authenticators. The failures in a row begin anew then.
    pub disables_authenticators: bool,
    /// Whether it is worth a line of its own: two consecutive codes can be wrong so often that only the first hundred in a
    /// row and each thousandth are.
    pub worth_recording: bool,
}

impl Counters {
    /// Whether `attempt` may be looked at, at `now`.
    #[must_use]
    pub fn gate(&self, rules: &GuessingRules, attempt: Attempt, now: Timestamp) -> Gate {
        let wait = |throttle: &Throttle| throttle.waits_for(&rules.waits, now);
        let open_or = |seconds: Option<u64>| seconds.map_or(Gate::Open, |seconds| Gate::Wait { seconds });
        match attempt {
            Attempt::Code { .. } => {
                let standing = wait(&self.codes);
                match self.code_budget.seconds_until_left(&rules.codes, attempt.cost(), now) {
                    Some(seconds) => Gate::Hardened { seconds: seconds.max(standing.unwrap_or(0)) },
                    None => open_or(standing),
                }
            }
            Attempt::Password => open_or(wait(&self.codes)),
            Attempt::ConsecutiveCodes { .. } => {
                let budget = &rules.consecutive_codes;
                open_or(self.consecutive_budget.seconds_until_left(budget, attempt.cost(), now))
            }
            Attempt::RecoveryCode => open_or(wait(&self.recovery_codes)),
        }
    }

    /// Counts that `attempt` failed at `now`, after [`gate`](Self::gate) let it pass. What it did not let pass was not
    /// looked at and is not counted.
    #[must_use]
    pub fn after_failure(&self, rules: &GuessingRules, attempt: Attempt, now: Timestamp) -> CountedFailure {
        let mut counters = *self;
        let (mut disables_authenticators, mut worth_recording) = (false, true);
        match attempt {
            Attempt::Code { .. } | Attempt::Password => {
                counters.codes = self.codes.after_failure(&rules.waits, now);
                counters.code_budget = self.code_budget.spend(&rules.codes, attempt.cost(), now);
                let enough = counters.codes.failures_in_a_row >= rules.failures_that_disable;
                // Who guesses at the password does not take the authenticators away.
                if enough && attempt != Attempt::Password {
                    disables_authenticators = true;
                    counters.codes = Throttle::default();
                }
            }
            Attempt::ConsecutiveCodes { .. } => {
                let failures = self.consecutive_failures.saturating_add(1);
                counters.consecutive_failures = failures;
                counters.consecutive_budget =
                    self.consecutive_budget.spend(&rules.consecutive_codes, attempt.cost(), now);
                worth_recording = failures <= 100 || failures.is_multiple_of(1_000);
            }
            Attempt::RecoveryCode => {
                counters.recovery_codes = self.recovery_codes.after_failure(&rules.waits, now);
            }
        }
        let gate = counters.gate(rules, attempt, now);
        CountedFailure { counters, gate, disables_authenticators, worth_recording }
    }

    /// The counters after `attempt` was right, at `now`. The failures in a row of its lane are over; no budget comes back.
    ///
    /// Whoever has two consecutive codes has the authenticator: single codes need not wait any more either. A right
    /// password ends nothing: who holds a stolen session and the password could otherwise guess codes without end. Nor does
    /// a recovery code end what a guesser at the codes has to wait.
    #[must_use]
    pub fn after_success(&self, rules: &GuessingRules, attempt: Attempt, now: Timestamp) -> Self {
        let mut counters = *self;
        match attempt {
            Attempt::Code { .. } => counters.codes = Throttle::default(),
            Attempt::ConsecutiveCodes { .. } => {
                counters.codes = Throttle::default();
                counters.consecutive_failures = 0;
            }
            Attempt::RecoveryCode => counters.recovery_codes = Throttle::default(),
            Attempt::Password => return counters,
        }
        // A clock that was ahead is forgotten with the first success, not only with the next failure.
        counters.code_budget = self.code_budget.at(&rules.codes, now);
        counters.consecutive_budget = self.consecutive_budget.at(&rules.consecutive_codes, now);
        counters
    }

    /// The counters once an administrator ends the waits, which takes no proof and may be done as often as one likes: the
    /// next attempt is looked at, unless its budget is spent.
    ///
    /// No budget comes back, or whoever has an administrator's session could guess, unlock and guess without end. The failures
    /// in a row with single codes stay as well: the next one costs the wait that it would have cost, and the hundredth disables
    /// the authenticators. A success ends the row as ever.
    #[must_use]
    pub const fn without_waits(&self) -> Self {
        let codes = Throttle { failures_in_a_row: self.codes.failures_in_a_row, blocked_until: None };
        Self { codes, recovery_codes: Throttle::NONE, ..*self }
    }

    /// The counters once the account is vouched for anew, by the operator who unlocks it or by a new password: every wait is
    /// over and every budget is full.
    #[must_use]
    pub const fn forgiven(&self) -> Self {
        Self {
            codes: Throttle::NONE,
            code_budget: Budget::FULL,
            consecutive_failures: 0,
            consecutive_budget: Budget::FULL,
            recovery_codes: Throttle::NONE,
        }
    }

    /// The counters once the second factor is turned off: there is nothing left to guess at.
    #[must_use]
    pub const fn without_second_factor(&self) -> Self {
        self.forgiven()
    }

    /// The longest wait of any lane for what failures in a row cost, at `now`; `None` where nothing waits.
    #[must_use]
    pub fn waits_for(&self, rules: &GuessingRules, now: Timestamp) -> Option<u64> {
        let of = |throttle: &Throttle| throttle.waits_for(&rules.waits, now);
        of(&self.codes).max(of(&self.recovery_codes))
    }

    /// The failures in a row of a lane.
    #[must_use]
    pub const fn failures_in_a_row(&self, lane: Lane) -> u32 {
        match lane {
            Lane::Code => self.codes.failures_in_a_row,
            Lane::ConsecutiveCodes => self.consecutive_failures,
            Lane::RecoveryCode => self.recovery_codes.failures_in_a_row,
        }
    }
}
