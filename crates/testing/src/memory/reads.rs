//! What the store can be asked outside of a unit of work: what was committed last.

use async_trait::async_trait;
use countersign_application::account::{
    Account, AccountFilter, AccountPage, AccountPart, AccountPosition, AccountReads, Login, Role,
};
use countersign_application::api_key::{ApiKey, ApiKeyReads};
use countersign_application::audit::{AuditEvent, AuditFilter, AuditReads};
use countersign_application::ports::{
    AskedAbout, KeyCheck, KeyCheckReads, Person, PersonReads, StoreError, TokenDigest,
};
use countersign_application::realm::{Realm, RealmReads, RealmSlug};
use countersign_application::recovery::SealedRecoveryCode;
use countersign_application::second_factor::{AccountOverview, SecondFactor, SecondFactorReads};
use countersign_application::session::{Session, SessionReads};
use countersign_application::sign_in::{Challenge, ChallengeReads};
use countersign_application::trusted_device::{TrustedDevice, TrustedDeviceReads};
use countersign_application::verification::{AttemptKey, AttemptReads, Attempts};
use countersign_application::{AccountId, Page, PageRequest, RealmId, RecoveryCodeSetId};
use countersign_core::Timestamp;
use uuid::Uuid;

use super::{MemoryStore, State};

/// Cuts a page out of a whole list, newest first.
fn page<T>(items: impl Iterator<Item = T>, asked: PageRequest, id: impl Fn(&T) -> Uuid) -> Page<T> {
    let on_it = |item: &T| asked.after.is_none_or(|after| id(item) < after);
    let overfull = items.filter(on_it).take(asked.limit as usize + 1).collect();
    Page::from_overfull(overfull, asked.limit, id)
}

#[async_trait]
impl RealmReads for MemoryStore {
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        Ok(self.read().realms.values().find(|realm| realm.slug == *slug).cloned())
    }

    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        Ok(self.read().realms.get(&id).cloned())
    }

    async fn list_realms(&self) -> Result<Vec<Realm>, StoreError> {
        let mut realms: Vec<_> = self.read().realms.values().cloned().collect();
        realms.sort_by(|a, b| a.slug.as_str().cmp(b.slug.as_str()));
        Ok(realms)
    }

    async fn is_set_up(&self, realm: RealmId) -> Result<bool, StoreError> {
        Ok(self.read().set_up.contains(&realm))
    }
}

#[async_trait]
impl AccountReads for MemoryStore {
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.read().account(id))
    }

    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        let state = self.read();
        let found = state.accounts.values().find(|it| it.realm_id == realm && it.login.key() == login_key);
        Ok(found.and_then(|account| state.account(account.id)))
    }

    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        part: &AccountPart,
    ) -> Result<AccountPage, StoreError> {
        let position = |it: &AccountOverview| AccountPosition::of(&it.account, part.order.key());
        let mut fitting = self.read().fitting(realm, filter, now);
        fitting.sort_by_key(&position);
        if part.reads_down() {
            fitting.reverse();
        }
        let on_it = |it: &AccountOverview| {
            part.beyond().is_none_or(|from| if part.reads_down() { position(it) < *from } else { position(it) > *from })
        };
        Ok(part.of_overfull(fitting.into_iter().filter(on_it).take(part.limit as usize + 1).collect()))
    }

    async fn count_listed_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        most: u32,
    ) -> Result<u32, StoreError> {
        let fitting = self.read().fitting(realm, filter, now).len();
        Ok(u32::try_from(fitting).unwrap_or(u32::MAX).min(most))
    }
}

