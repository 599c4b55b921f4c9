//! An administrator at a browser proves to be the one who signed in.

use countersign_core::ProofRequirement;
use secrecy::SecretString;

use crate::{Application, Caller, GivenProof, ProofDenial, UseCaseError};

/// Checks the caller's password once more, before something that outlasts the session: a change of the rules that the
/// proofs themselves come from, a key for an application, a role, the password of someone else. A browser left open is then no way to them. It counts
/// towards the same budget as every proof.
#[derive(Clone, Debug)]
pub struct ConfirmAdministrator {
    /// The caller's own password.
    pub password: Option<SecretString>,
}

impl ConfirmAdministrator {
    /// Runs the use case; the inner result says why the proof was not taken.
    ///
    /// # Errors
    /// A port failed, or the session has ended.
    pub async fn execute(
        self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Result<(), ProofDenial>, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        let given = GivenProof { password: self.password, code: None };
        let proof = application.examine_proof(caller, &factor, ProofRequirement::Password, &given, now).await?;
        let proof = &proof;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    let mut settlement = caller.settlement(application, &factor, "administer", now);
                    let proven = settlement.proof(unit, &factor.state, proof).await?;
                    settlement.record.append(unit).await?;
                    Ok(proven)
                })
            })
            .await
    }
}
