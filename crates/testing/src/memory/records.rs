//! Counters, records of keys, audit events, and their end.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::audit::{AuditEvent, AuditLog};
use countersign_application::housekeeping::{Due, Ended, HousekeepingStore, Pruned};
use countersign_application::ports::{Conflict, KeyCheck, KeyCheckStore, StoreError};
use countersign_application::second_factor::{Authenticator, AuthenticatorStatus};
use countersign_application::verification::{AttemptKey, AttemptStore, Attempts};
use countersign_core::{Throttle, Timestamp};

use super::State;
use super::state::AttemptRow;

#[async_trait]
impl AttemptStore for State {
    async fn lock(&mut self, key: &AttemptKey, at: Timestamp) -> Result<Attempts, StoreError> {
        let row = self.attempts.entry(*key).or_insert(AttemptRow { attempts: Attempts::default(), touched_at: at });
        Ok(row.attempts.clone())
    }

    async fn set(&mut self, key: &AttemptKey, attempts: &Attempts, at: Timestamp) -> Result<(), StoreError> {
        self.attempts.insert(*key, AttemptRow { attempts: attempts.clone(), touched_at: at });
        Ok(())
    }

    async fn clear(&mut self, key: &AttemptKey) -> Result<(), StoreError> {
        self.attempts.remove(key);
        Ok(())
    }

    async fn forgive_account(&mut self, account: AccountId) -> Result<u64, StoreError> {
        Ok(self.forgive(|attempts| attempts.account == Some(account)))
    }

    async fn forgive_network(&mut self, network: Option<&str>) -> Result<u64, StoreError> {
        Ok(self.forgive(|attempts| network.is_none() || attempts.network.as_deref() == network))
    }
}

impl State {
    fn forgive(&mut self, whose: impl Fn(&Attempts) -> bool) -> u64 {
        let all = self.attempts.values_mut().map(|row| &mut row.attempts);
        let failed = all.filter(|attempts| whose(attempts) && attempts.throttle.failures_in_a_row > 0);
        failed.map(|attempts| attempts.throttle = Throttle::default()).count() as u64
    }
}

#[async_trait]
impl KeyCheckStore for State {
    async fn lock(&mut self) -> Result<Vec<KeyCheck>, StoreError> {
        Ok(self.key_checks.clone())
    }

    async fn insert(&mut self, check: &KeyCheck) -> Result<(), StoreError> {
        self.unique(self.key_checks.iter().any(|it| it.sealed.key_id == check.sealed.key_id), Conflict::Other)?;
        self.key_checks.push(check.clone());
        Ok(())
    }
}

#[async_trait]
impl AuditLog for State {
    async fn append(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        for event in events {
            self.unique(self.audit_events.contains_key(&event.id), Conflict::Other)?;
            self.audit_events.insert(event.id, event.clone());
        }
        Ok(())
    }
}

#[async_trait]
impl HousekeepingStore for State {
    async fn prune(&mut self, due: &Due, most: u32) -> Result<Pruned, StoreError> {
        let (now, mut left) = (due.expired, most as usize);
        let challenges = piece(&self.challenges, &mut left, |challenge| challenge.expires_at <= now);
        let sessions = piece(&self.sessions, &mut left, |session| session.expires_at <= now);
        let trusted_devices = piece(&self.trusted_devices, &mut left, |device| device.expires_at <= now);
        let enrollments = piece(&self.authenticators, &mut left, |it| {
            it.status == AuthenticatorStatus::Pending && !it.is_pending_at(now)
        });
        let attempts = piece(&self.attempts, &mut left, |row| row.touched_at < due.attempts_before);
        let claims = piece(&self.idempotency_claims, &mut left, |claim| claim.expires_at <= now);
        let audit_events = piece(&self.audit_events, &mut left, |event| {
            due.audit_events_before.is_some_and(|before| event.at < before)
        });
        self.challenges.retain(|id, _| !challenges.contains(id));
        self.sessions.retain(|id, _| !sessions.contains(id));
        self.trusted_devices.retain(|id, _| !trusted_devices.contains(id));
        self.attempts.retain(|key, _| !attempts.contains(key));
        self.idempotency_claims.retain(|digest, _| !claims.contains(digest));
        self.audit_events.retain(|id, _| !audit_events.contains(id));
        Ok(Pruned {
            challenges: challenges.len() as u64,
            sessions: sessions.len() as u64,
            trusted_devices: trusted_devices.len() as u64,
            enrollments: self.remove_authenticators(|it| enrollments.contains(&it.id)),
            attempts: attempts.len() as u64,
            idempotency_claims: claims.len() as u64,
            audit_events: audit_events.len() as u64,
        })
    }

    async fn remove_ended(&mut self, ended: &Ended) -> Result<(), StoreError> {
        self.sessions.retain(|id, _| !ended.sessions.contains(id));
        self.challenges.retain(|id, _| !ended.challenges.contains(id));
        self.trusted_devices.retain(|id, _| !ended.trusted_devices.contains(id));
        let pending = |it: &Authenticator| it.status == AuthenticatorStatus::Pending;
        self.remove_authenticators(|it| pending(it) && ended.enrollments.contains(&it.id));
        self.remove_recovery_sets(|set| ended.recovery_sets.contains(&set.id));
        for set in self.recovery_sets.values_mut().filter(|set| ended.viewable_sets.contains(&set.id)) {
            set.viewable = false;
        }
        for row in self.recovery_codes.iter_mut().filter(|row| ended.viewable_sets.contains(&row.set)) {
            row.code.sealed = None;
        }
        Ok(())
    }
}

/// The keys of some that are due, at most `left`, which becomes less by them.
fn piece<K: Copy + Ord, T>(all: &BTreeMap<K, T>, left: &mut usize, due: impl Fn(&T) -> bool) -> BTreeSet<K> {
    let keys: BTreeSet<K> = all.iter().filter(|(_, it)| due(it)).map(|(key, _)| *key).take(*left).collect();
    *left -= keys.len();
    keys
}
