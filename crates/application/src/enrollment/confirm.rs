//! The second half of an enrollment: the first code.

use countersign_core::{Attempt, MatchedStep, Timestamp, Totp};
use countersign_policy::ProofAct;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OwnedMutexGuard;

use crate::audit::{Event, ProvenAct};
use crate::caller::{Caller, Credential, end_what_rests_on_the_old};
use crate::enrollment::room::has_room;
use crate::ports::UnitOfWork;
use crate::recovery::{FreshRecoveryCodes, RecoverySetStatus};
use crate::second_factor::{Authenticator, AuthenticatorStatus, SecondFactor};
use crate::session::{AuthenticationMethod, SessionGrant};
use crate::verification::{Compared, ExaminedProof, GivenProof, ProofDenial, Settlement, TypedCodes};
use crate::{Application, AuthenticatorId, UseCaseError};

/// A phone whose clock is off by more is not told by how much.
const DAY_SECONDS: u64 = 86_400;

/// Confirms a pending authenticator with a code of its own.
#[derive(Clone, Debug)]
pub struct ConfirmEnrollment {
    pub authenticator_id: AuthenticatorId,
    /// A code of the pending authenticator.
    pub code: SecretString,
    /// What the policy asks for beside it.
    pub proof: GivenProof,
}

/// What may come of confirming.
#[derive(Debug)]
pub enum ConfirmEnrollmentOutcome {
    /// The authenticator is active, and the code is spent.
    Confirmed {
        /// The authenticator as it is now.
        authenticator: Box<Authenticator>,
        /// The recovery codes, where the policy shows them now.
        recovery_codes: Option<Vec<SecretString>>,
        /// A session that may do everything, where the one that asks may only enroll: a new level is a new token.
        session: Option<SessionGrant>,
    },
    /// There is no such pending authenticator, or it expired, or the policy asks for another kind of it since.
    NoPendingEnrollment,
    /// As many authenticators are active as the policy allows.
    TooMany,
    /// The application's key may give a subject its first authenticator, and no more.
    MayNotAdd,
    /// The code is wrong.
    InvalidCode {
        /// By how many seconds the phone's clock is ahead, or behind where negative, if the code is one of another time within a
        /// day. Told to the session that was shown the secret, and to no other.
        clock_ahead_seconds: Option<i64>,
    },
    /// The proof was not taken, or this account has to wait.
    Denied(ProofDenial),
}

