//! Settling under the account's lock.

use countersign_core::{Throttle, ThrottleSchedule};

use crate::application::{AuditRecord, details};
use crate::ports::{AttemptKey, UnitOfWork};
use crate::{
    Application, EventKind, Origin, Realm, SecondFactor, SecondFactorState, ThrottleLane, Timestamp, UseCaseError,
};

/// How often one address may fail with recovery codes, over all accounts, before it has to wait.
const RECOVERY_BY_ADDRESS: ThrottleSchedule =
    ThrottleSchedule { free_failures: 20, first_wait_seconds: 30, longest_wait_seconds: 3_600 };

/// After how long without a wait the failures of an address are forgotten.
const FORGIVEN_AFTER_SECONDS: u64 = 86_400;

/// What settling needs to know beside the unit of work: one for each attempt at the unit of work.
pub(crate) struct Settlement<'a> {
    pub(crate) record: AuditRecord<'a>,
    /// For the audit log: what the code or proof was given for.
    pub(crate) purpose: &'a str,
    pub(crate) now: Timestamp,
    pub(super) recovery_codes_remaining: u32,
    schedule: ThrottleSchedule,
    recovery_attempts: Option<AttemptKey>,
}

impl Application {
    /// Prepares settling what was examined of `factor`.
    pub(crate) fn settlement<'a>(
        &'a self,
        record: AuditRecord<'a>,
        realm: &Realm,
        factor: &SecondFactor,
        origin: &Origin,
        purpose: &'a str,
        now: Timestamp,
    ) -> Settlement<'a> {
        Settlement {
            record,
            purpose,
            now,
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            schedule: ThrottleSchedule::from(&realm.policy.throttle),
            recovery_attempts: self.recovery_attempts(origin),
        }
    }
}

impl Settlement<'_> {
    /// For how long attempts of this lane are not looked at, as the counters are now.
    pub(super) async fn blocked_for(
        &self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        lane: ThrottleLane,
    ) -> Result<Option<u64>, UseCaseError> {
        if let Some(seconds) = state.throttle(lane).blocked_for(self.now) {
            return Ok(Some(seconds));
        }
        match (lane, &self.recovery_attempts) {
            (ThrottleLane::RecoveryCode, Some(key)) => {
                Ok(unit.attempts().lock(key, self.now).await?.blocked_for(self.now))
            }
            _ => Ok(None),
        }
    }

    /// Counts a failure of this lane, after [`Self::blocked_for`] answered that it may be looked at. The one that begins a
    /// wait is recorded as such; attempts during the wait are not, or whoever sends them would fill the audit log.
    pub(super) async fn count_failure(
        &mut self,
        unit: &mut dyn UnitOfWork,
        state: &SecondFactorState,
        lane: ThrottleLane,
    ) -> Result<(), UseCaseError> {
        let next: Throttle = state.throttle(lane).after_failure(&self.schedule, self.now);
        unit.second_factors().set_throttle(state.account_id, lane, next).await?;
        if let Some(seconds) = next.blocked_for(self.now) {
            let seconds = seconds.to_string();
            let what = [("purpose", self.purpose), ("method", lane.as_str()), ("wait_seconds", &seconds)];
            self.record.failed(EventKind::SecondFactorThrottled, details(what))?;
        }
        if let (ThrottleLane::RecoveryCode, Some(key)) = (lane, &self.recovery_attempts) {
            let by_address = unit.attempts().lock(key, self.now).await?.forgiven(FORGIVEN_AFTER_SECONDS, self.now);
            unit.attempts().set(key, by_address.after_failure(&RECOVERY_BY_ADDRESS, self.now), self.now).await?;
        }
        Ok(())
    }
}
