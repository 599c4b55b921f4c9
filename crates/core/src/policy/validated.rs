//! Policies that have been checked.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::{Deref, RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{PolicyDocument, PolicyViolation, PolicyViolations, ProofAct, ProofRequirement};
use crate::{Digits, GuessingRules, RecoveryCodeFormat, TotpParameters};

/// A policy whose every value has been checked. Reads like its [`PolicyDocument`]; serde checks it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyDocument", into = "PolicyDocument")]
pub struct Policy {
    document: PolicyDocument,
    totp_parameters: TotpParameters,
    skew_steps: u8,
    recovery_format: RecoveryCodeFormat,
}

impl Policy {
    /// Checks a policy.
    ///
    /// # Errors
    /// [`PolicyViolations`] with every rule that is broken, not only the first.
    pub fn new(document: PolicyDocument) -> Result<Self, PolicyViolations> {
        let mut findings = Findings(Vec::new());
        let totp = findings.totp(&document);
        findings.enrollment_and_proofs(&document);
        let recovery_format = findings.recovery_codes(&document);
        findings.sign_in(&document);
        findings.enforcement_and_throttle(&document);

        match (totp, recovery_format) {
            (Some((totp_parameters, skew_steps)), Some(recovery_format)) if findings.0.is_empty() => {
                Ok(Self { document, totp_parameters, skew_steps, recovery_format })
            }
            _ => Err(PolicyViolations::new(findings.0)),
        }
    }

    /// The policy as data.
    #[must_use]
    pub const fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// What `act` asks for again, with an authenticator active or not. Nothing that yields a factor while one is active
    /// asks for less than what turns one off, whatever a policy says that was stored before that was checked.
    #[must_use]
    pub fn proof_for(&self, act: ProofAct, two_factor_on: bool) -> ProofRequirement {
        let proofs = &self.document.proofs;
        let yielding = |own: ProofRequirement| match (two_factor_on, proofs.hold_hours) {
            (false, _) => own,
            (true, 0) => own.and(proofs.disable).and(ProofAct::CHANGE_OF_PASSWORD),
            (true, _) => own.and(proofs.disable),
        };
        match act {
            ProofAct::Begin => yielding(proofs.begin),
            ProofAct::Confirm => proofs.confirm,
            ProofAct::RecoveryCodes => yielding(proofs.recovery_codes),
            ProofAct::Disable => proofs.disable,
            ProofAct::ChangePassword => ProofAct::CHANGE_OF_PASSWORD,
        }
    }

    /// A policy that was stored by an older version of this crate, which checked less: what breaks the rule that factors
    /// are not yielded for less is raised, everything else is checked as ever.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_stored(mut document: PolicyDocument) -> Result<Self, PolicyViolations> {
        document.proofs.recovery_codes = document.proofs.recovery_codes.and(document.proofs.disable);
        Self::new(document)
    }

    /// The policy as data, to be changed and checked again.
    #[must_use]
    pub fn into_document(self) -> PolicyDocument {
        self.document
    }

    /// The parameters of new authenticators.
    #[must_use]
    pub const fn totp_parameters(&self) -> TotpParameters {
        self.totp_parameters
    }

    /// Steps accepted before and after the current one, 0 to 2.
    #[must_use]
    pub const fn skew_steps(&self) -> u8 {
        self.skew_steps
    }

    /// How guesses at a second factor are counted.
    #[must_use]
    pub fn guessing_rules(&self) -> GuessingRules {
        GuessingRules::from(&self.document.throttle)
    }

    /// The format of recovery codes; `None` if the policy has none (`recovery_codes.count` is 0).
    #[must_use]
    pub const fn recovery_format(&self) -> Option<&RecoveryCodeFormat> {
        if self.document.recovery_codes.count == 0 { None } else { Some(&self.recovery_format) }
    }
}

impl Deref for Policy {
    type Target = PolicyDocument;

    fn deref(&self) -> &PolicyDocument {
        &self.document
    }
}

impl TryFrom<PolicyDocument> for Policy {
    type Error = PolicyViolations;

    fn try_from(document: PolicyDocument) -> Result<Self, PolicyViolations> {
        Self::new(document)
    }
}

impl From<Policy> for PolicyDocument {
    fn from(policy: Policy) -> Self {
        policy.document
    }
}

/// What has been found so far.
struct Findings(Vec<PolicyViolation>);

impl Findings {
    fn add(&mut self, key: &'static str, rule: String) {
        self.0.push(PolicyViolation { key, rule });
    }

