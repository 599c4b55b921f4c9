//! Units of work.

use async_trait::async_trait;
use countersign_application::ports::{
    AccountStore, ApiKeyStore, AttemptStore, AuditLog, AuthenticatorStore, ChallengeStore, HousekeepingStore,
    KeyCheckStore, RealmStore, RecoveryCodeStore, SecondFactorStore, SessionStore, StoreError, TrustedDeviceStore,
    UnitOfWork,
};
use sea_orm::DatabaseTransaction;

use crate::writer::Turn;

/// One turn on the writing connection. It plays every role itself; the tables' modules say how. Dropped without commit, it
/// is rolled back before the next one begins.
pub(crate) struct SeaUnitOfWork {
    turn: Turn,
}

impl SeaUnitOfWork {
    pub(crate) fn new(turn: Turn) -> Self {
        Self { turn }
    }

    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        self.turn.connection()
    }
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
    fn realms(&mut self) -> &mut dyn RealmStore {
        self
    }

    fn accounts(&mut self) -> &mut dyn AccountStore {
        self
    }

    fn second_factors(&mut self) -> &mut dyn SecondFactorStore {
        self
    }

    fn authenticators(&mut self) -> &mut dyn AuthenticatorStore {
        self
    }

    fn recovery_codes(&mut self) -> &mut dyn RecoveryCodeStore {
        self
    }

    fn challenges(&mut self) -> &mut dyn ChallengeStore {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionStore {
        self
    }

    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceStore {
        self
    }

    fn attempts(&mut self) -> &mut dyn AttemptStore {
        self
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyStore {
        self
    }

    fn key_checks(&mut self) -> &mut dyn KeyCheckStore {
        self
    }

    fn audit_log(&mut self) -> &mut dyn AuditLog {
        self
    }

    fn housekeeping(&mut self) -> &mut dyn HousekeepingStore {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.turn.commit().await
    }
}
