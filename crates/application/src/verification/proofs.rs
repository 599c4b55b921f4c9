//! Proofs: the password or code that a sensitive operation asks for again.

use countersign_core::Attempt;
use countersign_policy::{ProofAct, ProofRequirement};

use crate::account::PasswordVerdict;
use crate::audit::{AttemptMethod, AuditOutcome, Event, RejectionReason};
use crate::caller::Caller;
use crate::ports::UnitOfWork;
use crate::second_factor::SecondFactor;
use crate::session::AuthenticationMethod;
use crate::verification::{
    CodeFinding, CodeVerdict, Decision, GivenProof, ProofDenial, ProofField, Settlement, Throttled, TurnsOff,
};
use crate::{Application, SessionId, Timestamp, UseCaseError};

/// What is asked for an act, and of which age a code for it has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) requirement: ProofRequirement,
    pub(crate) turns_off: TurnsOff,
}

impl From<ProofRequirement> for Asked {
    fn from(requirement: ProofRequirement) -> Self {
        Self { requirement, turns_off: TurnsOff::Nothing }
    }
}

impl Caller {
    /// What `act` asks again of this caller, with what the act turns off.
    pub(crate) fn asked(&self, act: ProofAct, factor: &SecondFactor, turns_off: TurnsOff) -> Asked {
        Asked { requirement: self.proof_for(act, factor), turns_off }
    }
}

/// What was found of a proof before its unit of work. By itself it opens nothing.
pub(crate) enum ExaminedProof {
    NotAsked,
    Missing {
        asked_for: Vec<ProofField>,
        any: bool,
    },
    Throttled(Throttled),
    Given {
        password_right: Option<bool>,
        code: Option<CodeFinding>,
        /// Until when the code, right as it may be, does not do.
        held_until: Option<Timestamp>,
        /// Whether the code is of something that was there before all hold.
        of_old: bool,
        /// The session that has shown no second factor before this code.
        steps_up: Option<SessionId>,
    },
}

impl ExaminedProof {
    /// Whether a code of what was there before is among what was given: then what it yields is as good as that.
    pub(crate) fn is_backed(&self) -> bool {
        matches!(self, Self::Given { of_old: true, .. })
    }

    /// Whether it may still turn out right: whether what depends on it is worth preparing.
    pub(crate) fn may_be_right(&self) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Missing { .. } | Self::Throttled(_) => false,
            Self::Given { password_right, code, held_until, .. } => {
                *password_right != Some(false)
                    && held_until.is_none()
                    && code.as_ref().is_none_or(CodeFinding::may_be_right)
            }
        }
    }
}

/// Which parts of what was given count, or which are missing.
enum Parts {
    Count { password: bool, code: bool },
    Missing { asked_for: Vec<ProofField>, any: bool },
}

/// A code can only be asked of an account that has an active authenticator; without one, the password remains.
fn parts(requirement: ProofRequirement, enabled: bool, given: &GivenProof) -> Parts {
    let (password, code) = (given.password.is_some(), given.code.is_some());
    let missing = |fields: &[ProofField], any| Parts::Missing { asked_for: fields.to_vec(), any };
    match (requirement, enabled) {
        (ProofRequirement::None, _) | (ProofRequirement::Code, false) => Parts::Count { password: false, code: false },
        (ProofRequirement::Password, _)
        | (ProofRequirement::PasswordOrCode | ProofRequirement::PasswordAndCode, false) => {
            if password {
                Parts::Count { password: true, code: false }
            } else {
                missing(&[ProofField::Password], false)
            }
        }
        (ProofRequirement::Code, true) => {
            if code {
                Parts::Count { password: false, code: true }
            } else {
                missing(&[ProofField::Code], false)
            }
        }
        (ProofRequirement::PasswordOrCode, true) => match (password, code) {
            // A password is not spent by being given, so it is what counts when both were.
            (true, _) => Parts::Count { password: true, code: false },
            (false, true) => Parts::Count { password: false, code: true },
            (false, false) => missing(&[ProofField::Password, ProofField::Code], true),
        },
        (ProofRequirement::PasswordAndCode, true) => match (password, code) {
            (true, true) => Parts::Count { password: true, code: true },
            (true, false) => missing(&[ProofField::Code], false),
            (false, true) => missing(&[ProofField::Password], false),
            (false, false) => missing(&[ProofField::Password, ProofField::Code], false),
        },
    }
}

