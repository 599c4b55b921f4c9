//! Time-based codes.

use subtle::{Choice, ConditionallySelectable};

use crate::mac::truncated_hmacs;
use crate::{GeneratedCode, SharedSecret, Timestamp, TotpCode, TotpParameters, hotp};

/// Time-based one-time passwords (RFC 6238) with a window of accepted steps (section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totp {
    parameters: TotpParameters,
    skew_steps: u8,
}

/// The proof that a code matched, and at which time step. Only [`Totp::match_step`] makes one.
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

/// `step - current`, which the widest window keeps within -10 to 10.
const fn drift(current: u64, step: u64) -> i8 {
    if step >= current { (step - current) as i8 } else { -((current - step) as i8) }
}
