//! What a sign-in yields: challenges, sessions, trusted devices.

use async_trait::async_trait;
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::session::{AuthenticationMethod, Session, SessionStore};
use countersign_application::sign_in::{Challenge, ChallengeStore};
use countersign_application::trusted_device::{TrustedDevice, TrustedDeviceStore};
use countersign_application::{AccountId, ChallengeId, SessionId, TrustedDeviceId};
use countersign_core::Timestamp;

use super::State;

#[async_trait]
impl ChallengeStore for State {
    async fn insert(&mut self, challenge: &Challenge) -> Result<(), StoreError> {
        self.require_account(challenge.account_id)?;
        self.unique(self.challenges.contains_key(&challenge.id), Conflict::Other)?;
        self.unique(self.challenges.values().any(|it| it.token_digest == challenge.token_digest), Conflict::Other)?;
        self.challenges.insert(challenge.id, challenge.clone());
        Ok(())
    }

    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let Some(challenge) = self.challenges.get_mut(&id).filter(|it| it.failed_tries < limit) else {
            return Ok(false);
        };
        challenge.failed_tries += 1;
        Ok(true)
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let left = self.challenges.get(&id).is_some_and(|challenge| challenge.failed_tries < limit);
        Ok(left && self.challenges.remove(&id).is_some())
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.challenges.retain(|_, challenge| challenge.account_id != account);
        Ok(())
    }
}

#[async_trait]
impl SessionStore for State {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        self.require_account(session.account_id)?;
        self.unique(self.sessions.contains_key(&session.id), Conflict::Other)?;
        self.unique(self.sessions.values().any(|it| it.token_digest == session.token_digest), Conflict::Other)?;
        self.sessions.insert(session.id, session.clone());
        Ok(())
    }

    async fn make_room(&mut self, account: AccountId, most: u32) -> Result<(), StoreError> {
        let of_account = self.sessions.values().filter(|session| session.account_id == account);
        let mut used: Vec<_> = of_account.map(|session| (session.last_seen_at, session.id)).collect();
        used.sort_unstable();
        used.reverse();
        for (_, id) in used.into_iter().skip(most as usize) {
            self.sessions.remove(&id);
        }
        Ok(())
    }

    async fn exists(&mut self, id: SessionId) -> Result<bool, StoreError> {
        Ok(self.sessions.contains_key(&id))
    }

    async fn touch(&mut self, id: SessionId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.last_seen_at = at;
        }
        Ok(())
    }

    async fn set_methods(&mut self, id: SessionId, methods: &[AuthenticationMethod]) -> Result<(), StoreError> {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.methods = methods.to_vec();
        }
        Ok(())
    }

    async fn end(&mut self, account: AccountId, id: SessionId) -> Result<bool, StoreError> {
        let own = self.sessions.get(&id).is_some_and(|session| session.account_id == account);
        Ok(own && self.sessions.remove(&id).is_some())
    }

    async fn end_all(&mut self, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError> {
        let before = self.sessions.len();
        self.sessions.retain(|id, session| session.account_id != account || Some(*id) == except);
        Ok((before - self.sessions.len()) as u64)
    }
}

#[async_trait]
impl TrustedDeviceStore for State {
    async fn insert(&mut self, device: &TrustedDevice) -> Result<(), StoreError> {
        self.require_account(device.account_id)?;
        self.unique(self.trusted_devices.contains_key(&device.id), Conflict::Other)?;
        self.unique(self.trusted_devices.values().any(|it| it.token_digest == device.token_digest), Conflict::Other)?;
        self.trusted_devices.insert(device.id, device.clone());
        Ok(())
    }

    async fn touch(&mut self, id: TrustedDeviceId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(device) = self.trusted_devices.get_mut(&id) {
            device.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn revoke(&mut self, account: AccountId, id: TrustedDeviceId) -> Result<bool, StoreError> {
        let own = self.trusted_devices.get(&id).is_some_and(|device| device.account_id == account);
        Ok(own && self.trusted_devices.remove(&id).is_some())
    }

    async fn revoke_all(&mut self, account: AccountId) -> Result<u64, StoreError> {
        let before = self.trusted_devices.len();
        self.trusted_devices.retain(|_, device| device.account_id != account);
        Ok((before - self.trusted_devices.len()) as u64)
    }
}