/// What was found outside of the unit of work.
struct Examined {
    matched: Option<MatchedStep>,
    clock_ahead_seconds: Option<i64>,
    attempt: Attempt,
    proof: ExaminedProof,
    codes: Option<FreshRecoveryCodes>,
    /// The account's turn at making codes, until they are kept.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl ConfirmEnrollment {
    /// # Errors
    /// A port failed; nothing was confirmed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<ConfirmEnrollmentOutcome, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        let Some(pending) = self.pending(caller, &factor, now) else {
            return Ok(ConfirmEnrollmentOutcome::NoPendingEnrollment);
        };
        let examined = self.examine(application, caller, &factor, pending, now).await?;
        let refs = &examined;
        let outcome = application
            .transact(|unit| Box::pin(async move { self.settle(application, unit, caller, refs, now).await }))
            .await?;
        Ok(match outcome {
            ConfirmEnrollmentOutcome::Confirmed { authenticator, session, .. } => {
                let recovery_codes = examined.codes.map(|codes| codes.shown);
                ConfirmEnrollmentOutcome::Confirmed { authenticator, recovery_codes, session }
            }
            refused => refused,
        })
    }

    fn pending<'a>(&self, caller: &Caller, factor: &'a SecondFactor, now: Timestamp) -> Option<&'a Authenticator> {
        let policy = &caller.realm.policy;
        let ttl = u64::from(policy.enrollment.ttl_seconds);
        factor
            .authenticator(self.authenticator_id)
            .filter(|authenticator| authenticator.is_pending_at(now))
            // A policy made stricter since counts as well.
            .filter(|authenticator| now < authenticator.created_at.plus_seconds(ttl))
            .filter(|authenticator| authenticator.parameters == policy.totp_parameters())
    }

    async fn examine(
        &self,
        application: &Application,
        caller: &Caller,
        factor: &SecondFactor,
        pending: &Authenticator,
        now: Timestamp,
    ) -> Result<Examined, UseCaseError> {
        let requirement = caller.proof_for(ProofAct::Confirm, factor);
        // It is compared with the pending one alone, of which two consecutive codes are taken as well.
        let codes = TypedCodes::parse(self.code.expose_secret());
        let attempt = codes.as_ref().map_or(Attempt::Code { authenticators: 1 }, |codes| codes.attempt(1));
        let matched = match &codes {
            Some(codes) => match application.compare(&caller.realm, pending, codes, now).await? {
                Compared::Fits(matched) => Some(matched),
                Compared::Repeats | Compared::Differs => None,
            },
            None => None,
        };
        let clock_ahead_seconds = match (&codes, &matched) {
            (Some(codes), None) if pending.begun_by.is_some() && pending.begun_by == caller.session_id() => {
                clock_difference(application, caller, pending, codes, now).await?
            }
            _ => None,
        };
        let proof = application.examine_proof(caller, factor, requirement, &self.proof, now).await?;
        let shown_before = pending_set(factor, pending.id).is_some();
        let due = matched.is_some() && proof.may_be_right() && !factor.state.is_enabled() && !shown_before;
        // Of many confirmations at once one is accepted: the others don't make codes for nothing.
        let turn = if due { Some(application.turns().wait(caller.account.id).await?) } else { None };
        let codes = if due && self.pending(caller, &caller.second_factor(application).await?, now).is_some() {
            application.fresh_recovery_codes(&caller.realm, caller.account.id, None, &caller.behalf(), now).await?
        } else {
            None
        };
        Ok(Examined { matched, clock_ahead_seconds, attempt, proof, codes, _turn: turn })
    }

    async fn settle(
        &self,
        application: &Application,
        unit: &mut dyn UnitOfWork,
        caller: &Caller,
        examined: &Examined,
        now: Timestamp,
    ) -> Result<ConfirmEnrollmentOutcome, UseCaseError> {
        let factor = caller.lock(unit).await?;
        let Some(pending) = self.pending(caller, &factor, now) else {
            return Ok(ConfirmEnrollmentOutcome::NoPendingEnrollment);
        };
        if factor.state.is_enabled() && !caller.may_add_to_a_factor() {
            return Ok(ConfirmEnrollmentOutcome::MayNotAdd);
        }
        if !has_room(caller, &factor, pending.replaces) {
            return Ok(ConfirmEnrollmentOutcome::TooMany);
        }
        let mut settlement = caller.settlement(application, &factor, ProvenAct::Confirm, now);
        let outcome = decide(application, unit, &mut settlement, caller, (&factor, pending), examined).await?;
        settlement.record.append(unit).await?;
        Ok(outcome)
    }
}

/// How far the clock of the phone is off, if that is why its code is not accepted.
async fn clock_difference(
    application: &Application,
    caller: &Caller,
    pending: &Authenticator,
    codes: &TypedCodes,
    now: Timestamp,
) -> Result<Option<i64>, UseCaseError> {
    let TypedCodes::One(code) = codes else { return Ok(None) };
    let secret = application.open_secret(&caller.realm, pending).await?;
    Ok(Totp::new(pending.parameters, 0).clock_difference(&secret, code, now, DAY_SECONDS))
}

