use async_trait::async_trait;
use countersign_application::account::AccountStore;
use countersign_application::api_key::ApiKeyStore;
use countersign_application::appearance::AppearanceStore;
use countersign_application::audit::AuditLog;
use countersign_application::housekeeping::HousekeepingStore;
use countersign_application::idempotency::IdempotencyStore;
use countersign_application::master_key::MasterKeyStore;
use countersign_application::ports::{KeyCheckStore, StoreError, UnitOfWork};
use countersign_application::realm::RealmStore;
use countersign_application::recovery::RecoveryCodeStore;
use countersign_application::restoration::RestorationStore;
use countersign_application::second_factor::{AuthenticatorStore, SecondFactorStore};
use countersign_application::session::SessionStore;
use countersign_application::sign_in::ChallengeStore;
use countersign_application::trusted_device::TrustedDeviceStore;
use countersign_application::verification::AttemptStore;
use tokio::sync::OwnedMutexGuard;

use super::{MemoryStore, State};

/// A unit of work of a [`MemoryStore`]: a copy of everything, and the turn to replace it.
pub(crate) struct MemoryUnitOfWork {
    pub(crate) state: State,
    store: MemoryStore,
    turn: Option<OwnedMutexGuard<()>>,
}

impl MemoryUnitOfWork {
    pub(super) fn new(store: MemoryStore, turn: OwnedMutexGuard<()>) -> Self {
        let state = (*store.committed()).clone();
        Self { state, store, turn: Some(turn) }
    }

    /// Lets others take their turns, and begins again after them on what they committed. What this unit of work did
    /// before is lost: for the broken stores only, as their first act.
    pub(crate) async fn let_others_pass(&mut self) {
        self.turn = None;
        tokio::task::yield_now().await;
        *self = self.store.begin_unit().await;
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnitOfWork {
    fn realms(&mut self) -> &mut dyn RealmStore {
        &mut self.state
    }
    fn appearances(&mut self) -> &mut dyn AppearanceStore {
        &mut self.state
    }
    fn accounts(&mut self) -> &mut dyn AccountStore {
        &mut self.state
    }
    fn second_factors(&mut self) -> &mut dyn SecondFactorStore {
        &mut self.state
    }
    fn authenticators(&mut self) -> &mut dyn AuthenticatorStore {
        &mut self.state
    }
    fn recovery_codes(&mut self) -> &mut dyn RecoveryCodeStore {
        &mut self.state
    }
    fn challenges(&mut self) -> &mut dyn ChallengeStore {
        &mut self.state
    }
    fn sessions(&mut self) -> &mut dyn SessionStore {
        &mut self.state
    }
    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceStore {
        &mut self.state
    }
    fn attempts(&mut self) -> &mut dyn AttemptStore {
        &mut self.state
    }
    fn api_keys(&mut self) -> &mut dyn ApiKeyStore {
        &mut self.state
    }
    fn idempotency(&mut self) -> &mut dyn IdempotencyStore {
        &mut self.state
    }
    fn key_checks(&mut self) -> &mut dyn KeyCheckStore {
        &mut self.state
    }
    fn master_keys(&mut self) -> &mut dyn MasterKeyStore {
        &mut self.state
    }
    fn audit_log(&mut self) -> &mut dyn AuditLog {
        &mut self.state
    }
    fn housekeeping(&mut self) -> &mut dyn HousekeepingStore {
        &mut self.state
    }
    fn restoration(&mut self) -> &mut dyn RestorationStore {
        &mut self.state
    }
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { state, store, turn } = *self;
        if state.failed {
            return Err(StoreError::Unavailable("an act of this unit of work has failed before".into()));
        }
        store.replace(state);
        drop(turn);
        Ok(())
    }
}
