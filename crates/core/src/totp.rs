//! Time-based codes.

use subtle::{Choice, ConditionallySelectable};

use crate::mac::truncated_hmacs;
use crate::{ConsecutiveCodes, GeneratedCode, SharedSecret, Timestamp, TotpCode, TotpParameters, hotp};

/// Time-based one-time passwords (RFC 6238) with a window of accepted steps (section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totp {
    parameters: TotpParameters,
    skew_steps: u8,
}

/// The proof that a code matched, and at which time step. Only [`Totp::match_step`] and [`Totp::match_consecutive`] make
/// one.
///
/// It says nothing about replay beyond the `after` it was given: the step still has to be claimed in the store.
#[derive(Clone, Copy, Debug)]
pub struct MatchedStep {
    step: u64,
    drift_steps: i8,
}

impl MatchedStep {
    /// The time step whose code matched; the next code to be accepted must be of a later one.
    #[must_use]
    pub const fn step(self) -> u64 {
        self.step
    }

    /// The matched step minus the current one: negative if the authenticator's clock is behind the server's.
    #[must_use]
    pub const fn drift_steps(self) -> i8 {
        self.drift_steps
    }
}

impl Totp {
    /// The widest window, in steps before and after the current one.
    pub const MAXIMUM_SKEW_STEPS: u8 = 10;

    /// Accepts codes of `skew_steps` steps before and after the current one. More than
    /// [`MAXIMUM_SKEW_STEPS`](Self::MAXIMUM_SKEW_STEPS) count as that many: the window then is narrower than asked,
    /// never wider. A policy allows at most 2.
    #[must_use]
    pub const fn new(parameters: TotpParameters, skew_steps: u8) -> Self {
        let skew_steps = if skew_steps > Self::MAXIMUM_SKEW_STEPS { Self::MAXIMUM_SKEW_STEPS } else { skew_steps };
        Self { parameters, skew_steps }
    }

    /// The parameters.
    #[must_use]
    pub const fn parameters(self) -> TotpParameters {
        self.parameters
    }

    /// Steps accepted before and after the current one.
    #[must_use]
    pub const fn skew_steps(self) -> u8 {
        self.skew_steps
    }

    /// The time step at `now`: T of RFC 6238, section 4.2, with T0 = 0. Times before the epoch belong to step 0.
    #[must_use]
    pub fn step_at(self, now: Timestamp) -> u64 {
        // The period of parameters is never 0.
        now.unix_seconds() / u64::from(self.parameters.period_seconds())
    }

    /// When the step after the one at `now` begins: until then the same code is shown.
    #[must_use]
    pub fn next_step_at(self, now: Timestamp) -> Timestamp {
        let period = u64::from(self.parameters.period_seconds());
        Timestamp::from_unix_seconds(0).plus_seconds((self.step_at(now) + 1).saturating_mul(period))
    }

    /// For how many seconds the code at `now` will still be shown, rounded up: 1 to the period.
    #[must_use]
    pub fn seconds_left(self, now: Timestamp) -> u64 {
        now.seconds_until(self.next_step_at(now))
    }

    /// The code of a time step.
    #[must_use]
    pub fn code_at_step(self, secret: &SharedSecret, step: u64) -> GeneratedCode {
        hotp(secret, step, self.parameters.algorithm(), self.parameters.digits())
    }

    /// The code that an authenticator app shows at `now`.
    #[must_use]
    pub fn code_at(self, secret: &SharedSecret, now: Timestamp) -> GeneratedCode {
        self.code_at_step(secret, self.step_at(now))
    }

    /// Finds the step of the window at `now` whose code was typed, later than `after`, the last step accepted before
    /// (RFC 6238, section 5.2: a code is accepted once).
    ///
    /// The whole window is always computed and compared in constant time, whether and wherever a step matches. If
    /// two steps of a window happen to have the same code, the earlier one counts, which leaves the later one usable.
    /// A code with another number of digits than the parameters' never matches. Step 0 has no predecessor: there the
    /// window is shorter.
    #[must_use]
    pub fn match_step(
        self,
        secret: &SharedSecret,
        code: &TotpCode,
        now: Timestamp,
        after: Option<u64>,
    ) -> Option<MatchedStep> {
        let digits = self.parameters.digits();
        let current = self.step_at(now);
        let skew = u64::from(self.skew_steps);
        let window = current.saturating_sub(skew)..=current.saturating_add(skew);

        let long_enough = Choice::from(u8::from(code.has(digits)));
        let mut found = Choice::from(0);
        let mut matched = 0_u64;
        truncated_hmacs(secret, self.parameters.algorithm(), window, |step, truncated| {
            let unspent = after.is_none_or(|accepted| step > accepted);
            let hit = code.ct_eq_value(digits.reduce(truncated)) & Choice::from(u8::from(unspent)) & long_enough;
            matched.conditional_assign(&step, hit & !found);
            found |= hit;
        });
        bool::from(found).then(|| MatchedStep { step: matched, drift_steps: drift(current, matched) })
    }
}

