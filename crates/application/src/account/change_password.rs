//! Changing one's own password.

use countersign_policy::ProofAct;
use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, Login, NewPassword, NewPasswordError, PasswordHash};
use crate::audit::{Event, ProvenAct};
use crate::caller::{Caller, end_what_rests_on_the_old};
use crate::ports::{Behalf, UnitOfWork};
use crate::realm::Realm;
use crate::second_factor::SecondFactor;
use crate::session::{AuthenticationMethod, SessionGrant};
use crate::text::composed;
use crate::verification::{GivenProof, ProofDenial, TurnsOff, forgive};
use crate::{Application, Timestamp, UseCaseError};

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
#[derive(Debug)]
pub enum ChangePasswordOutcome {
    /// The new password holds.
    Changed {
        /// A session that may do more, where the one that asks could only change the password: a new level is a new token.
        session: Option<SessionGrant>,
    },
    /// The new password breaks a rule.
    Unfit(NewPasswordError),
    /// The present password or the code was not taken.
    Denied(ProofDenial),
}

impl ChangePassword {
    /// # Errors
    /// A port failed; the old password still holds.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<ChangePasswordOutcome, UseCaseError> {
        let now = application.now();
        let account = &caller.account;
        let new = match NewPassword::new(self.new_password.clone()) {
            Ok(new) => new,
            Err(unfit) => return Ok(ChangePasswordOutcome::Unfit(unfit)),
        };
        if caller.must_change_password() && is_same(&new, &self.current_password) {
            return Ok(ChangePasswordOutcome::Unfit(NewPasswordError::Unchanged));
        }
        let factor = caller.second_factor(application).await?;
        let given = GivenProof { password: Some(self.current_password.clone()), code: self.code.clone() };
        let asked = caller.asked(ProofAct::ChangePassword, &factor, TurnsOff::Everything);
        let proof = application.examine_proof(caller, &factor, asked, &given, now).await?;
        // Slow, so only for a proof that may be right; whether it is common is told only to one that was right.
        let hash = if proof.may_be_right() {
            Some(application.hash_unless_common(&new, &caller.realm, &account.login, &caller.behalf()).await?)
        } else {
            None
        };
        let (proof, hash) = (&proof, hash.as_ref());
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    require_same_password(unit, account).await?;
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::ChangePassword, now);
                    let outcome = match settlement.proof(unit, proof).await? {
                        Ok(()) => {
                            let hash = match hash {
                                Some(Ok(hash)) => hash,
                                Some(Err(unfit)) => {
                                    settlement.record.append(unit).await?;
                                    return Ok(ChangePasswordOutcome::Unfit(*unfit));
                                }
                                None => return Err(UseCaseError::Fault("a hash is made for what may be right")),
                            };
                            unit.accounts().change_password(account.id, hash).await?;
                            forgive(unit, account.id).await?;
                            let keep = caller.session_id();
                            end_what_rests_on_the_old(unit, &caller.realm, account, keep).await?;
                            settlement.record.succeeded(Event::PasswordChanged)?;
                            let session = self_chosen(application, unit, caller, &factor, now).await?;
                            ChangePasswordOutcome::Changed { session }
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

/// Ends the act where the password was changed since the account was read: what was proven is the password as it was then.
pub(crate) async fn require_same_password(unit: &mut dyn UnitOfWork, account: &Account) -> Result<(), UseCaseError> {
    match unit.accounts().find(account.id).await? {
        Some(now) if now.password_version == account.password_version => Ok(()),
        _ => Err(UseCaseError::SessionEnded),
    }
}

/// Whether the new password is the present one, however that was typed.
pub(crate) fn is_same(new: &NewPassword, current: &SecretString) -> bool {
    new.secret().expose_secret() == composed(current).as_ref().unwrap_or(current).expose_secret()
}

/// The password is the account's own from now on: ends the session that could do nothing but this, and makes one that may do
/// more.
async fn self_chosen(
    application: &Application,
    unit: &mut dyn UnitOfWork,
    caller: &Caller,
    factor: &SecondFactor,
    now: Timestamp,
) -> Result<Option<SessionGrant>, UseCaseError> {
    let Some(session) = caller.session().filter(|_| caller.must_change_password()) else { return Ok(None) };
    let account = &caller.account;
    unit.accounts().set_password_change_required(account.id, false).await?;
    // While the second factor is on, a code of it was among what was proven.
    let shown = factor.state.is_enabled() || session.has_shown_second_factor();
    let methods = if shown { AuthenticationMethod::TWO_FACTORS } else { AuthenticationMethod::ONE_FACTOR };
    let grant =
        application.new_session(&caller.realm, account, &caller.origin, caller.may_only_enroll, methods, now)?;
    unit.sessions().end(account.id, session.id).await?;
    unit.begin_session(&grant.session).await?;
    Ok(Some(grant))
}

impl Application {
    /// Checks a password that someone wants for an account, and hashes it.
    pub(crate) async fn hash_if_fit(
        &self,
        text: SecretString,
        realm: &Realm,
        login: &Login,
        behalf: &Behalf,
    ) -> Result<Result<PasswordHash, NewPasswordError>, UseCaseError> {
        match NewPassword::new(text) {
            Ok(new) => self.hash_unless_common(&new, realm, login, behalf).await,
            Err(unfit) => Ok(Err(unfit)),
        }
    }

    pub(crate) async fn hash_unless_common(
        &self,
        new: &NewPassword,
        realm: &Realm,
        login: &Login,
        behalf: &Behalf,
    ) -> Result<Result<PasswordHash, NewPasswordError>, UseCaseError> {
        let known = [login.as_str(), realm.slug.as_str(), &realm.issuer];
        if self.password_screen().is_common(new.secret(), &known, behalf).await? {
            return Ok(Err(NewPasswordError::Common));
        }
        Ok(Ok(self.passwords().hash(new.secret(), behalf).await?))
    }
}
