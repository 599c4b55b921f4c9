//! Codes: of an authenticator, or for recovery. One field takes either.

use countersign_core::{Attempt, MatchedStep, SubmittedCode, Throttle};
use countersign_policy::AfterUse;
use secrecy::{ExposeSecret, SecretString};

use crate::audit::{AcceptedBy, Event, RejectionReason};
use crate::ports::{Behalf, UnitOfWork};
use crate::realm::Realm;
use crate::recovery::{FreshRecoveryCode, RecoveryDigest};
use crate::second_factor::{SecondFactor, SecondFactorMethod, SecondFactorState};
use crate::verification::{AttemptKey, Compared, ProofDenial, Settlement, Throttled, TypedCodes, believed};
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
                let attempt = Attempt::RecoveryCode;
                let by_address = match self.recovery_attempts(factor.state.account_id, origin) {
                    Some(key) => believed(self.store().find_attempts(&key).await?.throttle, now),
                    None => Throttle::default(),
                };
                if let Some(retry_after_seconds) = by_address.blocked_for(now) {
                    return Ok(CodeFinding::Throttled(Throttled::new(attempt, retry_after_seconds)));
                }
                let set = match (throttled(realm, factor, attempt, now), factor.active_recovery_set()) {
                    (Some(throttled), _) => return Ok(throttled),
                    (None, None) => return Ok(CodeFinding::Wrong { attempt }),
                    (None, Some(set)) => set,
                };
                let account = factor.state.account_id;
                let behalf = Behalf::Account { account, network: origin.network() };
                let one = std::slice::from_ref(&code);
                let digests = self.recovery_digester().digest(one, &set.salt, &set.key_id, &behalf).await?;
                let digest = *digests.first().ok_or(UseCaseError::Fault("a digest for each code"))?;
                let replacement = match realm.policy.recovery_codes.after_use {
                    AfterUse::Remove => None,
                    AfterUse::Replace => Some(Box::new(self.fresh_recovery_code(realm, set, &behalf, now).await?)),
                };
                Ok(CodeFinding::Recovery { set_id: set.id, digest, replacement })
            }
        }
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
    /// Settles a code under the account's lock: claims it, or counts the failure.
    pub(crate) async fn code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        finding: &CodeFinding,
    ) -> Result<CodeVerdict, UseCaseError> {
        let attempt = match finding {
            CodeFinding::Throttled(throttled) => return Ok(CodeVerdict::Throttled(*throttled)),
            CodeFinding::Step { attempt, .. } | CodeFinding::Repeated { attempt, .. } => *attempt,
            CodeFinding::Wrong { attempt } => *attempt,
            CodeFinding::Recovery { .. } => Attempt::RecoveryCode,
        };
        if let Some(throttled) = self.throttled(unit, state, attempt).await? {
            return Ok(CodeVerdict::Throttled(throttled));
        }
        let claimed = match finding {
            CodeFinding::Step { authenticator_id, matched, .. } => {
                let step = matched.step();
                unit.authenticators().accept_step(state.account_id, *authenticator_id, step, self.now).await?
            }
            CodeFinding::Recovery { set_id, digest, .. } => {
                unit.recovery_codes().redeem(state.account_id, *set_id, digest, self.now).await?
            }
            CodeFinding::Repeated { .. } | CodeFinding::Wrong { .. } | CodeFinding::Throttled(_) => false,
        };
        if claimed {
            self.succeeded(unit, state, attempt).await?;
            return self.accepted(unit, finding).await.map(CodeVerdict::Accepted);
        }
        let repeated = match finding {
            CodeFinding::Repeated { .. } => true,
            // Whoever came at the same time was accepted with it.
            CodeFinding::Step { authenticator_id, matched, .. } => {
                let factor = unit.second_factors().load(state.account_id).await?;
                let last = factor.as_ref().and_then(|factor| factor.authenticator(*authenticator_id)?.last_step);
                last == Some(matched.step())
            }
            _ => false,
        };
        let rejection = Event::SecondFactorRejected {
            purpose: self.purpose.clone(),
            method: attempt.lane().into(),
            reason: if repeated { RejectionReason::Repeated } else { RejectionReason::Wrong },
            authenticator_id: match finding {
                CodeFinding::Repeated { authenticator_id, .. } | CodeFinding::Step { authenticator_id, .. } => {
                    Some(*authenticator_id)
                }
                _ => None,
            },
        };
        if repeated {
            // It tells a guesser nothing: whoever has it had it when it was good.
            self.record.failed(rejection)?;
        } else {
            self.failed(unit, state, attempt, rejection).await?;
        }
        Ok(CodeVerdict::Rejected { repeated })
    }

    async fn accepted(
        &mut self,
        unit: &mut dyn UnitOfWork,
        finding: &CodeFinding,
    ) -> Result<AcceptedCode, UseCaseError> {
        match finding {
            CodeFinding::Step { authenticator_id, matched, .. } => {
                let (authenticator_id, drift_steps) = (*authenticator_id, matched.drift_steps());
                self.record.succeeded(Event::SecondFactorAccepted {
                    purpose: self.purpose.clone(),
                    code: AcceptedBy::Totp { authenticator_id, drift_steps },
                })?;
                Ok(AcceptedCode {
                    method: SecondFactorMethod::Totp,
                    authenticator_id: Some(authenticator_id),
                    recovery_codes_remaining: self.recovery_codes_remaining,
                    replacement_recovery_code: None,
                })
            }
            CodeFinding::Recovery { set_id, replacement, .. } => {
                if let Some(fresh) = replacement {
                    unit.recovery_codes().add_code(*set_id, &fresh.stored).await?;
                }
                let remaining = unit.recovery_codes().count_unused(*set_id).await?;
                self.record.succeeded(Event::SecondFactorAccepted {
                    purpose: self.purpose.clone(),
                    code: AcceptedBy::RecoveryCode,
                })?;
                self.record.succeeded(Event::RecoveryCodeUsed { remaining })?;
                Ok(AcceptedCode {
                    method: SecondFactorMethod::RecoveryCode,
                    authenticator_id: None,
                    recovery_codes_remaining: remaining,
                    replacement_recovery_code: replacement.as_ref().map(|fresh| fresh.shown.clone()),
                })
            }
            CodeFinding::Repeated { .. } | CodeFinding::Wrong { .. } | CodeFinding::Throttled(_) => {
                Err(UseCaseError::Fault("only a claimed code is accepted"))
            }
        }
    }

    /// Settles a wrong first code of an enrollment: counts it, or answers that it has to wait.
    pub(crate) async fn wrong_first_code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        attempt: Attempt,
    ) -> Result<Option<ProofDenial>, UseCaseError> {
        match self.code(unit, state, &CodeFinding::Wrong { attempt }).await? {
            CodeVerdict::Throttled(throttled) => Ok(Some(throttled.into())),
            CodeVerdict::Rejected { .. } | CodeVerdict::Accepted(_) => Ok(None),
        }
    }

    /// Whether a right first code of an enrollment has to wait all the same: the answer must not tell that it is right.
    pub(crate) async fn wait(
        &self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        attempt: Attempt,
    ) -> Result<Option<ProofDenial>, UseCaseError> {
        Ok(self.throttled(unit, state, attempt).await?.map(ProofDenial::from))
    }
}