impl Totp {
    /// Finds which of several authenticators shows `code`, as [`match_step`](Self::match_step) does for one: its place in
    /// `authenticators`, and the step. All of them are computed, whichever matches; the first one that matches counts.
    ///
    /// A guess that is compared with five authenticators is five guesses: count it so
    /// ([`Attempt`](crate::Attempt)).
    #[must_use]
    pub fn match_among<'a>(
        authenticators: impl IntoIterator<Item = (Self, &'a SharedSecret, Option<u64>)>,
        code: &TotpCode,
        now: Timestamp,
    ) -> Option<(usize, MatchedStep)> {
        let mut found = None;
        for (place, (totp, secret, after)) in authenticators.into_iter().enumerate() {
            let matched = totp.match_step(secret, code, now, after);
            found = found.or(matched.map(|matched| (place, matched)));
        }
        found
    }

    /// How many steps before and after the current one [`repeats`](Self::repeats) looks at: five minutes at 30 seconds, as
    /// long as whoever got no answer may ask again.
    const REPEATED_WITHIN_STEPS: u64 = 10;

    /// Finds the step of the window at `now` whose code was typed second, with the code of the step before it typed first.
    /// Both are later than `after`; the step found is the later one.
    ///
    /// The window is computed and compared as [`match_step`](Self::match_step) does it, with the step before it.
    #[must_use]
    pub fn match_consecutive(
        self,
        secret: &SharedSecret,
        codes: &ConsecutiveCodes,
        now: Timestamp,
        after: Option<u64>,
    ) -> Option<MatchedStep> {
        let digits = self.parameters.digits();
        let current = self.step_at(now);
        let skew = u64::from(self.skew_steps);
        let window = current.saturating_sub(skew + 1)..=current.saturating_add(skew);

        let long_enough = Choice::from(u8::from(codes.have(digits)));
        let mut found = Choice::from(0);
        // Whether the step before was unspent, and had the first code.
        let mut first_hit = Choice::from(0);
        let mut matched = 0_u64;
        truncated_hmacs(secret, self.parameters.algorithm(), window, |step, truncated| {
            let unspent = after.is_none_or(|accepted| step > accepted);
            let value = digits.reduce(truncated);
            let hit = codes.second.ct_eq_value(value) & first_hit & long_enough;
            matched.conditional_assign(&step, hit & !found);
            found |= hit;
            first_hit = codes.first.ct_eq_value(value) & Choice::from(u8::from(unspent));
        });
        bool::from(found).then(|| MatchedStep { step: matched, drift_steps: drift(current, matched) })
    }

    /// Whether `code` is the one that was accepted last, at step `last`, not long before `now`: the same request once more,
    /// which tells a guesser nothing.
    #[must_use]
    pub fn repeats(self, secret: &SharedSecret, code: &TotpCode, last: u64, now: Timestamp) -> bool {
        let digits = self.parameters.digits();
        let recent = self.step_at(now).abs_diff(last) <= Self::REPEATED_WITHIN_STEPS;
        let mut same = Choice::from(0);
        truncated_hmacs(secret, self.parameters.algorithm(), last..=last, |_, truncated| {
            same = code.ct_eq_value(digits.reduce(truncated));
        });
        bool::from(same & Choice::from(u8::from(recent && code.has(digits))))
    }

    /// By how many seconds the clock of whoever typed `code` is ahead of `now`, or behind it where negative, if the code is one
    /// of a step within `seconds` on either side. Of several the nearest counts. It says nothing on whether the code is
    /// accepted, and looks at two days for a `seconds` of one: for someone who has the secret before their eyes, and no guesser.
    #[must_use]
    pub fn clock_difference(self, secret: &SharedSecret, code: &TotpCode, now: Timestamp, seconds: u64) -> Option<i64> {
        let (digits, period) = (self.parameters.digits(), u64::from(self.parameters.period_seconds()));
        let (current, steps) = (self.step_at(now), seconds / period);
        let mut nearest: Option<u64> = None;
        let window = current.saturating_sub(steps)..=current.saturating_add(steps);
        truncated_hmacs(secret, self.parameters.algorithm(), window, |step, truncated| {
            let hit = code.has(digits) && bool::from(code.ct_eq_value(digits.reduce(truncated)));
            if hit && nearest.is_none_or(|other| step.abs_diff(current) < other.abs_diff(current)) {
                nearest = Some(step);
            }
        });
        let step = nearest?;
        let seconds = i64::try_from(step.abs_diff(current).saturating_mul(period)).unwrap_or(i64::MAX);
        Some(if step >= current { seconds } else { -seconds })
    }

    /// Whether `codes` are the two that were accepted last, the later at step `last`.
    #[must_use]
    pub fn repeats_consecutive(
        self,
        secret: &SharedSecret,
        codes: &ConsecutiveCodes,
        last: u64,
        now: Timestamp,
    ) -> bool {
        let (first, second) = (last.saturating_sub(1), last);
        // Both are compared, whatever comes of the first.
        self.repeats(secret, &codes.first, first, now) & self.repeats(secret, &codes.second, second, now)
    }
}

/// `step - current`, which the widest window keeps within -10 to 10.
const fn drift(current: u64, step: u64) -> i8 {
    if step >= current { (step - current) as i8 } else { -((current - step) as i8) }
}
