//! Units of work.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use countersign_application::account::AccountStore;
use countersign_application::api_key::ApiKeyStore;
use countersign_application::appearance::AppearanceStore;
use countersign_application::audit::AuditLog;
use countersign_application::housekeeping::HousekeepingStore;
use countersign_application::idempotency::IdempotencyStore;
use countersign_application::ports::{KeyCheckStore, StoreError, UnitOfWork};
use countersign_application::realm::RealmStore;
use countersign_application::recovery::RecoveryCodeStore;
use countersign_application::second_factor::{AuthenticatorStore, SecondFactorStore};
use countersign_application::session::SessionStore;
use countersign_application::sign_in::ChallengeStore;
use countersign_application::trusted_device::TrustedDeviceStore;
use countersign_application::verification::AttemptStore;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

use crate::engine::Transaction;
use crate::timed::Timed;

/// One transaction. It plays every role itself; the tables' modules say how. Dropped without commit, it is rolled back.
///
/// After a statement that failed it refuses all others, and the commit. The engines differ in what is left then: SQLite and
/// MySQL go on without the statement, PostgreSQL answers the commit with a rollback that looks like success, and after a
/// deadlock MySQL has undone what came before and would run the rest by itself.
pub(crate) struct SeaUnitOfWork {
    transaction: Timed<Transaction>,
    failed: AtomicBool,
}

impl SeaUnitOfWork {
    pub(crate) fn new(transaction: Timed<Transaction>) -> Self {
        Self { transaction, failed: AtomicBool::new(false) }
    }

    /// Where its statements run: itself, so that none of them fails unnoticed.
    pub(crate) fn connection(&self) -> &Self {
        self
    }

    fn statements(&self) -> Result<&Timed<Transaction>, DbErr> {
        if self.failed.load(Ordering::Acquire) {
            return Err(DbErr::Exec(RuntimeErr::Internal(FAILED.to_owned())));
        }
        Ok(&self.transaction)
    }

    fn noticed<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if result.is_err() {
            self.failed.store(true, Ordering::Release);
        }
        result
    }
}

const FAILED: &str = "a statement of this unit of work has failed before";

#[async_trait]
impl ConnectionTrait for SeaUnitOfWork {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.noticed(self.statements()?.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noticed(self.statements()?.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noticed(self.statements()?.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noticed(self.statements()?.query_all_raw(statement).await)
    }
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
    fn realms(&mut self) -> &mut dyn RealmStore {
        self
    }

    fn appearances(&mut self) -> &mut dyn AppearanceStore {
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

    fn idempotency(&mut self) -> &mut dyn IdempotencyStore {
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
        if self.failed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable(FAILED.into()));
        }
        self.transaction.commit().await
    }
}
