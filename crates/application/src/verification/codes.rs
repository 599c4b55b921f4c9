//! Codes: of an authenticator, or for recovery. One field takes either.

use countersign_core::{Attempt, MatchedStep, RecoveryCode, SubmittedCode, Throttle};
use countersign_policy::AfterUse;
use secrecy::{ExposeSecret, SecretString};

use crate::audit::{AcceptedBy, AuditOutcome, Event, RejectionReason};
use crate::ports::{Behalf, UnitOfWork};
use crate::realm::Realm;
use crate::recovery::{FreshRecoveryCode, RecoveryCodeSet, RecoveryDigest};
use crate::second_factor::{SecondFactor, SecondFactorMethod};
use crate::verification::{
    AttemptKey, Compared, Decision, ProofDenial, Settlement, Spends, Throttled, TypedCodes, believed,
};
use crate::{AccountId, Application, AuthenticatorId, Origin, RecoveryCodeSetId, Timestamp, UseCaseError};

/// A code that was accepted, and is spent.
#[derive(Clone, Debug)]
pub struct AcceptedCode {
    /// What kind of code it was.
    pub method: SecondFactorMethod,
    /// The authenticator that it came from.
    pub authenticator_id: Option<AuthenticatorId>,
    /// How many recovery codes are left.
    pub recovery_codes_remaining: u32,
    /// The new recovery code, where the policy replaces used ones.
    pub replacement_recovery_code: Option<SecretString>,
}

/// What was found of a code before its unit of work. By itself it admits nobody.
pub(crate) enum CodeFinding {
    /// It is the code of this step, or it and the one before are.
    Step { authenticator_id: AuthenticatorId, matched: MatchedStep, attempt: Attempt },
    /// It is the code of this authenticator that was accepted last: the same request once more.
    Repeated { authenticator_id: AuthenticatorId, attempt: Attempt },
    /// It has the form of a recovery code; whether there is such a one, redeeming tells.
    Recovery { set_id: RecoveryCodeSetId, digest: RecoveryDigest, replacement: Option<Box<FreshRecoveryCode>> },
    /// It is wrong.
    Wrong { attempt: Attempt },
    /// It was not looked at, because of earlier failures.
    Throttled(Throttled),
}

impl CodeFinding {
    /// What a recovery code turns out to be that the set does not have.
    pub(crate) const UNKNOWN_RECOVERY_CODE: Self = Self::Wrong { attempt: Attempt::RecoveryCode };

    /// Under which rule it is counted.
    pub(crate) fn attempt(&self) -> Option<Attempt> {
        match self {
            Self::Step { attempt, .. } | Self::Repeated { attempt, .. } | Self::Wrong { attempt } => Some(*attempt),
            Self::Recovery { .. } => Some(Attempt::RecoveryCode),
            Self::Throttled(_) => None,
        }
    }

    /// Whether it may still turn out right: whether what depends on it is worth preparing.
    pub(crate) fn may_be_right(&self) -> bool {
        matches!(self, Self::Step { .. } | Self::Recovery { .. })
    }
}

/// What became of a code.
pub(crate) enum CodeVerdict {
    Accepted(AcceptedCode),
    /// Wrong, or spent. `repeated` where it is the one that was accepted last; nothing was counted then.
    Rejected {
        repeated: bool,
    },
    Throttled(Throttled),
}

impl Application {
    /// Examines a code against the account's active authenticators and recovery codes.
    pub(crate) async fn examine_code(
        &self,
        realm: &Realm,
        factor: &SecondFactor,
        origin: &Origin,
        code: &SecretString,
        now: Timestamp,
    ) -> Result<CodeFinding, UseCaseError> {
        // Codes keep the format that they were issued in; a policy without recovery codes takes none, whatever was issued.
        let format = realm.policy.recovery_format();
        let issued = factor.active_recovery_set().map(|set| &set.format);
        let format = format.map(|format| issued.unwrap_or(format));
        let digits: Vec<_> = factor.active().map(|authenticator| authenticator.parameters.digits()).collect();
        match SubmittedCode::parse(code.expose_secret(), format, &digits) {
            SubmittedCode::Totp(code) => self.examine_typed(realm, factor, &TypedCodes::One(code), now).await,
            SubmittedCode::Consecutive(codes) => {
                self.examine_typed(realm, factor, &TypedCodes::Consecutive(codes), now).await
            }
            SubmittedCode::Malformed => {
                let attempt = Attempt::Code { authenticators: factor.active_count() };
                Ok(throttled(realm, factor, attempt, now).unwrap_or(CodeFinding::Wrong { attempt }))
            }
            SubmittedCode::Recovery(code) => {
                let (set, digest) = match self.digest_typed(realm, factor, origin, &code, now).await? {
                    Ok(found) => found,
                    Err(finding) => return Ok(finding),
                };
                let behalf = Behalf::Account { account: factor.state.account_id, network: origin.network() };
                let replacement = match realm.policy.recovery_codes.after_use {
                    AfterUse::Remove => None,
                    AfterUse::Replace => Some(Box::new(self.fresh_recovery_code(realm, set, &behalf, now).await?)),
                };
                Ok(CodeFinding::Recovery { set_id: set.id, digest, replacement })
            }
        }
    }

