//! Proofs: the password or code that a sensitive operation asks for again.

use countersign_core::{Attempt, ProofRequirement};
use secrecy::SecretString;

use super::settlement::Throttled;
use super::{CodeFinding, CodeVerdict, Settlement};
use crate::application::details;
use crate::named::named;
use crate::ports::{PasswordVerdict, UnitOfWork};
use crate::{Application, Caller, SecondFactor, SecondFactorState, Timestamp, UseCaseError};

/// What came with a request as proof.
#[derive(Clone, Debug, Default)]
pub struct GivenProof {
    /// The account's password.
    pub password: Option<SecretString>,
    /// A code of an active authenticator, or a recovery code.
    pub code: Option<SecretString>,
}

named! {
    /// What a proof can consist of.
    pub enum ProofField {
        /// The account's password.
        Password = "password",
        /// A code.
        Code = "code",
    }
}

/// Why a proof was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofDenial {
    /// The policy asks for something that was not given. Nothing was counted.
    Missing {
        /// What was not given and would do.
        asked_for: Vec<ProofField>,
        /// Whether any one of them would do.
        any: bool,
    },
    /// The password is wrong.
    WrongPassword,
    /// The code is wrong, or was used before.
    WrongCode,
    /// It was not looked at, because of earlier failures.
    Throttled {
        /// When it may be tried again.
        retry_after_seconds: u64,
        /// Whether two consecutive codes would be looked at now, instead of one.
        consecutive_codes_required: bool,
    },
}

/// What was found of a proof before its unit of work. By itself it opens nothing.
pub(crate) enum ExaminedProof {
    NotAsked,
    Missing { asked_for: Vec<ProofField>, any: bool },
    Throttled(Throttled),
    Given { password_right: Option<bool>, code: Option<CodeFinding> },
}

impl ExaminedProof {
    /// Whether it may still turn out right: whether what depends on it is worth preparing.
    pub(crate) fn may_be_right(&self) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Missing { .. } | Self::Throttled(_) => false,
            Self::Given { password_right, code } => {
                *password_right != Some(false) && code.as_ref().is_none_or(CodeFinding::may_be_right)
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
        requirement: ProofRequirement,
        given: &GivenProof,
        now: Timestamp,
    ) -> Result<ExaminedProof, UseCaseError> {
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
        Ok(ExaminedProof::Given { password_right, code })
    }
}

impl Settlement<'_> {
    /// Settles a proof under the account's lock. `Err` in the inner result is a denial; it is committed all the same,
    /// with its counter and its event.
    pub(crate) async fn proof(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        examined: &ExaminedProof,
    ) -> Result<Result<(), ProofDenial>, UseCaseError> {
        match examined {
            ExaminedProof::NotAsked => Ok(Ok(())),
            ExaminedProof::Missing { asked_for, any } => {
                // Nothing was counted, and no event tells of it.
                self.record.note_refusal("proof_missing", self.purpose);
                Ok(Err(ProofDenial::Missing { asked_for: asked_for.clone(), any: *any }))
            }
            ExaminedProof::Throttled(throttled) => Ok(Err((*throttled).into())),
            ExaminedProof::Given { password_right, code } => {
                if password_right.is_some()
                    && let Some(denial) = self.password(unit, state, *password_right == Some(true)).await?
                {
                    return Ok(Err(denial));
                }
                match code {
                    None => Ok(Ok(())),
                    Some(finding) => Ok(match self.code(unit, state, finding).await? {
                        CodeVerdict::Accepted(_) => Ok(()),
                        CodeVerdict::Rejected { .. } => Err(ProofDenial::WrongCode),
                        CodeVerdict::Throttled(throttled) => Err(throttled.into()),
                    }),
                }
            }
        }
    }

    /// A right password clears no counter: who holds a stolen session and the password could otherwise guess codes
    /// without end.
    async fn password(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        right: bool,
    ) -> Result<Option<ProofDenial>, UseCaseError> {
        let attempt = Attempt::Password;
        if let Some(throttled) = self.throttled(unit, state, attempt).await? {
            return Ok(Some(throttled.into()));
        }
        if right {
            return Ok(None);
        }
        let why = [("purpose", self.purpose), ("method", ProofField::Password.as_str()), ("reason", "wrong")];
        self.failed(unit, state, attempt, details(why)).await?;
        Ok(Some(ProofDenial::WrongPassword))
    }
}
