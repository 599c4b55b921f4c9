//! Deciding what becomes of a code or a proof, and settling it. Nothing else counts guesses at a second factor.

use countersign_core::{Attempt, Counters, Gate, GuessingRules, ThrottleSchedule};

use crate::audit::{AuditOutcome, AuditRecord, Event, Purpose};
use crate::caller::Caller;
use crate::ports::{StoreError, StoreFault, UnitOfWork};
use crate::realm::Realm;
use crate::second_factor::{SecondFactor, SecondFactorState};
use crate::verification::{
    AttemptKey, Attempts, Claim, Counted, CountedAttempts, Spends, Throttled, Verdict, believed,
};
use crate::{AccountId, Application, Origin, Timestamp, UseCaseError};

/// How often one address may fail with an account's recovery codes before it has to wait.
const RECOVERY_BY_ADDRESS: ThrottleSchedule =
    ThrottleSchedule { free_failures: 20, first_wait_seconds: 30, longest_wait_seconds: 3_600 };

/// After how long without a wait the failures of an address are forgotten.
const FORGIVEN_AFTER_SECONDS: u64 = 86_400;

/// What settling needs to know of the one who gave a code or a proof: one for each time that it is decided.
pub(crate) struct Settlement<'a> {
    pub(crate) record: AuditRecord<'a>,
    /// For the audit log: what the code or proof was given for.
    pub(crate) purpose: Purpose,
    pub(crate) now: Timestamp,
    pub(crate) factor: &'a SecondFactor,
    rules: GuessingRules,
    recovery_attempts: Option<AttemptKey>,
    network: Option<String>,
    /// The revision of the account's row and the counters, with what was settled since they were read.
    counted: Counted,
    /// What was counted of recovery codes from this network, where that was looked at.
    attempts: Option<Attempts>,
}

/// What is decided of a code or a proof. It holds once its claim is settled.
pub(crate) struct Decision<V> {
    pub(crate) verdict: V,
    /// Without its events.
    pub(crate) claim: Claim,
    pub(crate) events: Vec<(Event, AuditOutcome)>,
}

impl Application {
    /// Prepares settling what was examined of `factor`, as it is now.
    pub(crate) fn settlement<'a>(
        &'a self,
        record: AuditRecord<'a>,
        realm: &Realm,
        factor: &'a SecondFactor,
        origin: &Origin,
        purpose: Purpose,
        now: Timestamp,
    ) -> Settlement<'a> {
        let SecondFactorState { account_id, revision, counters, .. } = factor.state;
        Settlement {
            record,
            purpose,
            now,
            factor,
            rules: realm.policy.guessing_rules(),
            network: origin.shown_network(),
            recovery_attempts: self.recovery_attempts(account_id, origin),
            counted: Counted { seen: revision, counters },
            attempts: None,
        }
    }
}

impl Caller {
    /// Prepares settling what this account gave.
    pub(crate) fn settlement<'a>(
        &self,
        application: &'a Application,
        factor: &'a SecondFactor,
        purpose: impl Into<Purpose>,
        now: Timestamp,
    ) -> Settlement<'a> {
        let record = self.record(application, now);
        application.settlement(record, &self.realm, factor, self.guesses_from(), purpose.into(), now)
    }
}