    /// The digest by which a typed recovery code is found in the account's set, or what it turns out to be without one. It is
    /// slow, so nothing is digested that has to wait.
    pub(crate) async fn digest_typed<'a>(
        &self,
        realm: &Realm,
        factor: &'a SecondFactor,
        origin: &Origin,
        code: &RecoveryCode,
        now: Timestamp,
    ) -> Result<Result<(&'a RecoveryCodeSet, RecoveryDigest), CodeFinding>, UseCaseError> {
        let attempt = Attempt::RecoveryCode;
        let by_address = match self.recovery_attempts(factor.state.account_id, origin) {
            Some(key) => believed(self.store().find_attempts(&key).await?.throttle, now),
            None => Throttle::default(),
        };
        if let Some(retry_after_seconds) = by_address.blocked_for(now) {
            return Ok(Err(CodeFinding::Throttled(Throttled::new(attempt, retry_after_seconds))));
        }
        let set = match (throttled(realm, factor, attempt, now), factor.active_recovery_set()) {
            (Some(throttled), _) => return Ok(Err(throttled)),
            (None, None) => return Ok(Err(CodeFinding::UNKNOWN_RECOVERY_CODE)),
            (None, Some(set)) => set,
        };
        let behalf = Behalf::Account { account: factor.state.account_id, network: origin.network() };
        let one = std::slice::from_ref(code);
        let digests = self.recovery_digester().digest(one, &set.salt, &set.key_id, &behalf).await?;
        let digest = *digests.first().ok_or(UseCaseError::Fault("a digest for each code"))?;
        Ok(Ok((set, digest)))
    }

    async fn examine_typed(
        &self,
        realm: &Realm,
        factor: &SecondFactor,
        codes: &TypedCodes,
        now: Timestamp,
    ) -> Result<CodeFinding, UseCaseError> {
        let attempt = codes.attempt(factor.active_count());
        if let Some(throttled) = throttled(realm, factor, attempt, now) {
            return Ok(throttled);
        }
        let mut finding = CodeFinding::Wrong { attempt };
        // All of them are tried, whichever fits, so that the time tells nothing.
        for authenticator in factor.active() {
            let authenticator_id = authenticator.id;
            match self.compare(realm, authenticator, codes, now).await? {
                Compared::Fits(matched) => finding = CodeFinding::Step { authenticator_id, matched, attempt },
                Compared::Repeats if !finding.may_be_right() => {
                    finding = CodeFinding::Repeated { authenticator_id, attempt };
                }
                Compared::Repeats | Compared::Differs => {}
            }
        }
        Ok(finding)
    }

    /// Under which key failures with an account's recovery codes are counted for an address. Each account has its own: who
    /// fails at some keeps nobody behind the same address from others.
    pub(crate) fn recovery_attempts(&self, account: AccountId, origin: &Origin) -> Option<AttemptKey> {
        let label = |network| format!("recovery code of {account} from {network}");
        origin.network().map(|network| self.tokens().fingerprint(&label(network)))
    }
}

fn throttled(realm: &Realm, factor: &SecondFactor, attempt: Attempt, now: Timestamp) -> Option<CodeFinding> {
    let gate = factor.state.counters.gate(&realm.policy.guessing_rules(), attempt, now);
    gate.seconds().map(|seconds| CodeFinding::Throttled(Throttled::new(attempt, seconds)))
}

