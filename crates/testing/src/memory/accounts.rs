//! Realms and accounts.

use async_trait::async_trait;
use countersign_application::account::{Account, AccountStore, Login, PasswordHash, Role};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::{Realm, RealmSlug, RealmStore};
use countersign_application::second_factor::SecondFactorState;
use countersign_application::{AccountId, RealmId};
use countersign_core::Timestamp;

use super::State;

#[async_trait]
impl RealmStore for State {
    async fn insert(&mut self, realm: &Realm) -> Result<(), StoreError> {
        self.unique(self.realms.values().any(|other| other.slug == realm.slug), Conflict::RealmSlug)?;
        self.unique(self.realms.contains_key(&realm.id), Conflict::Other)?;
        self.realms.insert(realm.id, realm.clone());
        Ok(())
    }

    async fn find(&mut self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        Ok(self.realms.values().find(|realm| realm.slug == *slug).cloned())
    }

    async fn update(&mut self, realm: &Realm) -> Result<bool, StoreError> {
        let found = self.realms.get_mut(&realm.id).filter(|it| it.version == realm.version);
        let Some(kept) = found else { return Ok(false) };
        kept.issuer.clone_from(&realm.issuer);
        kept.policy = realm.policy.clone();
        kept.enforced_since = realm.enforced_since;
        kept.version += 1;
        Ok(true)
    }

    async fn mark_set_up(&mut self, realm: RealmId, _at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.realms.contains_key(&realm) && self.set_up.insert(realm))
    }

    async fn lock_owners(&mut self, _realm: RealmId) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl AccountStore for State {
    async fn insert(&mut self, account: &Account) -> Result<(), StoreError> {
        self.require_realm(account.realm_id)?;
        let same_login =
            |other: &Account| other.realm_id == account.realm_id && other.login.key() == account.login.key();
        self.unique(self.accounts.values().any(same_login), Conflict::Login)?;
        self.unique(self.accounts.contains_key(&account.id), Conflict::Other)?;
        self.accounts.insert(account.id, account.clone());
        self.second_factors.insert(account.id, SecondFactorState::new(account.id));
        Ok(())
    }

    async fn find_by_login(&mut self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        let found = self.accounts.values().find(|it| it.realm_id == realm && it.login.key() == login_key);
        Ok(found.and_then(|found| self.account(found.id)))
    }

    async fn is_any_in(&mut self, realm: RealmId) -> Result<bool, StoreError> {
        Ok(self.accounts.values().any(|account| account.realm_id == realm))
    }

    async fn has_owner_beside(&mut self, realm: RealmId, account: AccountId) -> Result<bool, StoreError> {
        let keeps = |it: &Account| it.role.administers_everyone() && it.disabled_at.is_none();
        Ok(self.accounts.values().any(|it| it.realm_id == realm && it.id != account && keeps(it)))
    }

    async fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.account(id))
    }

    async fn change_password(&mut self, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.password_hash = Some(hash.clone());
            account.password_version += 1;
        }
        Ok(())
    }

    async fn rehash_password(
        &mut self,
        id: AccountId,
        seen_version: i64,
        hash: &PasswordHash,
    ) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id).filter(|it| it.password_version == seen_version) {
            account.password_hash = Some(hash.clone());
        }
        Ok(())
    }

    async fn rename(&mut self, id: AccountId, login: &Login) -> Result<(), StoreError> {
        let Some(realm) = self.accounts.get(&id).map(|account| account.realm_id) else { return Ok(()) };
        let taken = |other: &Account| other.id != id && other.realm_id == realm && other.login.key() == login.key();
        self.unique(self.accounts.values().any(taken), Conflict::Login)?;
        if let Some(account) = self.accounts.get_mut(&id) {
            account.login = login.clone();
        }
        Ok(())
    }

    async fn set_role(&mut self, id: AccountId, role: Role) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.role = role;
        }
        Ok(())
    }

    async fn set_disabled(&mut self, id: AccountId, since: Option<Timestamp>) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.disabled_at = since;
        }
        Ok(())
    }

    async fn set_two_factor_required(&mut self, id: AccountId, required: Option<bool>) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.two_factor_required = required;
        }
        Ok(())
    }

    async fn set_password_change_required(&mut self, id: AccountId, required: bool) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.password_change_required = required;
        }
        Ok(())
    }

    async fn start_grace(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.grace_started_at.get_or_insert(at);
        }
        Ok(())
    }

    async fn record_sign_in(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(account) = self.accounts.get_mut(&id) {
            account.last_sign_in_at = Some(at);
        }
        Ok(())
    }

    async fn delete(&mut self, id: AccountId) -> Result<bool, StoreError> {
        self.second_factors.remove(&id);
        self.authenticators.retain(|_, it| it.account_id != id);
        self.remove_recovery_sets(|set| set.account_id == id);
        self.challenges.retain(|_, challenge| challenge.account_id != id);
        self.sessions.retain(|_, session| session.account_id != id);
        self.trusted_devices.retain(|_, device| device.account_id != id);
        self.attempts.retain(|_, row| row.attempts.account != Some(id));
        Ok(self.accounts.remove(&id).is_some())
    }
}