impl State {
    /// The accounts of a realm that a filter lets through.
    fn fitting(&self, realm: RealmId, filter: &AccountFilter, now: Timestamp) -> Vec<AccountOverview> {
        let query = filter.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
        let lacks = |it: &AccountOverview, roles: &[Role]| {
            let required = it.account.two_factor_required.unwrap_or_else(|| roles.contains(&it.account.role));
            it.account.disabled_at.is_none() && !it.state.is_enabled() && required
        };
        let fits = |it: &AccountOverview| {
            let account = &it.account;
            query.is_none_or(|query| is_called(account, query))
                && filter.role.is_none_or(|role| account.role == role)
                && filter.two_factor.is_none_or(|status| it.two_factor() == status)
                && filter.disabled.is_none_or(|disabled| account.disabled_at.is_some() == disabled)
                && filter.waiting.is_none_or(|waiting| waiting.holds(&it.state.counters))
                && filter.missing.as_deref().is_none_or(|roles| lacks(it, roles))
                && (!filter.never_signed_in || (account.last_sign_in_at.is_none() && account.subject.is_none()))
        };
        let accounts = self.accounts.values().filter(|account| account.realm_id == realm);
        accounts.filter_map(|it| self.overview(it.id, now)).filter(fits).collect()
    }
}

/// Whether an account's login, or a subject's identifier or label, contains what is asked for.
fn is_called(account: &Account, query: &str) -> bool {
    let lower = query.to_ascii_lowercase();
    let subject = |subject: &String| {
        subject.to_ascii_lowercase().contains(&lower) || account.login.as_str().to_ascii_lowercase().contains(&lower)
    };
    account.login.key().contains(&Login::key_of(query)) || account.subject.as_ref().is_some_and(subject)
}

#[async_trait]
impl SecondFactorReads for MemoryStore {
    async fn find_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        Ok(self.read().second_factor(account))
    }

    async fn list_unused_recovery_codes(&self, set: RecoveryCodeSetId) -> Result<Vec<SealedRecoveryCode>, StoreError> {
        let state = self.read();
        let unused = state.recovery_codes.iter().filter(|row| row.set == set && row.used_at.is_none());
        Ok(unused.map(|row| row.code.clone()).collect())
    }
}

#[async_trait]
impl ChallengeReads for MemoryStore {
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError> {
        Ok(self.read().challenges.values().find(|it| it.token_digest == *token).cloned())
    }
}

#[async_trait]
impl SessionReads for MemoryStore {
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        Ok(self.read().sessions.values().find(|it| it.token_digest == *token).cloned())
    }

    async fn list_sessions(&self, account: AccountId, asked: PageRequest) -> Result<Page<Session>, StoreError> {
        let state = self.read();
        let sessions = state.sessions.values().rev().filter(|it| it.account_id == account).cloned();
        Ok(page(sessions, asked, |it| it.id.as_uuid()))
    }
}

#[async_trait]
impl TrustedDeviceReads for MemoryStore {
    async fn find_trusted_device(&self, token: &TokenDigest) -> Result<Option<TrustedDevice>, StoreError> {
        Ok(self.read().trusted_devices.values().find(|it| it.token_digest == *token).cloned())
    }

    async fn list_trusted_devices(
        &self,
        account: AccountId,
        asked: PageRequest,
    ) -> Result<Page<TrustedDevice>, StoreError> {
        let state = self.read();
        let devices = state.trusted_devices.values().rev().filter(|it| it.account_id == account).cloned();
        Ok(page(devices, asked, |it| it.id.as_uuid()))
    }
}

#[async_trait]
impl AttemptReads for MemoryStore {
    async fn find_attempts(&self, key: &AttemptKey) -> Result<Attempts, StoreError> {
        Ok(self.read().attempts.get(key).map(|row| row.attempts.clone()).unwrap_or_default())
    }

    async fn list_waiting_attempts(&self, now: Timestamp, most: u32) -> Result<Vec<Attempts>, StoreError> {
        let state = self.read();
        let mut waiting: Vec<_> =
            state.attempts.iter().filter(|(_, row)| row.attempts.throttle.blocked_until > Some(now)).collect();
        waiting.sort_by_key(|(key, row)| (std::cmp::Reverse(row.touched_at), **key));
        Ok(waiting.into_iter().take(most as usize).map(|(_, row)| row.attempts.clone()).collect())
    }
}

