//! Whoever administers proves to be the one who signed in, before anything that outlasts the session.

use countersign_policy::{ProofAct, ProofRequirement};

use crate::account::Account;
use crate::administration::{AdministrationDenial, Administrator, Authority};
use crate::audit::{Actor, AuditRecord, AuditScene, ProvenAct};
use crate::caller::Caller;
use crate::second_factor::SecondFactor;
use crate::verification::{GivenProof, ProofDenial};
use crate::{Application, Timestamp, UseCaseError};

/// An authority that may do what outlasts a session: whoever left a browser open, or lost a token, gave nobody a way to it.
///
/// [`Application::confirm`] alone makes one, and the audit events of such acts take their actor from it: an act that
/// forgot to ask would have none.
pub(crate) struct Confirmed(Actor);

impl Confirmed {
    /// As the audit log names it.
    pub(crate) fn actor(&self) -> Actor {
        self.0.clone()
    }
}

/// What is asked of someone who administers, before an act that outlasts the session: the own password, and a code as well
/// where turning off the own second factor would take one. An administrator could make a key that turns it off.
#[must_use]
pub fn asked_of_administrators(caller: &Caller, factor: &SecondFactor) -> ProofRequirement {
    caller.proof_for(ProofAct::Disable, factor).and(ProofRequirement::Password)
}

impl Application {
    /// Checks the proof of an administrator's own, which counts towards the same budget as every proof. The operator
    /// beside the database and an API key have no session that could be left open, and prove nothing.
    pub(crate) async fn confirm(
        &self,
        by: &Administrator,
        given: &GivenProof,
    ) -> Result<Result<Confirmed, ProofDenial>, UseCaseError> {
        self.confirm_authority(&by.authority, given).await
    }

    /// The same for an act in no realm that is there already.
    pub(crate) async fn confirm_authority(
        &self,
        authority: &Authority,
        given: &GivenProof,
    ) -> Result<Result<Confirmed, ProofDenial>, UseCaseError> {
        if let Authority::Administrator(caller) = authority
            && let Err(denial) = self.prove(caller, given).await?
        {
            return Ok(Err(denial));
        }
        Ok(Ok(Confirmed(authority.actor())))
    }

    async fn prove(&self, caller: &Caller, given: &GivenProof) -> Result<Result<(), ProofDenial>, UseCaseError> {
        let now = self.now();
        let factor = caller.second_factor(self).await?;
        let requirement = asked_of_administrators(caller, &factor);
        let proof = self.examine_proof(caller, &factor, requirement, given, now).await?;
        let proof = &proof;
        self.transact(|unit| {
            Box::pin(async move {
                let factor = caller.lock(unit).await?;
                let mut settlement = caller.settlement(self, &factor, ProvenAct::Administer, now);
                let proven = settlement.proof(unit, proof).await?;
                settlement.record.append(unit).await?;
                Ok(proven)
            })
        })
        .await
    }
}

impl Administrator {
    /// Begins the record of an act on an account that outlasts the session.
    pub(crate) fn record<'a>(
        &self,
        application: &'a Application,
        account: &Account,
        confirmed: &Confirmed,
        at: Timestamp,
    ) -> AuditRecord<'a> {
        application.record(AuditScene::new(&self.realm, account, confirmed.actor(), &self.origin), at)
    }

    /// Checks the proof that an act on an account takes which outlasts the session.
    pub(crate) async fn confirm(
        &self,
        application: &Application,
        proof: &GivenProof,
    ) -> Result<Result<Confirmed, AdministrationDenial>, UseCaseError> {
        Ok(application.confirm(self, proof).await?.map_err(AdministrationDenial::Unproven))
    }
}