    /// Whether `value` is within `range`, which is found otherwise.
    fn range(&mut self, key: &'static str, value: u32, range: RangeInclusive<u32>) -> bool {
        let within = range.contains(&value);
        if !within {
            self.add(key, format!("must be {} to {}", range.start(), range.end()));
        }
        within
    }

    fn totp(&mut self, policy: &PolicyDocument) -> Option<(TotpParameters, u8)> {
        let totp = &policy.totp;
        self.range("totp.digits", totp.digits, 6..=8);
        self.range("totp.period_seconds", totp.period_seconds, 15..=120);
        self.range("totp.skew_steps", totp.skew_steps, 0..=2);
        self.range("totp.secret_bytes", totp.secret_bytes, 16..=64);

        // Whatever fails here has been found above: these ranges are wider, or the same.
        let digits = Digits::new(u8::try_from(totp.digits).ok()?).ok()?;
        let parameters = TotpParameters::new(totp.algorithm, digits, totp.period_seconds).ok()?;
        Some((parameters, u8::try_from(totp.skew_steps).ok()?))
    }

    fn enrollment_and_proofs(&mut self, policy: &PolicyDocument) {
        self.range("authenticators.max_per_account", policy.authenticators.max_per_account, 1..=10);
        self.range("enrollment.ttl_seconds", policy.enrollment.ttl_seconds, 60..=86_400);
        let proofs = &policy.proofs;
        for (key, requirement) in [("proofs.disable", proofs.disable), ("proofs.recovery_codes", proofs.recovery_codes)]
        {
            if requirement == ProofRequirement::None {
                self.add(key, String::from("must be password, code, password_or_code or password_and_code"));
            }
        }
        if proofs.recovery_codes != ProofRequirement::None && !proofs.recovery_codes.covers(proofs.disable) {
            self.add("proofs.recovery_codes", String::from("must ask for at least what proofs.disable asks for"));
        }
        let both = ProofAct::CHANGE_OF_PASSWORD;
        let further = policy.authenticators.max_per_account > 1;
        let for_less =
            !proofs.recovery_codes.covers(both) || (further && !proofs.begin.and(proofs.disable).covers(both));
        if self.range("proofs.hold_hours", proofs.hold_hours, 0..=168) && proofs.hold_hours == 0 && for_less {
            let rule = "must be 1 to 168 where a factor is yielded for less than password_and_code";
            self.add("proofs.hold_hours", String::from(rule));
        }
    }

    fn recovery_codes(&mut self, policy: &PolicyDocument) -> Option<RecoveryCodeFormat> {
        let rules = &policy.recovery_codes;
        if !matches!(rules.count, 0 | 4..=20) {
            self.add("recovery_codes.count", String::from("must be 0, or 4 to 20"));
        }
        match RecoveryCodeFormat::new(&rules.format, rules.alphabet) {
            Ok(format) => Some(format),
            Err(error) => {
                self.add("recovery_codes.format", error.to_string());
                None
            }
        }
    }

    fn sign_in(&mut self, policy: &PolicyDocument) {
        let sign_in = &policy.sign_in;
        self.range("sign_in.challenge_ttl_seconds", sign_in.challenge_ttl_seconds, 60..=900);
        self.range("sign_in.challenge_attempts", sign_in.challenge_attempts, 1..=10);
        self.range("sign_in.trusted_device_days", sign_in.trusted_device_days, 0..=90);
        let life = self.range("sign_in.session_ttl_seconds", sign_in.session_ttl_seconds, 300..=7_776_000);
        let idle = self.range("sign_in.session_idle_seconds", sign_in.session_idle_seconds, 60..=7_776_000);
        if life && idle && sign_in.session_idle_seconds > sign_in.session_ttl_seconds {
            self.add("sign_in.session_idle_seconds", String::from("must not be above sign_in.session_ttl_seconds"));
        }
    }

    fn enforcement_and_throttle(&mut self, policy: &PolicyDocument) {
        self.range("enforcement.grace_days", policy.enforcement.grace_days, 0..=90);
        let throttle = &policy.throttle;
        self.range("throttle.free_failures", throttle.free_failures, 1..=10);
        let first = self.range("throttle.first_wait_seconds", throttle.first_wait_seconds, 1..=3_600);
        let longest = self.range("throttle.longest_wait_seconds", throttle.longest_wait_seconds, 1..=86_400);
        if first && longest && throttle.longest_wait_seconds < throttle.first_wait_seconds {
            self.add("throttle.longest_wait_seconds", String::from("must not be below throttle.first_wait_seconds"));
        }
    }
}