#[async_trait]
impl AuditReads for MemoryStore {
    async fn list_audit_events(
        &self,
        filter: &AuditFilter,
        asked: PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError> {
        let state = self.read();
        let in_order = |event: &&AuditEvent| {
            filter.realm_id.is_none_or(|realm| event.realm_id == realm)
                && filter.account_id.is_none_or(|account| event.account_id == Some(account))
                && filter.event.is_none_or(|kind| event.event.kind() == Some(kind))
                && filter.since.is_none_or(|since| event.at >= since)
                && filter.until.is_none_or(|until| event.at < until)
                && asked.after.is_none_or(|after| event.id.as_uuid() < after)
        };
        let contains = |event: &AuditEvent, part: &str| {
            let login = event.login.as_ref().map(|login| login.to_ascii_lowercase());
            login.is_some_and(|login| login.contains(&part.to_ascii_lowercase()))
        };
        let sought = |event: &&AuditEvent| {
            filter.outcome.is_none_or(|outcome| event.outcome == outcome)
                && filter.address.as_ref().is_none_or(|address| event.ip.as_ref() == Some(address))
                && filter.actor_kind.is_none_or(|kind| event.actor.role() == kind)
                && filter.actor_id.as_ref().is_none_or(|id| event.actor.id().as_ref() == Some(id))
                && filter.login.as_deref().is_none_or(|part| contains(event, part))
        };
        let most = filter.most_looked_at.map_or(usize::MAX, |most| most as usize);
        let events = || state.audit_events.values().rev().filter(in_order);
        let stop = events().nth(most).and_then(|_| events().nth(most - 1)).map(|event| event.id.as_uuid());
        let found = page(events().take(most).filter(sought).cloned(), asked, |it| it.id.as_uuid());
        Ok(Page { next: found.next.or(stop), items: found.items })
    }
}

#[async_trait]
impl ApiKeyReads for MemoryStore {
    async fn find_api_key(&self, token: &TokenDigest) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.read().api_keys.values().find(|it| it.digest == *token).cloned())
    }

    async fn list_api_keys(&self, realm: RealmId, asked: PageRequest) -> Result<Page<ApiKey>, StoreError> {
        let state = self.read();
        let keys = state.api_keys.values().rev().filter(|it| it.realm_id == realm).cloned();
        Ok(page(keys, asked, |it| it.id.as_uuid()))
    }
}

#[async_trait]
impl KeyCheckReads for MemoryStore {
    async fn list_key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        let mut checks = self.read().key_checks.clone();
        checks.sort_by_key(|check| check.created_at);
        Ok(checks)
    }
}

impl State {
    fn person(&self, id: AccountId) -> Option<Person> {
        let account = self.account(id)?;
        Some(Person { realm: self.realms.get(&account.realm_id)?.clone(), factor: self.second_factor(id)?, account })
    }
}

#[async_trait]
impl PersonReads for MemoryStore {
    async fn find_asked_about(&self, key: &TokenDigest, login_key: &str) -> Result<Option<AskedAbout>, StoreError> {
        let state = self.read();
        let asked = state.api_keys.values().find(|it| it.digest == *key).and_then(|key| {
            let realm = state.realms.get(&key.realm_id)?.clone();
            let called = |it: &&Account| it.realm_id == realm.id && it.login.key() == login_key;
            let found = state.accounts.values().find(called).and_then(|it| state.person(it.id));
            Some(AskedAbout { key: key.clone(), realm, found: found.map(|person| (person.account, person.factor)) })
        });
        Ok(asked)
    }

    async fn find_challenged(&self, token: &TokenDigest) -> Result<Option<(Challenge, Person)>, StoreError> {
        let state = self.read();
        let challenge = state.challenges.values().find(|it| it.token_digest == *token);
        Ok(challenge.and_then(|challenge| Some((challenge.clone(), state.person(challenge.account_id)?))))
    }

    async fn find_signed_in(&self, token: &TokenDigest) -> Result<Option<(Session, Person)>, StoreError> {
        let state = self.read();
        let session = state.sessions.values().find(|it| it.token_digest == *token);
        Ok(session.and_then(|session| Some((session.clone(), state.person(session.account_id)?))))
    }
}
