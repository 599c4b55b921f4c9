//! What the store can be asked outside of a unit of work: what was committed last.

use async_trait::async_trait;
use countersign_application::ports::{
    AccountFilter, AccountReads, AttemptKey, AttemptReads, AuditFilter, AuditReads, ChallengeReads, KeyCheck,
    KeyCheckReads, RealmReads, SecondFactorReads, SessionReads, StoreError, TokenDigest, TrustedDeviceReads,
};
use countersign_application::{
    Account, AccountId, AuditEvent, Challenge, Login, Page, PageRequest, Realm, RealmId, RealmSlug, RecoveryCodeSetId,
    SealedRecoveryCode, SecondFactor, Session, TrustedDevice,
};
use countersign_core::Throttle;
use uuid::Uuid;

use super::MemoryStore;

/// Cuts a page out of a whole list.
fn page<T>(items: impl Iterator<Item = T>, asked: PageRequest, id: impl Fn(&T) -> Uuid, follows: Order) -> Page<T> {
    let on_it = |item: &T| {
        asked.after.is_none_or(|after| match follows {
            Order::OldestFirst => id(item) > after,
            Order::NewestFirst => id(item) < after,
        })
    };
    let overfull = items.filter(on_it).take(asked.limit as usize + 1).collect();
    Page::from_overfull(overfull, asked.limit, id)
}

#[derive(Clone, Copy)]
enum Order {
    OldestFirst,
    NewestFirst,
}

#[async_trait]
impl RealmReads for MemoryStore {
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        Ok(self.committed().realms.values().find(|realm| realm.slug == *slug).cloned())
    }

    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        Ok(self.committed().realms.get(&id).cloned())
    }
}

#[async_trait]
impl AccountReads for MemoryStore {
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.committed().account(id))
    }

    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        let state = self.committed();
        let found = state.accounts.values().find(|it| it.realm_id == realm && it.login.key() == login_key);
        Ok(found.and_then(|account| state.account(account.id)))
    }

    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        asked: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let state = self.committed();
        let query = filter.query.as_deref().map(Login::key_of);
        let wanted = |account: &&Account| {
            account.realm_id == realm
                && query.as_deref().is_none_or(|query| account.login.key().contains(query))
                && filter.role.is_none_or(|role| account.role == role)
        };
        let accounts = state.accounts.values().filter(wanted).filter_map(|it| state.account(it.id));
        Ok(page(accounts, asked, |it| it.id.as_uuid(), Order::OldestFirst))
    }
}

#[async_trait]
impl SecondFactorReads for MemoryStore {
    async fn find_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        Ok(self.committed().second_factor(account))
    }

    async fn list_unused_recovery_codes(&self, set: RecoveryCodeSetId) -> Result<Vec<SealedRecoveryCode>, StoreError> {
        let state = self.committed();
        let unused = state.recovery_codes.iter().filter(|row| row.set == set && row.used_at.is_none());
        Ok(unused.map(|row| row.code.clone()).collect())
    }
}

#[async_trait]
impl ChallengeReads for MemoryStore {
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError> {
        Ok(self.committed().challenges.values().find(|it| it.token_digest == *token).cloned())
    }
}

#[async_trait]
impl SessionReads for MemoryStore {
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        Ok(self.committed().sessions.values().find(|it| it.token_digest == *token).cloned())
    }

    async fn list_sessions(&self, account: AccountId, asked: PageRequest) -> Result<Page<Session>, StoreError> {
        let state = self.committed();
        let sessions = state.sessions.values().rev().filter(|it| it.account_id == account).cloned();
        Ok(page(sessions, asked, |it| it.id.as_uuid(), Order::NewestFirst))
    }
}

#[async_trait]
impl TrustedDeviceReads for MemoryStore {
    async fn find_trusted_device(&self, token: &TokenDigest) -> Result<Option<TrustedDevice>, StoreError> {
        Ok(self.committed().trusted_devices.values().find(|it| it.token_digest == *token).cloned())
    }

    async fn list_trusted_devices(
        &self,
        account: AccountId,
        asked: PageRequest,
    ) -> Result<Page<TrustedDevice>, StoreError> {
        let state = self.committed();
        let devices = state.trusted_devices.values().rev().filter(|it| it.account_id == account).cloned();
        Ok(page(devices, asked, |it| it.id.as_uuid(), Order::NewestFirst))
    }
}

#[async_trait]
impl AttemptReads for MemoryStore {
    async fn find_attempts(&self, key: &AttemptKey) -> Result<Throttle, StoreError> {
        Ok(self.committed().attempts.get(key).map(|row| row.throttle).unwrap_or_default())
    }
}

#[async_trait]
impl AuditReads for MemoryStore {
    async fn list_audit_events(
        &self,
        filter: &AuditFilter,
        asked: PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError> {
        let state = self.committed();
        let wanted = |event: &&AuditEvent| {
            filter.realm_id.is_none_or(|realm| event.realm_id == realm)
                && filter.account_id.is_none_or(|account| event.account_id == Some(account))
                && filter.event.is_none_or(|kind| event.event == kind)
                && filter.since.is_none_or(|since| event.at >= since)
                && filter.until.is_none_or(|until| event.at < until)
        };
        let events = state.audit_events.values().rev().filter(wanted).cloned();
        Ok(page(events, asked, |it| it.id.as_uuid(), Order::NewestFirst))
    }
}

#[async_trait]
impl KeyCheckReads for MemoryStore {
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        let mut checks = self.committed().key_checks.clone();
        checks.sort_by_key(|check| check.created_at);
        Ok(checks)
    }
}
