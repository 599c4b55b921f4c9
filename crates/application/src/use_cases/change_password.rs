//! Changing one's own password.

use countersign_core::ProofRequirement;
use secrecy::SecretString;

use crate::application::details;
use crate::caller::end_what_rests_on_the_old;
use crate::verification::forgive;
use crate::{Application, Caller, EventKind, GivenProof, NewPassword, NewPasswordError, ProofDenial, UseCaseError};

/// Changes the caller's password.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The present password.
    pub current_password: SecretString,
    /// The one that shall hold from now on.
    pub new_password: SecretString,
    /// A code, which is asked for while the second factor is on.
    pub code: Option<SecretString>,
}

/// What may come of it.
#[derive(Debug, PartialEq, Eq)]
pub enum ChangePasswordOutcome {
    /// The new password holds.
    Changed,
    /// The new password breaks a rule.
    Unfit(NewPasswordError),
    /// The present password or the code was not taken.
    Denied(ProofDenial),
}

impl ChangePassword {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the old password still holds.
    pub async fn execute(
        self,
        application: &Application,
        caller: &Caller,
    ) -> Result<ChangePasswordOutcome, UseCaseError> {
        let now = application.now();
        let account = &caller.account;
        let new = match application.fit_password(self.new_password, account.login.as_str()) {
            Ok(new) => new,
            Err(unfit) => return Ok(ChangePasswordOutcome::Unfit(unfit)),
        };
        let factor = caller.second_factor(application).await?;
        let given = GivenProof { password: Some(self.current_password), code: self.code };
        let requirement = ProofRequirement::PasswordAndCode;
        let proof = application.examine_proof(caller, &factor, requirement, &given, now).await?;
        let hash = if proof.may_be_right() { Some(application.passwords().hash(new.secret()).await?) } else { None };
        let (proof, hash) = (&proof, hash.as_ref());
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    // What was proven is the password as it was then.
                    match unit.accounts().find(account.id).await? {
                        Some(now) if now.password_version == account.password_version => {}
                        _ => return Err(UseCaseError::SessionEnded),
                    }
                    let mut settlement = caller.settlement(application, &factor, "change_password", now);
                    let outcome = match settlement.proof(unit, &factor.state, proof).await? {
                        Ok(()) => {
                            let hash = hash.ok_or(UseCaseError::Fault("a hash is made for what may be right"))?;
                            unit.accounts().change_password(account.id, hash).await?;
                            forgive(unit, account.id).await?;
                            let keep = caller.session_id();
                            end_what_rests_on_the_old(unit, &caller.realm, account, keep).await?;
                            settlement.record.succeeded(EventKind::PasswordChanged, details([]))?;
                            ChangePasswordOutcome::Changed
                        }
                        Err(denial) => ChangePasswordOutcome::Denied(denial),
                    };
                    settlement.record.append(unit).await?;
                    Ok(outcome)
                })
            })
            .await
    }
}

impl Application {
    /// Checks a password that someone wants for an account.
    pub(super) fn fit_password(&self, text: SecretString, login: &str) -> Result<NewPassword, NewPasswordError> {
        let new = NewPassword::new(text)?;
        if self.password_screen().is_common(new.secret(), login) { Err(NewPasswordError::Common) } else { Ok(new) }
    }
}
