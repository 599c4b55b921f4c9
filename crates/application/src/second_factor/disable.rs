//! Turning the second factor off.

use countersign_core::Counters;
use countersign_policy::{OnDisable, ProofAct};

use crate::account::Account;
use crate::audit::{AuditText, Event, ProvenAct};
use crate::caller::{Caller, end_what_rests_on_the_old};
use crate::ports::UnitOfWork;
use crate::realm::{Realm, begin_grace};
use crate::text::Remark;
use crate::verification::{GivenProof, ProofDenial, TurnsOff, recount};
use crate::{Application, SessionId, Timestamp, UseCaseError};

/// Turns the caller's second factor off.
#[derive(Clone, Debug)]
pub struct DisableTwoFactor {
    /// What the policy asks for.
    pub proof: GivenProof,
    /// Why, for the audit log.
    pub reason: Option<Remark>,
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
    /// # Errors
    /// A port failed; nothing was changed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<DisableTwoFactorOutcome, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        if !factor.state.is_enabled() {
            return Ok(DisableTwoFactorOutcome::NotEnabled);
        }
        let asked = caller.asked(ProofAct::Disable, &factor, TurnsOff::Everything);
        let proof = application.examine_proof(caller, &factor, asked, &self.proof, now).await?;
        let proof = &proof;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    if !factor.state.is_enabled() {
                        return Ok(DisableTwoFactorOutcome::NotEnabled);
                    }
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::Disable, now);
                    let outcome = match settlement.proof(unit, proof).await? {
                        Ok(()) => {
                            let keep = caller.session_id();
                            take_second_factor_away(unit, &caller.realm, &caller.account, keep, now).await?;
                            settlement.record.succeeded(disabled_for(self.reason.as_ref()))?;
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
pub(crate) async fn take_second_factor_away(
    unit: &mut dyn UnitOfWork,
    realm: &Realm,
    account: &Account,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    unit.authenticators().remove_all(account.id).await?;
    match realm.policy.recovery_codes.on_disable {
        OnDisable::Erase => unit.recovery_codes().remove_all(account.id).await?,
        OnDisable::Keep => unit.recovery_codes().make_dormant(account.id).await?,
    }
    unit.second_factors().set_enabled(account.id, None).await?;
    recount(unit, account.id, Counters::without_second_factor).await?;
    begin_grace(unit, realm, &Account { two_factor_enabled_at: None, ..account.clone() }, now).await?;
    end_what_rests_on_the_old(unit, realm, account, keep).await
}

/// That everything was turned off, for the reason that was given.
pub(crate) fn disabled_for(reason: Option<&Remark>) -> Event {
    let reason = reason.map(|reason| AuditText::new(reason.as_str()));
    Event::TwoFactorDisabled { authenticator_id: None, reason }
}
