//! New recovery codes in place of the old ones.

use countersign_policy::ProofAct;
use secrecy::SecretString;

use crate::audit::{Event, ProvenAct};
use crate::caller::Caller;
use crate::verification::{GivenProof, ProofDenial};
use crate::{Application, UseCaseError};

/// Issues new recovery codes to the caller; all older ones are void from then on.
#[derive(Clone, Debug)]
pub struct RegenerateRecoveryCodes {
    /// What the policy asks for.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum RegenerateRecoveryCodesOutcome {
    /// The new codes, shown once.
    Issued(Vec<SecretString>),
    /// The second factor is not on.
    NotEnabled,
    /// The realm has no recovery codes.
    NoRecoveryCodes,
    /// The proof was not taken.
    Denied(ProofDenial),
}

impl RegenerateRecoveryCodes {
    /// # Errors
    /// A port failed; the old codes are still good.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<RegenerateRecoveryCodesOutcome, UseCaseError> {
        let now = application.now();
        let (realm, account) = (&caller.realm, &caller.account);
        let factor = caller.second_factor(application).await?;
        if !factor.state.is_enabled() {
            return Ok(RegenerateRecoveryCodesOutcome::NotEnabled);
        }
        if realm.policy.recovery_format().is_none() {
            return Ok(RegenerateRecoveryCodesOutcome::NoRecoveryCodes);
        }
        let requirement = caller.proof_for(ProofAct::RecoveryCodes, &factor);
        let proof = application.examine_proof(caller, &factor, requirement, &self.proof, now).await?;
        let mut fresh = if proof.may_be_right() {
            application.fresh_recovery_codes(realm, account.id, None, &caller.behalf(), now).await?
        } else {
            None
        };
        if let (Some(fresh), Some(_), false) = (&mut fresh, caller.session(), proof.is_backed()) {
            fresh.set.unproven_at = Some(now);
        }
        let (proof, codes) = (&proof, fresh.as_ref());
        let refused = application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    if !factor.state.is_enabled() {
                        return Ok(Some(RegenerateRecoveryCodesOutcome::NotEnabled));
                    }
                    let mut settlement =
                        caller.settlement(application, &factor, ProvenAct::RegenerateRecoveryCodes, now);
                    let proven = settlement.proof(unit, proof).await?;
                    if proven.is_ok() {
                        let codes =
                            codes.ok_or(UseCaseError::Fault("codes are made for every proof that may be right"))?;
                        unit.recovery_codes().remove_all(account.id).await?;
                        unit.recovery_codes().insert(&codes.set, &codes.stored).await?;
                        settlement.record.succeeded(Event::RecoveryCodesIssued { count: codes.set.total })?;
                    }
                    settlement.record.append(unit).await?;
                    Ok(proven.err().map(RegenerateRecoveryCodesOutcome::Denied))
                })
            })
            .await?;
        match (refused, fresh) {
            (Some(refused), _) => Ok(refused),
            (None, Some(fresh)) => Ok(RegenerateRecoveryCodesOutcome::Issued(fresh.shown)),
            (None, None) => Err(UseCaseError::Fault("codes that were stored were made")),
        }
    }
}