impl Settlement<'_> {
    /// Decides what becomes of a code, as everything is now: what is claimed, or what is counted.
    pub(crate) fn decide(&self, finding: &CodeFinding) -> Decision<CodeVerdict> {
        let attempt = match finding {
            CodeFinding::Throttled(throttled) => return self.nothing(CodeVerdict::Throttled(*throttled)),
            CodeFinding::Step { attempt, .. } | CodeFinding::Repeated { attempt, .. } => *attempt,
            CodeFinding::Wrong { attempt } => *attempt,
            CodeFinding::Recovery { .. } => Attempt::RecoveryCode,
        };
        if let Some(throttled) = self.throttled(attempt) {
            return self.nothing(CodeVerdict::Throttled(throttled));
        }
        match finding {
            CodeFinding::Step { authenticator_id, matched, .. } => self.step(*authenticator_id, matched, attempt),
            CodeFinding::Recovery { set_id, digest, replacement } => {
                self.recovery_code(*set_id, digest, replacement.as_deref())
            }
            CodeFinding::Repeated { authenticator_id, .. } => self.repeated(*authenticator_id, attempt),
            CodeFinding::Wrong { .. } | CodeFinding::Throttled(_) => self.rejected(attempt, None),
        }
    }

    fn step(&self, id: AuthenticatorId, matched: &MatchedStep, attempt: Attempt) -> Decision<CodeVerdict> {
        let step = matched.step();
        let last = match self.factor.authenticator(id) {
            Some(authenticator) if authenticator.is_active() => authenticator.last_step,
            _ => return self.rejected(attempt, Some(id)),
        };
        match last {
            // Whoever came at the same time was accepted with it.
            Some(last) if last == step => self.repeated(id, attempt),
            Some(last) if last > step => self.rejected(attempt, Some(id)),
            _ => {
                let accepted = AcceptedCode {
                    method: SecondFactorMethod::Totp,
                    authenticator_id: Some(id),
                    recovery_codes_remaining: self.factor.recovery_codes_remaining(),
                    replacement_recovery_code: None,
                };
                let code = AcceptedBy::Totp { authenticator_id: id, drift_steps: matched.drift_steps() };
                let event = Event::SecondFactorAccepted { purpose: self.purpose.clone(), code };
                let spends = Spends::Step { authenticator: id, step };
                self.success(CodeVerdict::Accepted(accepted), attempt, spends, vec![event])
            }
        }
    }

    fn recovery_code(
        &self,
        id: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        replacement: Option<&FreshRecoveryCode>,
    ) -> Decision<CodeVerdict> {
        let attempt = Attempt::RecoveryCode;
        let Some(set) = self.factor.active_recovery_set().filter(|set| set.id == id && set.remaining > 0) else {
            return self.rejected(attempt, None);
        };
        let remaining = set.remaining - u32::from(replacement.is_none());
        let accepted = AcceptedCode {
            method: SecondFactorMethod::RecoveryCode,
            authenticator_id: None,
            recovery_codes_remaining: remaining,
            replacement_recovery_code: replacement.map(|fresh| fresh.shown.clone()),
        };
        let events = vec![
            Event::SecondFactorAccepted { purpose: self.purpose.clone(), code: AcceptedBy::RecoveryCode },
            Event::RecoveryCodeUsed { remaining },
        ];
        let replacement = replacement.map(|fresh| fresh.stored.clone());
        let spends = Spends::RecoveryCode { set: id, digest: *digest, replacement };
        self.success(CodeVerdict::Accepted(accepted), attempt, spends, events)
    }

    /// It tells a guesser nothing, and is not counted: whoever has it had it when it was good.
    fn repeated(&self, id: AuthenticatorId, attempt: Attempt) -> Decision<CodeVerdict> {
        let mut decision = self.nothing(CodeVerdict::Rejected { repeated: true });
        let rejection = self.rejection(attempt, RejectionReason::Repeated, Some(id));
        decision.events.push((rejection, AuditOutcome::Failure));
        decision
    }

    fn rejected(&self, attempt: Attempt, id: Option<AuthenticatorId>) -> Decision<CodeVerdict> {
        let rejection = self.rejection(attempt, RejectionReason::Wrong, id);
        self.failure(CodeVerdict::Rejected { repeated: false }, attempt, rejection)
    }

    fn rejection(&self, attempt: Attempt, reason: RejectionReason, id: Option<AuthenticatorId>) -> Event {
        let (purpose, method) = (self.purpose.clone(), attempt.lane().into());
        Event::SecondFactorRejected { purpose, method, reason, authenticator_id: id }
    }

    /// Settles a code under the account's lock.
    pub(crate) async fn code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        finding: &CodeFinding,
    ) -> Result<CodeVerdict, UseCaseError> {
        self.lock_attempts(unit, finding.attempt()).await?;
        if let Some(verdict) = self.settle(unit, self.decide(finding)).await? {
            return Ok(verdict);
        }
        let settled = self.settle(unit, self.decide(&CodeFinding::UNKNOWN_RECOVERY_CODE)).await?;
        settled.ok_or(UseCaseError::Fault("a failure claims no recovery code"))
    }

    /// Settles a wrong first code of an enrollment: counts it, or answers that it has to wait.
    pub(crate) async fn wrong_first_code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        attempt: Attempt,
    ) -> Result<Option<ProofDenial>, UseCaseError> {
        match self.code(unit, &CodeFinding::Wrong { attempt }).await? {
            CodeVerdict::Throttled(throttled) => Ok(Some(throttled.into())),
            CodeVerdict::Rejected { .. } | CodeVerdict::Accepted(_) => Ok(None),
        }
    }

    /// Whether a right first code of an enrollment has to wait all the same: the answer must not tell that it is right.
    pub(crate) fn wait(&self, attempt: Attempt) -> Option<ProofDenial> {
        self.throttled(attempt).map(ProofDenial::from)
    }
}
