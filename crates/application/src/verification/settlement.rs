//! Settling under the account's lock. Nothing else counts guesses at a second factor.

use countersign_core::{Attempt, Counters, Gate, GuessingRules, ThrottleSchedule};

use crate::audit::{AuditRecord, Event, Purpose};
use crate::caller::Caller;
use crate::ports::{StoreError, StoreFault, UnitOfWork};
use crate::realm::Realm;
use crate::second_factor::{SecondFactor, SecondFactorState};
use crate::verification::{AttemptKey, Attempts, Throttled, believed};
use crate::{AccountId, Application, Origin, Timestamp, UseCaseError};

/// How often one address may fail with an account's recovery codes before it has to wait.
const RECOVERY_BY_ADDRESS: ThrottleSchedule =
    ThrottleSchedule { free_failures: 20, first_wait_seconds: 30, longest_wait_seconds: 3_600 };

/// After how long without a wait the failures of an address are forgotten.
const FORGIVEN_AFTER_SECONDS: u64 = 86_400;

/// What settling needs to know beside the unit of work: one for each attempt at the unit of work.
pub(crate) struct Settlement<'a> {
    pub(crate) record: AuditRecord<'a>,
    /// For the audit log: what the code or proof was given for.
    pub(crate) purpose: Purpose,
    pub(crate) now: Timestamp,
    pub(crate) recovery_codes_remaining: u32,
    rules: GuessingRules,
    recovery_attempts: Option<AttemptKey>,
    network: Option<String>,
    /// What this unit of work has counted already, and the revision of the row since.
    counted: Option<(i64, Counters)>,
}

impl Application {
    /// Prepares settling what was examined of `factor`.
    pub(crate) fn settlement<'a>(
        &'a self,
        record: AuditRecord<'a>,
        realm: &Realm,
        factor: &SecondFactor,
        origin: &Origin,
        purpose: Purpose,
        now: Timestamp,
    ) -> Settlement<'a> {
        Settlement {
            record,
            purpose,
            now,
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            rules: realm.policy.guessing_rules(),
            network: origin.shown_network(),
            recovery_attempts: self.recovery_attempts(factor.state.account_id, origin),
            counted: None,
        }
    }
}

impl Caller {
    /// Prepares settling what this account gave.
    pub(crate) fn settlement<'a>(
        &self,
        application: &'a Application,
        factor: &SecondFactor,
        purpose: impl Into<Purpose>,
        now: Timestamp,
    ) -> Settlement<'a> {
        let record = self.record(application, now);
        application.settlement(record, &self.realm, factor, self.guesses_from(), purpose.into(), now)
    }
}

impl Settlement<'_> {
    /// Whether an attempt is not looked at, as the counters are now.
    pub(crate) async fn throttled(
        &self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        attempt: Attempt,
    ) -> Result<Option<Throttled>, UseCaseError> {
        let gate = self.counters(state).gate(&self.rules, attempt, self.now);
        if let Some(seconds) = gate.seconds() {
            return Ok(Some(Throttled::new(attempt, seconds)));
        }
        match (attempt, &self.recovery_attempts) {
            (Attempt::RecoveryCode, Some(key)) => {
                let seen = unit.attempts().lock(key, self.now).await?.throttle;
                let seconds = believed(seen, self.now).blocked_for(self.now);
                Ok(seconds.map(|seconds| Throttled::new(attempt, seconds)))
            }
            _ => Ok(None),
        }
    }

    /// Counts a failure, after [`Self::throttled`] answered that it may be looked at. The one that begins a wait is recorded
    /// as such; attempts during the wait are not, or whoever sends them would fill the audit log. `rejection` is recorded where
    /// it is worth it.
    pub(crate) async fn failed(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        attempt: Attempt,
        rejection: Event,
    ) -> Result<(), UseCaseError> {
        let counted = self.counters(state).after_failure(&self.rules, attempt, self.now);
        self.count(unit, state, counted.counters).await?;
        // Sent again it would count again, also where no event is written.
        self.record.carries_out();
        if counted.worth_recording {
            self.record.failed(rejection)?;
        }
        if let Some(seconds) = counted.gate.seconds() {
            self.record.failed(Event::SecondFactorThrottled {
                purpose: self.purpose.clone(),
                method: attempt.lane().into(),
                wait_seconds: seconds,
                consecutive_codes_required: matches!(counted.gate, Gate::Hardened { .. }),
            })?;
        }
        if counted.disables_authenticators {
            let ended = unit.authenticators().disable_all(state.account_id).await?;
            if ended > 0 {
                let failures_in_a_row = self.rules.failures_that_disable;
                self.record.failed(Event::AuthenticatorDisabled { failures_in_a_row, count: ended })?;
            }
        }
        if let (Attempt::RecoveryCode, Some(key)) = (attempt, &self.recovery_attempts) {
            let seen = unit.attempts().lock(key, self.now).await?.throttle;
            let seen = believed(seen, self.now).forgiven(FORGIVEN_AFTER_SECONDS, self.now);
            let next = Attempts {
                throttle: seen.after_failure(&RECOVERY_BY_ADDRESS, self.now),
                account: Some(state.account_id),
                network: self.network.clone(),
                known_at: None,
            };
            unit.attempts().set(key, &next, self.now).await?;
        }
        Ok(())
    }

    /// Counts that an attempt was right.
    pub(crate) async fn succeeded(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        attempt: Attempt,
    ) -> Result<(), UseCaseError> {
        let before = self.counters(state);
        let after = before.after_success(&self.rules, attempt, self.now);
        if after == before { Ok(()) } else { self.count(unit, state, after).await }
    }

    /// The counters as this unit of work sees them.
    fn counters(&self, state: &SecondFactorState) -> Counters {
        self.counted.map_or(state.counters, |(_, counters)| counters)
    }

    async fn count(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        counters: Counters,
    ) -> Result<(), UseCaseError> {
        let seen = self.counted.map_or(state.revision, |(revision, _)| revision);
        set_counters(unit, state.account_id, seen, &counters).await?;
        self.counted = Some((seen + 1, counters));
        Ok(())
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
