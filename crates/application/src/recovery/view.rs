//! Seeing recovery codes again.

use countersign_policy::ProofAct;
use secrecy::SecretString;

use crate::audit::{Event, ProvenAct};
use crate::caller::Caller;
use crate::recovery::{RecoveryCodeSet, recovery_code_context};
use crate::verification::{GivenProof, ProofDenial};
use crate::{Application, UseCaseError};

/// Shows the caller its unused recovery codes, where the policy keeps them so that they can be shown. They stay as good as
/// they were, but that they were shown for less than a code is noted: for a while they turn off nothing.
#[derive(Clone, Debug)]
pub struct ViewRecoveryCodes {
    /// What the policy asks for.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum ViewRecoveryCodesOutcome {
    /// The unused codes, in the order in which they were issued.
    Shown(Vec<SecretString>),
    /// Only their digests are kept.
    NotViewable,
    /// The second factor is not on.
    NotEnabled,
    /// The proof was not taken.
    Denied(ProofDenial),
}

impl ViewRecoveryCodes {
    /// # Errors
    /// A port failed; nothing was shown.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<ViewRecoveryCodesOutcome, UseCaseError> {
        let now = application.now();
        let policy = &caller.realm.policy;
        let factor = caller.second_factor(application).await?;
        if !factor.state.is_enabled() {
            return Ok(ViewRecoveryCodesOutcome::NotEnabled);
        }
        // A policy that no longer lets codes be viewed holds for sets that were issued under another.
        let set = match factor.active_recovery_set() {
            Some(set) if set.viewable && policy.recovery_codes.viewable => set,
            _ => return Ok(ViewRecoveryCodesOutcome::NotViewable),
        };
        let requirement = caller.proof_for(ProofAct::RecoveryCodes, &factor);
        let proof = application.examine_proof(caller, &factor, requirement, &self.proof, now).await?;
        let proof = &proof;
        let denial = application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::ViewRecoveryCodes, now);
                    let proven = settlement.proof(unit, proof).await?;
                    if proven.is_ok() {
                        if caller.session().is_some() && !proof.is_backed() {
                            unit.recovery_codes().note_unproven(caller.account.id, set.id, now).await?;
                        }
                        settlement.record.succeeded(Event::RecoveryCodesViewed)?;
                    }
                    settlement.record.append(unit).await?;
                    Ok(proven.err())
                })
            })
            .await?;
        match denial {
            Some(denial) => Ok(ViewRecoveryCodesOutcome::Denied(denial)),
            None => Ok(ViewRecoveryCodesOutcome::Shown(open(application, caller, set).await?)),
        }
    }
}

/// Opens the unused codes, after the proof was settled: a recovery code that was the proof is among them no more.
async fn open(
    application: &Application,
    caller: &Caller,
    set: &RecoveryCodeSet,
) -> Result<Vec<SecretString>, UseCaseError> {
    let mut shown = Vec::new();
    for code in application.store().list_unused_recovery_codes(set.id).await? {
        let Some(sealed) = &code.sealed else { continue };
        let context = recovery_code_context(caller.realm.id, caller.account.id, code.id);
        let opened = application.sealer().open(&context, sealed).await?;
        let text = std::str::from_utf8(&opened).map_err(|_| UseCaseError::Fault("a sealed recovery code is text"))?;
        let code = set.format.parse(text).ok_or(UseCaseError::Fault("a sealed recovery code has its set's format"))?;
        shown.push(SecretString::from(set.format.display(&code).as_str()));
    }
    Ok(shown)
}
