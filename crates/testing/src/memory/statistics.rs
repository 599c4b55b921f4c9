//! What a realm holds, counted.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_application::RealmId;
use countersign_application::audit::{AcceptedBy, AuditEvent, Event, EventKind};
use countersign_application::ports::StoreError;
use countersign_application::realm::{AccountCount, DailyCount, StatisticsReads};
use countersign_application::second_factor::SecondFactorState;
use countersign_core::Timestamp;

use super::{MemoryStore, State};

const DAY_MICROS: i64 = 86_400_000_000;

/// How often each thing is there.
fn tally<T: Ord>(things: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    counts
}

impl State {
    fn events_since(&self, realm: RealmId, since: Timestamp) -> impl Iterator<Item = &AuditEvent> {
        self.audit_events.values().filter(move |event| event.realm_id == realm && event.at >= since)
    }
}

#[async_trait]
impl StatisticsReads for MemoryStore {
    async fn count_accounts(&self, realm: RealmId) -> Result<Vec<AccountCount>, StoreError> {
        let state = self.read();
        let accounts = state.accounts.values().filter(|it| it.realm_id == realm && it.disabled_at.is_none());
        let enabled = |id| state.second_factors.get(id).is_some_and(SecondFactorState::is_enabled);
        let counts = tally(accounts.map(|account| (account.role, account.two_factor_required, enabled(&account.id))));
        let counts = counts.into_iter();
        let counted = |((role, two_factor_required, two_factor_enabled), count)| AccountCount {
            role,
            two_factor_required,
            two_factor_enabled,
            count,
        };
        Ok(counts.map(counted).collect())
    }

    async fn count_pending(&self, realm: RealmId, now: Timestamp) -> Result<u64, StoreError> {
        let state = self.read();
        let accounts = state.accounts.values().filter(|it| it.realm_id == realm);
        Ok(accounts.filter(|account| state.enrollment_pending(account.id, now)).count() as u64)
    }

    async fn count_events(
        &self,
        realm: RealmId,
        events: &[EventKind],
        since: Timestamp,
    ) -> Result<Vec<DailyCount>, StoreError> {
        let state = self.read();
        let happened = state.events_since(realm, since).filter_map(|it| Some((it.at, it.event.kind()?)));
        let wanted = happened.filter(|(_, event)| events.contains(event));
        let counts = tally(wanted.map(|(at, event)| (at.as_micros().div_euclid(DAY_MICROS), event)));
        Ok(counts.into_iter().map(|((day, event), count)| DailyCount { day, event, count }).collect())
    }

    async fn count_drift(&self, realm: RealmId, since: Timestamp) -> Result<BTreeMap<i8, u64>, StoreError> {
        let state = self.read();
        Ok(tally(state.events_since(realm, since).filter_map(|event| match event.event {
            Event::SecondFactorAccepted { code: AcceptedBy::Totp { drift_steps, .. }, .. } => Some(drift_steps),
            _ => None,
        })))
    }
}
