//! Policies that have been checked.

use std::collections::BTreeMap;
use std::ops::Deref;

use countersign_core::{Digits, GuessingOdds, GuessingRules, RecoveryCodeFormat, ThrottleSchedule, TotpParameters};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    PolicyDocument, PolicyField, PolicyRule, PolicyViolation, PolicyViolations, Preset, ProofAct, ProofRequirement,
    ThrottleRules,
};

/// A policy whose every value has been checked. Reads like its [`PolicyDocument`]; serde checks it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyDocument", into = "PolicyDocument")]
pub struct Policy {
    preset: Preset,
    unknown: BTreeMap<String, Value>,
    document: PolicyDocument,
    totp_parameters: TotpParameters,
    skew_steps: u8,
    recovery_format: RecoveryCodeFormat,
}

impl Policy {
    /// Checks a policy, as one that differs from the recommended one.
    ///
    /// # Errors
    /// [`PolicyViolations`] with every rule that is broken, not only the first.
    pub fn new(document: PolicyDocument) -> Result<Self, PolicyViolations> {
        Self::checked(Preset::RECOMMENDED, document, BTreeMap::new())
    }

    /// The same with other values: from the same preset, and with the keys that only a newer version knows.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn changed(&self, document: PolicyDocument) -> Result<Self, PolicyViolations> {
        Self::checked(self.preset, document, self.unknown.clone())
    }

    pub(crate) fn checked(
        preset: Preset,
        document: PolicyDocument,
        unknown: BTreeMap<String, Value>,
    ) -> Result<Self, PolicyViolations> {
        let mut findings = Findings::default();
        findings.values(&document);
        let recovery_format = findings.recovery_format(&document);
        findings.proofs(&document);
        findings.neighbors(&document);
        match (totp(&document), recovery_format) {
            (Some((totp_parameters, skew_steps)), Some(recovery_format)) if findings.0.is_empty() => {
                Ok(Self { preset, unknown, document, totp_parameters, skew_steps, recovery_format })
            }
            _ => Err(findings.in_order()),
        }
    }

    /// The preset that it comes from.
    #[must_use]
    pub const fn preset(&self) -> Preset {
        self.preset
    }

    /// What a newer version has set that this one does not know: it is kept, and obeyed by nodes that know it.
    #[must_use]
    pub const fn unknown_keys(&self) -> &BTreeMap<String, Value> {
        &self.unknown
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
        GuessingRules::with_waits(ThrottleSchedule::from(&self.document.throttle))
    }

    /// How likely a guesser is to succeed within a year.
    #[must_use]
    pub fn guessing_odds(&self) -> GuessingOdds {
        GuessingOdds::of(&self.guessing_rules(), self.skew_steps, self.totp_parameters.digits())
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

impl From<&ThrottleRules> for ThrottleSchedule {
    fn from(rules: &ThrottleRules) -> Self {
        Self {
            free_failures: rules.free_failures,
            first_wait_seconds: rules.first_wait_seconds,
            longest_wait_seconds: rules.longest_wait_seconds,
        }
    }
}

/// The parameters of new authenticators; nothing where the table's values are left.
fn totp(document: &PolicyDocument) -> Option<(TotpParameters, u8)> {
    let totp = &document.totp;
    let digits = Digits::new(u8::try_from(totp.digits).ok()?).ok()?;
    let parameters = TotpParameters::new(totp.algorithm, digits, totp.period_seconds).ok()?;
    Some((parameters, u8::try_from(totp.skew_steps).ok()?))
}

/// What has been found so far.
#[derive(Default)]
struct Findings(Vec<PolicyViolation>);

impl Findings {
    fn add(&mut self, key: &'static str, rule: PolicyRule) {
        self.0.push(PolicyViolation { key, rule });
    }

    /// Whether nothing was found of a key. What depends on two keys is looked at where each of them is legal.
    fn are_legal(&self, keys: &[&str]) -> bool {
        self.0.iter().all(|found| !keys.contains(&found.key))
    }

    fn in_order(mut self) -> PolicyViolations {
        let place = |found: &PolicyViolation| PolicyField::ALL.iter().position(|field| field.key == found.key);
        self.0.sort_by_key(place);
        PolicyViolations::new(self.0)
    }

    fn values(&mut self, policy: &PolicyDocument) {
        for field in PolicyField::ALL {
            if !field.values.include(&field.value(policy)) {
                self.add(field.key, PolicyRule::Values(field.values));
            }
        }
    }

    fn recovery_format(&mut self, policy: &PolicyDocument) -> Option<RecoveryCodeFormat> {
        match RecoveryCodeFormat::new(&policy.recovery_codes.format, policy.recovery_codes.alphabet) {
            Ok(format) => Some(format),
            Err(error) => {
                self.add("recovery_codes.format", PolicyRule::Pattern(error));
                None
            }
        }
    }

    fn proofs(&mut self, policy: &PolicyDocument) {
        let proofs = &policy.proofs;
        if self.are_legal(&["proofs.recovery_codes"]) && !proofs.recovery_codes.covers(proofs.disable) {
            self.add("proofs.recovery_codes", PolicyRule::NotLess("proofs.disable"));
        }
        let both = ProofAct::CHANGE_OF_PASSWORD;
        let further = policy.authenticators.max_per_account > 1;
        let for_less =
            !proofs.recovery_codes.covers(both) || (further && !proofs.begin.and(proofs.disable).covers(both));
        if proofs.hold_hours == 0 && for_less {
            let rule = "1 to 168 where a factor is yielded for less than password_and_code";
            self.add("proofs.hold_hours", PolicyRule::Beside(rule));
        }
    }

    fn neighbors(&mut self, policy: &PolicyDocument) {
        let (life, idle) = ("sign_in.session_ttl_seconds", "sign_in.session_idle_seconds");
        let sign_in = &policy.sign_in;
        if self.are_legal(&[life, idle]) && sign_in.session_idle_seconds > sign_in.session_ttl_seconds {
            self.add(idle, PolicyRule::NotAbove(life));
        }
        let (first, longest) = ("throttle.first_wait_seconds", "throttle.longest_wait_seconds");
        let throttle = &policy.throttle;
        if self.are_legal(&[first, longest]) && throttle.longest_wait_seconds < throttle.first_wait_seconds {
            self.add(longest, PolicyRule::NotBelow(first));
        }
    }
}