impl Application {
    /// Examines a proof. One budget holds for codes and proofs, so that neither is a way around the other.
    pub(crate) async fn examine_proof(
        &self,
        caller: &Caller,
        factor: &SecondFactor,
        asked: impl Into<Asked>,
        given: &GivenProof,
        now: Timestamp,
    ) -> Result<ExaminedProof, UseCaseError> {
        let Asked { requirement, turns_off } = asked.into();
        let (password, code) = match parts(requirement, factor.state.is_enabled(), given) {
            Parts::Missing { asked_for, any } => return Ok(ExaminedProof::Missing { asked_for, any }),
            Parts::Count { password: false, code: false } => return Ok(ExaminedProof::NotAsked),
            Parts::Count { password, code } => {
                (given.password.as_ref().filter(|_| password), given.code.as_ref().filter(|_| code))
            }
        };
        let gate = factor.state.counters.gate(&caller.realm.policy.guessing_rules(), Attempt::Password, now);
        if let (Some(seconds), Some(_)) = (gate.seconds(), password) {
            return Ok(ExaminedProof::Throttled(Throttled::new(Attempt::Password, seconds)));
        }
        let password_right = match password {
            Some(password) => {
                let hash = caller.account.password_hash.as_ref();
                let verdict = self.passwords().verify(password, hash, &caller.behalf()).await?;
                Some(matches!(verdict, PasswordVerdict::Right { .. }))
            }
            None => None,
        };
        // With a wrong password the code is not looked at: it stays good for the next try.
        let code = match code {
            Some(code) if password_right != Some(false) => {
                Some(self.examine_code(&caller.realm, factor, caller.guesses_from(), code, now).await?)
            }
            _ => None,
        };
        let held_until = code.as_ref().and_then(|code| turns_off.held_until(&caller.realm, factor, code, now));
        let steps_up = caller.session().filter(|session| !session.has_shown_second_factor()).map(|session| session.id);
        let is_old = |code: &CodeFinding| TurnsOff::Everything.held_until(&caller.realm, factor, code, now).is_none();
        let of_old = code.as_ref().is_some_and(|code| code.may_be_right() && is_old(code));
        Ok(ExaminedProof::Given { password_right, code, held_until, of_old, steps_up })
    }
}

impl Settlement<'_> {
    /// Settles a proof under the account's lock. `Err` in the inner result is a denial; it is committed all the same,
    /// with its counter and its event.
    pub(crate) async fn proof(
        &mut self,
        unit: &mut dyn UnitOfWork,
        examined: &ExaminedProof,
    ) -> Result<Result<(), ProofDenial>, UseCaseError> {
        match examined {
            ExaminedProof::NotAsked => Ok(Ok(())),
            ExaminedProof::Missing { asked_for, any } => {
                // Nothing was counted, and no event tells of it.
                self.record.note_refusal("proof_missing", &self.purpose);
                Ok(Err(ProofDenial::Missing { asked_for: asked_for.clone(), any: *any }))
            }
            ExaminedProof::Throttled(throttled) => Ok(Err((*throttled).into())),
            ExaminedProof::Given { password_right, code, held_until, steps_up, .. } => {
                if let Some(right) = password_right
                    && let Some(denial) = self.settled(unit, self.password(*right)).await?
                {
                    return Ok(Err(denial));
                }
                let Some(finding) = code else { return Ok(Ok(())) };
                if let Some(until) = held_until {
                    self.lock_attempts(unit, finding.attempt()).await?;
                    let held = self.held(finding, *until)?;
                    return self.settled(unit, held).await.map(Err);
                }
                Ok(match self.code(unit, finding).await? {
                    CodeVerdict::Accepted(_) => {
                        if let Some(session) = steps_up {
                            unit.sessions().set_methods(*session, AuthenticationMethod::TWO_FACTORS).await?;
                        }
                        Ok(())
                    }
                    CodeVerdict::Rejected { .. } => Err(ProofDenial::WrongCode),
                    CodeVerdict::Throttled(throttled) => Err(throttled.into()),
                })
            }
        }
    }

    async fn settled<V>(&mut self, unit: &mut dyn UnitOfWork, decision: Decision<V>) -> Result<V, UseCaseError> {
        let settled = self.settle(unit, decision).await?;
        settled.ok_or(UseCaseError::Fault("only a recovery code can be unknown"))
    }

    /// A code of something too new is neither spent nor counted; but it is a verdict, so it waits as every other one does.
    fn held(&self, finding: &CodeFinding, until: Timestamp) -> Result<Decision<ProofDenial>, UseCaseError> {
        let Some(attempt) = finding.attempt() else { return Err(UseCaseError::Fault("only a code is held")) };
        if let Some(throttled) = self.throttled(attempt) {
            return Ok(self.nothing(throttled.into()));
        }
        let mut decision = self.nothing(ProofDenial::Held { until });
        let rejection = Event::SecondFactorRejected {
            purpose: self.purpose.clone(),
            method: attempt.lane().into(),
            reason: RejectionReason::TooNew,
            authenticator_id: None,
        };
        decision.events.push((rejection, AuditOutcome::Failure));
        Ok(decision)
    }

    /// A right password clears no counter: who holds a stolen session and the password could otherwise guess codes
    /// without end.
    fn password(&self, right: bool) -> Decision<Option<ProofDenial>> {
        let attempt = Attempt::Password;
        if let Some(throttled) = self.throttled(attempt) {
            return self.nothing(Some(throttled.into()));
        }
        if right {
            return self.nothing(None);
        }
        let rejection = Event::SecondFactorRejected {
            purpose: self.purpose.clone(),
            method: AttemptMethod::Password,
            reason: RejectionReason::Wrong,
            authenticator_id: None,
        };
        self.failure(Some(ProofDenial::WrongPassword), attempt, rejection)
    }
}
