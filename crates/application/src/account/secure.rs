//! "This wasn't me": what an owner does who finds a sign-in that was not theirs.

use countersign_policy::ProofAct;
use secrecy::SecretString;

use crate::account::{NewPassword, NewPasswordError, is_same, require_same_password};
use crate::audit::{Event, ProvenAct};
use crate::caller::Caller;
use crate::verification::{GivenProof, ProofDenial, TurnsOff, forgive};
use crate::{Application, UseCaseError};

/// Shuts everybody else out of the caller's account, in one act: another password holds, all other sessions, challenges,
/// enrollments under way and trusted browsers end, and where there are recovery codes, there are new ones.
#[derive(Clone, Debug)]
pub struct SecureAccount {
    /// The present password.
    pub current_password: SecretString,
    /// The one that shall hold from now on: another one.
    pub new_password: SecretString,
    /// A code, which is asked for while the second factor is on.
    pub code: Option<SecretString>,
}

/// What may come of it.
#[derive(Debug)]
pub enum SecureAccountOutcome {
    /// It is done.
    Secured {
        /// New recovery codes, shown once; `None` where the account has none.
        recovery_codes: Option<Vec<SecretString>>,
    },
    /// The new password breaks a rule, or is the present one.
    Unfit(NewPasswordError),
    /// The present password or the code was not taken.
    Denied(ProofDenial),
}

impl SecureAccount {
    /// # Errors
    /// A port failed; everything is as it was.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<SecureAccountOutcome, UseCaseError> {
        let now = application.now();
        let (account, realm) = (&caller.account, &caller.realm);
        let new = match NewPassword::new(self.new_password.clone()) {
            Ok(new) if is_same(&new, &self.current_password) => {
                return Ok(SecureAccountOutcome::Unfit(NewPasswordError::Unchanged));
            }
            Ok(new) => new,
            Err(unfit) => return Ok(SecureAccountOutcome::Unfit(unfit)),
        };
        let factor = caller.second_factor(application).await?;
        let given = GivenProof { password: Some(self.current_password.clone()), code: self.code.clone() };
        let asked = caller.asked(ProofAct::ChangePassword, &factor, TurnsOff::Everything);
        let proof = application.examine_proof(caller, &factor, asked, &given, now).await?;
        // Slow, so only for a proof that may be right.
        let (hash, mut fresh) = if proof.may_be_right() {
            let hash = application.hash_unless_common(&new, realm, &account.login, &caller.behalf()).await?;
            let fresh = match factor.state.is_enabled() && hash.is_ok() {
                true => application.fresh_recovery_codes(realm, account.id, None, &caller.behalf(), now).await?,
                false => None,
            };
            (Some(hash), fresh)
        } else {
            (None, None)
        };
        if let (Some(fresh), false) = (&mut fresh, proof.is_backed()) {
            fresh.set.unproven_at = Some(now);
        }
        let (proof, hash, codes) = (&proof, hash.as_ref(), fresh.as_ref());
        let refused = application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    require_same_password(unit, account).await?;
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::SecureAccount, now);
                    let refused = match (settlement.proof(unit, proof).await?, hash) {
                        (Err(denial), _) => Some(SecureAccountOutcome::Denied(denial)),
                        (Ok(()), Some(Err(unfit))) => Some(SecureAccountOutcome::Unfit(*unfit)),
                        (Ok(()), None) => return Err(UseCaseError::Fault("a hash is made for what may be right")),
                        (Ok(()), Some(Ok(hash))) => {
                            unit.accounts().change_password(account.id, hash).await?;
                            forgive(unit, account.id).await?;
                            unit.challenges().remove_all(account.id).await?;
                            unit.authenticators().remove_pending(account.id).await?;
                            unit.trusted_devices().revoke_all(account.id).await?;
                            let sessions_ended = unit.sessions().end_all(account.id, caller.session_id()).await?;
                            settlement.record.succeeded(Event::PasswordChanged)?;
                            if let Some(codes) = codes.filter(|_| factor.state.is_enabled()) {
                                unit.recovery_codes().remove_all(account.id).await?;
                                unit.recovery_codes().insert(&codes.set, &codes.stored).await?;
                                settlement.record.succeeded(Event::RecoveryCodesIssued { count: codes.set.total })?;
                            }
                            settlement.record.succeeded(Event::AccountSecured { sessions_ended })?;
                            None
                        }
                    };
                    settlement.record.append(unit).await?;
                    Ok(refused.map_or(Ok(factor.state.is_enabled()), Err))
                })
            })
            .await?;
        Ok(match refused {
            Err(refused) => refused,
            Ok(enabled) => {
                let shown = fresh.filter(|_| enabled).map(|fresh| fresh.shown);
                SecureAccountOutcome::Secured { recovery_codes: shown }
            }
        })
    }
}
