//! Removing one authenticator.

use countersign_policy::ProofAct;

use crate::audit::{Event, ProvenAct};
use crate::caller::{Caller, end_what_rests_on_the_old};
use crate::second_factor::take_second_factor_away;
use crate::verification::{ExaminedProof, GivenProof, ProofDenial, TurnsOff};
use crate::{Application, AuthenticatorId, UseCaseError};

/// Removes an authenticator of the caller. A pending one needs no proof; removing the last active one is turning the
/// second factor off.
#[derive(Clone, Debug)]
pub struct RemoveAuthenticator {
    pub authenticator_id: AuthenticatorId,
    /// What the policy asks for to turn the second factor off.
    pub proof: GivenProof,
}

/// What may come of removing.
#[derive(Debug, PartialEq, Eq)]
pub enum RemoveAuthenticatorOutcome {
    /// It is gone.
    Removed,
    /// The caller has none such.
    NotFound,
    /// The proof was not taken.
    Denied(ProofDenial),
}

impl RemoveAuthenticator {
    /// # Errors
    /// A port failed; nothing was removed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<RemoveAuthenticatorOutcome, UseCaseError> {
        let now = application.now();
        let id = self.authenticator_id;
        let factor = caller.second_factor(application).await?;
        let Some(authenticator) = factor.authenticator(id) else {
            return Ok(RemoveAuthenticatorOutcome::NotFound);
        };
        let active = authenticator.is_active();
        let proof = if active {
            let asked = caller.asked(ProofAct::Disable, &factor, TurnsOff::Authenticator(id));
            application.examine_proof(caller, &factor, asked, &self.proof, now).await?
        } else {
            ExaminedProof::NotAsked
        };
        let proof = &proof;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    // Whoever confirmed it meanwhile made it something that needs a proof.
                    match factor.authenticator(id) {
                        Some(authenticator) if authenticator.is_active() == active => {}
                        _ => return Ok(RemoveAuthenticatorOutcome::NotFound),
                    }
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::Remove, now);
                    if let Err(denial) = settlement.proof(unit, proof).await? {
                        settlement.record.append(unit).await?;
                        return Ok(RemoveAuthenticatorOutcome::Denied(denial));
                    }
                    let (account, keep) = (&caller.account, caller.session_id());
                    if !active {
                        application.carries_out();
                        unit.authenticators().remove(account.id, id).await?;
                    } else if factor.active().count() == 1 {
                        take_second_factor_away(unit, &caller.realm, account, keep, now).await?;
                        let removed = Event::TwoFactorDisabled { authenticator_id: Some(id), reason: None };
                        settlement.record.succeeded(removed)?;
                    } else {
                        unit.authenticators().remove(account.id, id).await?;
                        unit.second_factors().set_enabled(account.id, factor.state.enabled_at).await?;
                        end_what_rests_on_the_old(unit, &caller.realm, account, keep).await?;
                        settlement.record.succeeded(Event::AuthenticatorRemoved { authenticator_id: id })?;
                    }
                    settlement.record.append(unit).await?;
                    Ok(RemoveAuthenticatorOutcome::Removed)
                })
            })
            .await
    }
}
