//! Codes: of an authenticator, or for recovery. One field takes either.

use countersign_core::{AfterUse, MatchedStep, SharedSecret, SubmittedCode, Throttle, Totp, TotpCode};
use secrecy::{ExposeSecret, SecretString};

use super::Settlement;
use crate::application::details;
use crate::ports::{AttemptKey, RecoveryDigest, SealContext, SealPurpose, UnitOfWork};
use crate::recovery_issue::FreshRecoveryCode;
use crate::{
    Application, Authenticator, AuthenticatorId, EventKind, Origin, Realm, RecoveryCodeSetId, SecondFactor,
    SecondFactorMethod, SecondFactorState, ThrottleLane, Timestamp, UseCaseError,
};

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
    /// It is the code of this step.
    Step { authenticator_id: AuthenticatorId, matched: MatchedStep },
    /// It has the form of a recovery code; whether there is such a one, redeeming tells.
    Recovery { set_id: RecoveryCodeSetId, digest: RecoveryDigest, replacement: Option<Box<FreshRecoveryCode>> },
    /// It is wrong.
    Wrong { lane: ThrottleLane },
    /// It was not looked at, because of earlier failures.
    Throttled { lane: ThrottleLane, retry_after_seconds: u64 },
}

impl CodeFinding {
    fn lane(&self) -> ThrottleLane {
        match self {
            Self::Step { .. } => ThrottleLane::Code,
            Self::Recovery { .. } => ThrottleLane::RecoveryCode,
            Self::Wrong { lane } | Self::Throttled { lane, .. } => *lane,
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
    Rejected,
    Throttled { retry_after_seconds: u64 },
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
        match SubmittedCode::parse(code.expose_secret(), format.map(|format| issued.unwrap_or(format))) {
            SubmittedCode::Totp(code) => self.examine_totp(realm, factor, &code, now).await,
            SubmittedCode::Malformed => Ok(throttled_or(factor, ThrottleLane::Code, now)),
            SubmittedCode::Recovery(code) => {
                let lane = ThrottleLane::RecoveryCode;
                let by_address = match self.recovery_attempts(origin) {
                    Some(key) => self.store().find_attempts(&key).await?,
                    None => Throttle::default(),
                };
                if let Some(retry_after_seconds) = by_address.blocked_for(now) {
                    return Ok(CodeFinding::Throttled { lane, retry_after_seconds });
                }
                let set = match (throttled_or(factor, lane, now), factor.active_recovery_set()) {
                    (throttled @ CodeFinding::Throttled { .. }, _) => return Ok(throttled),
                    (wrong, None) => return Ok(wrong),
                    (_, Some(set)) => set,
                };
                let digests =
                    self.recovery_digester().digest(std::slice::from_ref(&code), &set.salt, &set.key_id).await?;
                let digest = *digests.first().ok_or(UseCaseError::Fault("a digest for each code"))?;
                let replacement = match realm.policy.recovery_codes.after_use {
                    AfterUse::Remove => None,
                    AfterUse::Replace => Some(Box::new(self.fresh_recovery_code(realm, set, now).await?)),
                };
                Ok(CodeFinding::Recovery { set_id: set.id, digest, replacement })
            }
        }
    }

    async fn examine_totp(
        &self,
        realm: &Realm,
        factor: &SecondFactor,
        code: &TotpCode,
        now: Timestamp,
    ) -> Result<CodeFinding, UseCaseError> {
        let lane = ThrottleLane::Code;
        if let throttled @ CodeFinding::Throttled { .. } = throttled_or(factor, lane, now) {
            return Ok(throttled);
        }
        let mut finding = CodeFinding::Wrong { lane };
        // All of them are tried, whichever fits, so that the time tells nothing.
        for authenticator in factor.active() {
            if let Some(matched) = self.match_step(realm, authenticator, code, now).await? {
                finding = CodeFinding::Step { authenticator_id: authenticator.id, matched };
            }
        }
        Ok(finding)
    }

    /// Compares a code with the steps of an authenticator's window.
    pub(crate) async fn match_step(
        &self,
        realm: &Realm,
        authenticator: &Authenticator,
        code: &TotpCode,
        now: Timestamp,
    ) -> Result<Option<MatchedStep>, UseCaseError> {
        let secret = self.open_secret(realm, authenticator).await?;
        let totp = Totp::new(authenticator.parameters, realm.policy.skew_steps());
        Ok(totp.match_step(&secret, code, now, authenticator.last_step))
    }

    /// Opens the secret of an authenticator.
    pub(crate) async fn open_secret(
        &self,
        realm: &Realm,
        authenticator: &Authenticator,
    ) -> Result<SharedSecret, UseCaseError> {
        let context = SealContext {
            realm_id: realm.id,
            account_id: authenticator.account_id,
            row_id: authenticator.id.as_uuid(),
            purpose: SealPurpose::TotpSecret(authenticator.parameters),
        };
        let bytes = self.sealer().open(&context, &authenticator.sealed_secret).await?;
        SharedSecret::from_bytes(&bytes).map_err(|_| UseCaseError::Fault("a sealed secret has a legal length"))
    }

    /// Under which key failures with recovery codes are counted for an address.
    pub(crate) fn recovery_attempts(&self, origin: &Origin) -> Option<AttemptKey> {
        origin.network().map(|network| self.tokens().fingerprint(&format!("recovery code from {network}")))
    }
}

fn throttled_or(factor: &SecondFactor, lane: ThrottleLane, now: Timestamp) -> CodeFinding {
    match factor.state.throttle(lane).blocked_for(now) {
        Some(retry_after_seconds) => CodeFinding::Throttled { lane, retry_after_seconds },
        None => CodeFinding::Wrong { lane },
    }
}

impl Settlement<'_> {
    /// Settles a code under the account's lock: claims it, or counts the failure.
    pub(crate) async fn code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        finding: &CodeFinding,
    ) -> Result<CodeVerdict, UseCaseError> {
        let lane = finding.lane();
        if let CodeFinding::Throttled { retry_after_seconds, .. } = finding {
            return Ok(CodeVerdict::Throttled { retry_after_seconds: *retry_after_seconds });
        }
        if let Some(retry_after_seconds) = self.blocked_for(unit, state, lane).await? {
            return Ok(CodeVerdict::Throttled { retry_after_seconds });
        }
        let claimed = match finding {
            CodeFinding::Step { authenticator_id, matched } => {
                let step = matched.step();
                unit.authenticators().accept_step(state.account_id, *authenticator_id, step, self.now).await?
            }
            CodeFinding::Recovery { set_id, digest, .. } => {
                unit.recovery_codes().redeem(state.account_id, *set_id, digest, self.now).await?
            }
            CodeFinding::Wrong { .. } | CodeFinding::Throttled { .. } => false,
        };
        if !claimed {
            let why = [("purpose", self.purpose), ("method", lane.as_str())];
            self.record.failed(EventKind::SecondFactorRejected, details(why))?;
            self.count_failure(unit, state, lane).await?;
            return Ok(CodeVerdict::Rejected);
        }
        if state.throttle(lane) != Throttle::default() {
            unit.second_factors().set_throttle(state.account_id, lane, Throttle::default()).await?;
        }
        self.accepted(unit, finding).await.map(CodeVerdict::Accepted)
    }

    async fn accepted(
        &mut self,
        unit: &mut dyn UnitOfWork,
        finding: &CodeFinding,
    ) -> Result<AcceptedCode, UseCaseError> {
        match finding {
            CodeFinding::Step { authenticator_id, matched } => {
                let (id, drift) = (authenticator_id.to_string(), matched.drift_steps().to_string());
                let what = [
                    ("purpose", self.purpose),
                    ("method", SecondFactorMethod::Totp.as_str()),
                    ("authenticator_id", &id),
                    ("drift_steps", &drift),
                ];
                self.record.succeeded(EventKind::SecondFactorAccepted, details(what))?;
                Ok(AcceptedCode {
                    method: SecondFactorMethod::Totp,
                    authenticator_id: Some(*authenticator_id),
                    recovery_codes_remaining: self.recovery_codes_remaining,
                    replacement_recovery_code: None,
                })
            }
            CodeFinding::Recovery { set_id, replacement, .. } => {
                if let Some(fresh) = replacement {
                    unit.recovery_codes().add_code(*set_id, &fresh.stored).await?;
                }
                let remaining = unit.recovery_codes().count_unused(*set_id).await?;
                let left = remaining.to_string();
                let what = [("purpose", self.purpose), ("method", SecondFactorMethod::RecoveryCode.as_str())];
                self.record.succeeded(EventKind::SecondFactorAccepted, details(what))?;
                self.record.succeeded(EventKind::RecoveryCodeUsed, details([("remaining", &left)]))?;
                Ok(AcceptedCode {
                    method: SecondFactorMethod::RecoveryCode,
                    authenticator_id: None,
                    recovery_codes_remaining: remaining,
                    replacement_recovery_code: replacement.as_ref().map(|fresh| fresh.shown.clone()),
                })
            }
            CodeFinding::Wrong { .. } | CodeFinding::Throttled { .. } => {
                Err(UseCaseError::Fault("only a claimed code is accepted"))
            }
        }
    }

    /// Settles a wrong first code of an enrollment: counts it, or answers how long it has to wait.
    pub(crate) async fn wrong_first_code(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
    ) -> Result<Option<u64>, UseCaseError> {
        match self.code(unit, state, &CodeFinding::Wrong { lane: ThrottleLane::Code }).await? {
            CodeVerdict::Throttled { retry_after_seconds } => Ok(Some(retry_after_seconds)),
            CodeVerdict::Rejected | CodeVerdict::Accepted(_) => Ok(None),
        }
    }

    /// For how long a right first code of an enrollment has to wait all the same: the answer must not tell that it is
    /// right.
    pub(crate) async fn wait(
        &self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
    ) -> Result<Option<u64>, UseCaseError> {
        self.blocked_for(unit, state, ThrottleLane::Code).await
    }
}