async fn decide(
    application: &Application,
    unit: &mut dyn UnitOfWork,
    settlement: &mut Settlement<'_>,
    caller: &Caller,
    (factor, pending): (&SecondFactor, &Authenticator),
    examined: &Examined,
) -> Result<ConfirmEnrollmentOutcome, UseCaseError> {
    if let ExaminedProof::Missing { .. } = examined.proof {
        return denied(settlement.proof(unit, &examined.proof).await?);
    }
    // A wrong first code is counted before the proof is looked at, so that a code given as proof is not spent.
    let Some(matched) = examined.matched else {
        return Ok(match settlement.wrong_first_code(unit, examined.attempt).await? {
            Some(denial) => ConfirmEnrollmentOutcome::Denied(denial),
            None => ConfirmEnrollmentOutcome::InvalidCode { clock_ahead_seconds: examined.clock_ahead_seconds },
        });
    };
    if let Some(denial) = settlement.wait(examined.attempt) {
        return Ok(ConfirmEnrollmentOutcome::Denied(denial));
    }
    let proof = settlement.proof(unit, &examined.proof).await?;
    if proof.is_err() {
        return denied(proof);
    }
    let (account, now) = (&caller.account, settlement.now);
    if !unit.authenticators().activate(account.id, pending.id, matched.step(), now).await? {
        return Ok(ConfirmEnrollmentOutcome::NoPendingEnrollment);
    }
    let enabled_at = factor.state.enabled_at.unwrap_or(now);
    unit.second_factors().set_enabled(account.id, Some(enabled_at)).await?;
    // What was disabled is replaced by it, and what its beginning named.
    let disabled = factor.authenticators.iter().filter(|it| it.status == AuthenticatorStatus::Disabled);
    for gone in disabled.chain(factor.replaced(pending.replaces)) {
        unit.authenticators().remove(account.id, gone.id).await?;
        settlement.record.succeeded(Event::AuthenticatorRemoved { authenticator_id: gone.id })?;
    }
    let authenticator_id = pending.id;
    settlement.record.succeeded(if factor.state.is_enabled() {
        Event::AuthenticatorAdded { authenticator_id }
    } else {
        Event::TwoFactorEnabled { authenticator_id }
    })?;
    if !factor.state.is_enabled() {
        issue_codes(unit, settlement, (factor, pending), examined.codes.as_ref()).await?;
    }
    end_what_rests_on_the_old(unit, &caller.realm, account, caller.session_id()).await?;
    let session = if caller.may_only_enroll {
        let grant = application.new_session(
            &caller.realm,
            account,
            &caller.origin,
            false,
            AuthenticationMethod::TWO_FACTORS,
            now,
        )?;
        // One that was made to do everything, and was restricted since, must not rise again.
        if let Credential::Session(old) = &caller.credential
            && !old.enrollment_only
        {
            unit.sessions().end(account.id, old.id).await?;
        }
        unit.begin_session(&grant.session).await?;
        Some(grant)
    } else {
        // The first code of the first authenticator shows the second factor; that of a further one shows only itself.
        if let (Some(session), false) = (caller.session_id(), factor.state.is_enabled()) {
            unit.sessions().set_methods(session, AuthenticationMethod::TWO_FACTORS).await?;
        }
        None
    };
    let authenticator = Box::new(Authenticator {
        status: AuthenticatorStatus::Active,
        last_step: Some(matched.step()),
        expires_at: None,
        replaces: None,
        confirmed_at: Some(now),
        last_used_at: Some(now),
        ..pending.clone()
    });
    Ok(ConfirmEnrollmentOutcome::Confirmed { authenticator, recovery_codes: None, session })
}

fn denied(proof: Result<(), ProofDenial>) -> Result<ConfirmEnrollmentOutcome, UseCaseError> {
    match proof {
        Err(denial) => Ok(ConfirmEnrollmentOutcome::Denied(denial)),
        Ok(()) => Err(UseCaseError::Fault("what is missing is denied")),
    }
}

/// The set that was shown when this enrollment was begun.
fn pending_set(factor: &SecondFactor, id: AuthenticatorId) -> Option<&crate::recovery::RecoveryCodeSet> {
    factor.recovery_sets.iter().find(|set| set.status == RecoverySetStatus::Pending && set.authenticator_id == Some(id))
}

/// Gives the account its recovery codes: those shown before, or those made now. Any older set is gone.
async fn issue_codes(
    unit: &mut dyn UnitOfWork,
    settlement: &mut Settlement<'_>,
    (factor, pending): (&SecondFactor, &Authenticator),
    fresh: Option<&FreshRecoveryCodes>,
) -> Result<(), UseCaseError> {
    let account_id = pending.account_id;
    let count = match (pending_set(factor, pending.id), fresh) {
        (Some(shown_before), _) => {
            unit.recovery_codes().activate(account_id, shown_before.id).await?;
            shown_before.total
        }
        (None, Some(fresh)) => {
            unit.recovery_codes().remove_all(account_id).await?;
            unit.recovery_codes().insert(&fresh.set, &fresh.stored).await?;
            fresh.set.total
        }
        (None, None) => return Ok(()),
    };
    settlement.record.succeeded(Event::RecoveryCodesIssued { count })
}
