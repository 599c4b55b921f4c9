//! Turning the second factor off.

use countersign_core::{OnDisable, Throttle};

use crate::application::details;
use crate::ports::UnitOfWork;
use crate::signed_in::end_what_rests_on_the_old;
use crate::{
    Account, Application, EventKind, GivenProof, ProofDenial, Realm, SessionId, SignedIn, ThrottleLane, UseCaseError,
};

/// Turns the caller's second factor off.
#[derive(Clone, Debug)]
pub struct DisableTwoFactor {
    /// What the policy asks for.
    pub proof: GivenProof,
}

/// What may come of turning it off.
#[derive(Debug, PartialEq, Eq)]
pub enum DisableTwoFactorOutcome {
    /// It is off.
    Disabled,
    /// It was not on.
    NotEnabled,
    /// The proof was not taken.
    Denied(ProofDenial),
}

impl DisableTwoFactor {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; nothing was changed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &SignedIn,
    ) -> Result<DisableTwoFactorOutcome, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        if !factor.state.is_enabled() {
            return Ok(DisableTwoFactorOutcome::NotEnabled);
        }
        let requirement = caller.realm.policy.proofs.disable;
        let proof = application.examine_proof(caller, &factor, requirement, &self.proof, now).await?;
        let proof = &proof;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    if !factor.state.is_enabled() {
                        return Ok(DisableTwoFactorOutcome::NotEnabled);
                    }
                    let mut settlement = caller.settlement(application, &factor, "disable", now);
                    let outcome = match settlement.proof(unit, &factor.state, proof).await? {
                        Ok(()) => {
                            let keep = Some(caller.session.id);
                            take_second_factor_away(unit, &caller.realm, &caller.account, keep).await?;
                            settlement.record.succeeded(EventKind::TwoFactorDisabled, details([]))?;
                            DisableTwoFactorOutcome::Disabled
                        }
                        Err(denial) => DisableTwoFactorOutcome::Denied(denial),
                    };
                    settlement.record.append(unit).await?;
                    Ok(outcome)
                })
            })
            .await
    }
}

/// Removes every authenticator, treats the recovery codes as the policy says, and ends what rests on them. The account
/// starts anew: its counters are cleared as well.
pub(super) async fn take_second_factor_away(
    unit: &mut dyn UnitOfWork,
    realm: &Realm,
    account: &Account,
    keep: Option<SessionId>,
) -> Result<(), UseCaseError> {
    unit.authenticators().remove_all(account.id).await?;
    match realm.policy.recovery_codes.on_disable {
        OnDisable::Erase => unit.recovery_codes().remove_all(account.id).await?,
        OnDisable::Keep => unit.recovery_codes().make_dormant(account.id).await?,
    }
    unit.second_factors().set_enabled(account.id, None).await?;
    clear_throttles(unit, account).await?;
    end_what_rests_on_the_old(unit, realm, account, keep).await
}

/// Forgets all failures of an account.
pub(super) async fn clear_throttles(unit: &mut dyn UnitOfWork, account: &Account) -> Result<(), UseCaseError> {
    for lane in ThrottleLane::ALL {
        unit.second_factors().set_throttle(account.id, *lane, Throttle::default()).await?;
    }
    Ok(())
}