impl Settlement<'_> {
    /// Looks at what was counted of recovery codes from this network, outside of any unit of work, where an attempt is
    /// counted there.
    pub(crate) async fn look_at_attempts(
        &mut self,
        application: &Application,
        attempt: Option<Attempt>,
    ) -> Result<(), UseCaseError> {
        if let (Some(Attempt::RecoveryCode), Some(key)) = (attempt, &self.recovery_attempts) {
            self.attempts = Some(application.store().find_attempts(key).await?);
        }
        Ok(())
    }

    /// The same under their lock.
    pub(crate) async fn lock_attempts(
        &mut self,
        unit: &mut dyn UnitOfWork,
        attempt: Option<Attempt>,
    ) -> Result<(), UseCaseError> {
        if let (Some(Attempt::RecoveryCode), Some(key)) = (attempt, &self.recovery_attempts) {
            self.attempts = Some(unit.attempts().lock(key, self.now).await?);
        }
        Ok(())
    }

    /// Whether an attempt is not looked at, as the counters are now.
    pub(crate) fn throttled(&self, attempt: Attempt) -> Option<Throttled> {
        let gate = self.counted.counters.gate(&self.rules, attempt, self.now);
        let by_network = match (attempt, &self.attempts) {
            (Attempt::RecoveryCode, Some(seen)) => believed(seen.throttle, self.now).blocked_for(self.now),
            _ => None,
        };
        gate.seconds().or(by_network).map(|seconds| Throttled::new(attempt, seconds))
    }

    /// That nothing is claimed or counted.
    pub(crate) fn nothing<V>(&self, verdict: V) -> Decision<V> {
        Decision { verdict, claim: Claim::nothing(self.factor.state.account_id, self.now), events: Vec::new() }
    }

    /// Counts a failure, after [`Self::throttled`] answered that it may be looked at. The one that begins a wait is recorded
    /// as such; attempts during the wait are not, or whoever sends them would fill the audit log. `rejection` is recorded where
    /// it is worth it.
    pub(crate) fn failure<V>(&self, verdict: V, attempt: Attempt, rejection: Event) -> Decision<V> {
        let after = self.counted.counters.after_failure(&self.rules, attempt, self.now);
        let mut decision = self.nothing(verdict);
        let Decision { claim, events, .. } = &mut decision;
        claim.counted = Some(Counted { counters: after.counters, ..self.counted });
        if after.worth_recording {
            events.push((rejection, AuditOutcome::Failure));
        }
        if let Some(seconds) = after.gate.seconds() {
            let throttled = Event::SecondFactorThrottled {
                purpose: self.purpose.clone(),
                method: attempt.lane().into(),
                wait_seconds: seconds,
                consecutive_codes_required: matches!(after.gate, Gate::Hardened { .. }),
            };
            events.push((throttled, AuditOutcome::Failure));
        }
        let active = self.factor.active_count();
        if after.disables_authenticators && active > 0 {
            claim.disables_authenticators = true;
            let failures_in_a_row = self.rules.failures_that_disable;
            let disabled = Event::AuthenticatorDisabled { failures_in_a_row, count: active.into() };
            events.push((disabled, AuditOutcome::Failure));
        }
        if let (Attempt::RecoveryCode, Some(key), Some(seen)) = (attempt, self.recovery_attempts, &self.attempts) {
            let throttle = believed(seen.throttle, self.now).forgiven(FORGIVEN_AFTER_SECONDS, self.now);
            let next = Attempts {
                throttle: throttle.after_failure(&RECOVERY_BY_ADDRESS, self.now),
                account: Some(self.factor.state.account_id),
                network: self.network.clone(),
                known_at: None,
            };
            claim.attempts.push(CountedAttempts { key, seen: seen.clone(), next: Some((next, self.now)) });
        }
        decision
    }

    /// Claims what is right, and counts that it was.
    pub(crate) fn success<V>(&self, verdict: V, attempt: Attempt, spends: Spends, events: Vec<Event>) -> Decision<V> {
        let counters = self.counted.counters.after_success(&self.rules, attempt, self.now);
        let mut decision = self.nothing(verdict);
        decision.claim.counted = Some(Counted { counters, ..self.counted });
        decision.claim.spends = Some(spends);
        decision.events = events.into_iter().map(|event| (event, AuditOutcome::Success)).collect();
        if let (Attempt::RecoveryCode, Some(key), Some(seen)) = (attempt, self.recovery_attempts, &self.attempts) {
            // Others who fail from this network meanwhile may make it wait.
            decision.claim.attempts.push(CountedAttempts { key, seen: seen.clone(), next: None });
        }
        decision
    }

    /// Settles a decision among other acts; `None` for a recovery code that the set does not have.
    pub(crate) async fn settle<V>(
        &mut self,
        unit: &mut dyn UnitOfWork,
        decision: Decision<V>,
    ) -> Result<Option<V>, UseCaseError> {
        let Decision { verdict, claim, events } = decision;
        if claim.counted.is_some() {
            // Sent again it would count again, also where no event is written.
            self.record.carries_out();
        }
        let settled = unit.settle(&claim).await?;
        if let Some(counted) = claim.counted {
            self.counted.seen = counted.seen + 1;
        }
        match settled {
            Verdict::Settled => {
                self.counted.counters = claim.counted.map_or(self.counted.counters, |counted| counted.counters);
                // What was settled of the network's counter is its state now.
                for CountedAttempts { next, .. } in claim.attempts {
                    self.attempts = next.map(|(next, _)| next).or(self.attempts.take());
                }
                self.record.note(events)?;
                Ok(Some(verdict))
            }
            Verdict::UnknownRecoveryCode => Ok(None),
            // Under the account's lock nobody else can have come between.
            Verdict::Moved => Err(StoreError::Contention(StoreFault::from("what was decided on has moved")).into()),
        }
    }
}

/// Sets the counters of an account, as they were seen at a revision of the row.
async fn set_counters(
    unit: &mut dyn UnitOfWork,
    account: AccountId,
    seen: i64,
    counters: &Counters,
) -> Result<(), UseCaseError> {
    if unit.second_factors().set_counters(account, seen, counters).await? {
        return Ok(());
    }
    // Under the lock nobody else can have written; whoever decides without it has to look again.
    Err(StoreError::Contention(StoreFault::from("the counters were changed meanwhile")).into())
}

/// Ends every wait of an account and fills every budget: it is vouched for anew, by the operator who unlocks it or by a new
/// password.
pub(crate) async fn forgive(unit: &mut dyn UnitOfWork, account: AccountId) -> Result<(), UseCaseError> {
    recount(unit, account, Counters::forgiven).await?;
    // And those of wrong passwords, wherever they came from.
    unit.attempts().forgive_account(account).await?;
    Ok(())
}

/// Ends every wait of an account, and gives nothing back of what guesses at its second factor have spent: what someone may do
/// without a proof, as often as they like.
pub(crate) async fn end_waits(unit: &mut dyn UnitOfWork, account: AccountId) -> Result<(), UseCaseError> {
    recount(unit, account, Counters::without_waits).await?;
    unit.attempts().forgive_account(account).await?;
    Ok(())
}

/// Counts anew for an account, whatever was counted: `how` says what is left.
pub(crate) async fn recount(
    unit: &mut dyn UnitOfWork,
    account: AccountId,
    how: impl FnOnce(&Counters) -> Counters,
) -> Result<(), UseCaseError> {
    // Locked once more, for the revision: this unit of work may have counted something itself.
    match unit.second_factors().lock(account).await? {
        Some(state) => set_counters(unit, account, state.revision, &how(&state.counters)).await,
        None => Ok(()),
    }
}
