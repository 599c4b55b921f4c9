//! Second factors and authenticators.

use async_trait::async_trait;
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, AuthenticatorStore, SecondFactor, SecondFactorState,
    SecondFactorStore,
};
use countersign_application::{AccountId, AuthenticatorId};
use countersign_core::{Counters, Timestamp};

use super::State;

#[async_trait]
impl SecondFactorStore for State {
    async fn lock(&mut self, account: AccountId) -> Result<Option<SecondFactorState>, StoreError> {
        Ok(self.second_factors.get_mut(&account).map(|state| {
            state.revision += 1;
            *state
        }))
    }

    async fn load(&mut self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        Ok(self.second_factor(account))
    }

    async fn set_counters(&mut self, account: AccountId, seen: i64, counters: &Counters) -> Result<bool, StoreError> {
        let seen = self.second_factors.get_mut(&account).filter(|state| state.revision == seen);
        let Some(state) = seen else { return Ok(false) };
        state.revision += 1;
        state.counters = *counters;
        Ok(true)
    }

    async fn set_enabled(&mut self, account: AccountId, since: Option<Timestamp>) -> Result<(), StoreError> {
        if let Some(state) = self.second_factors.get_mut(&account) {
            state.enabled_at = since;
            state.version += 1;
        }
        Ok(())
    }
}

#[async_trait]
impl AuthenticatorStore for State {
    async fn insert(&mut self, authenticator: &Authenticator) -> Result<(), StoreError> {
        self.require_account(authenticator.account_id)?;
        self.require_key(&authenticator.sealed_secret.key_id)?;
        self.unique(self.authenticators.contains_key(&authenticator.id), Conflict::Other)?;
        self.authenticators.insert(authenticator.id, authenticator.clone());
        Ok(())
    }

    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let claim = self
            .authenticators
            .get_mut(&id)
            .filter(|it| it.account_id == account && it.is_active() && it.last_step.is_none_or(|last| last < step));
        let Some(authenticator) = claim else { return Ok(false) };
        authenticator.last_step = Some(step);
        authenticator.last_used_at = Some(at);
        Ok(true)
    }

    async fn activate(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let claim = self.authenticators.get_mut(&id).filter(|it| it.account_id == account && it.is_pending_at(at));
        let Some(authenticator) = claim else { return Ok(false) };
        authenticator.status = AuthenticatorStatus::Active;
        authenticator.last_step = Some(step);
        authenticator.expires_at = None;
        authenticator.replaces = None;
        authenticator.confirmed_at = Some(at);
        authenticator.last_used_at = Some(at);
        Ok(true)
    }

    async fn rename(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<bool, StoreError> {
        let found = self.authenticators.get_mut(&id).filter(|it| it.account_id == account);
        let Some(authenticator) = found else { return Ok(false) };
        authenticator.name = name.clone();
        Ok(true)
    }

    async fn disable_all(&mut self, account: AccountId) -> Result<u64, StoreError> {
        let mut disabled = 0;
        for authenticator in self.authenticators.values_mut().filter(|it| it.account_id == account && it.is_active()) {
            authenticator.status = AuthenticatorStatus::Disabled;
            disabled += 1;
        }
        Ok(disabled)
    }

    async fn remove(&mut self, account: AccountId, id: AuthenticatorId) -> Result<bool, StoreError> {
        Ok(self.remove_authenticators(|it| it.account_id == account && it.id == id) > 0)
    }

    async fn remove_pending(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.remove_authenticators(|it| it.account_id == account && it.status == AuthenticatorStatus::Pending);
        self.remove_recovery_sets(|set| set.account_id == account && set.status == RecoverySetStatus::Pending);
        Ok(())
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.remove_authenticators(|it| it.account_id == account);
        Ok(())
    }
}
