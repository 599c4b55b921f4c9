//! Counters, records of keys, audit events, and their end.

use async_trait::async_trait;
use countersign_application::ports::{
    AttemptKey, AttemptStore, AuditLog, Conflict, HousekeepingStore, KeyCheck, KeyCheckStore, Pruned, StoreError,
};
use countersign_application::{AuditEvent, AuthenticatorStatus};
use countersign_core::{Throttle, Timestamp};

use super::State;
use super::state::AttemptRow;

#[async_trait]
impl AttemptStore for State {
    async fn lock(&mut self, key: &AttemptKey, at: Timestamp) -> Result<Throttle, StoreError> {
        let row = self.attempts.entry(*key).or_insert(AttemptRow { throttle: Throttle::default(), touched_at: at });
        Ok(row.throttle)
    }

    async fn set(&mut self, key: &AttemptKey, throttle: Throttle, at: Timestamp) -> Result<(), StoreError> {
        self.attempts.insert(*key, AttemptRow { throttle, touched_at: at });
        Ok(())
    }

    async fn clear(&mut self, key: &AttemptKey) -> Result<(), StoreError> {
        self.attempts.remove(key);
        Ok(())
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
    async fn prune(&mut self, now: Timestamp, attempts_before: Timestamp) -> Result<Pruned, StoreError> {
        let enrollments =
            self.remove_authenticators(|it| it.status == AuthenticatorStatus::Pending && !it.is_pending_at(now));
        let (challenges, sessions) = (self.challenges.len(), self.sessions.len());
        let (devices, attempts) = (self.trusted_devices.len(), self.attempts.len());
        self.challenges.retain(|_, challenge| now < challenge.expires_at);
        self.sessions.retain(|_, session| now < session.expires_at);
        self.trusted_devices.retain(|_, device| now < device.expires_at);
        self.attempts.retain(|_, row| row.touched_at >= attempts_before);
        Ok(Pruned {
            challenges: (challenges - self.challenges.len()) as u64,
            sessions: (sessions - self.sessions.len()) as u64,
            trusted_devices: (devices - self.trusted_devices.len()) as u64,
            enrollments,
            attempts: (attempts - self.attempts.len()) as u64,
        })
    }
}
