//! The one guarded connection: every statement of the store goes over it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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
use countersign_application::verification::{AttemptStore, KnownPlace};
use countersign_application::{AccountId, Timestamp};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, TransactionTrait,
};

use crate::engine::{Health, Turn, Writer};
use crate::errors::{Unmade, store_error};
use crate::many::Changes;
use crate::tables::attempts;

/// A transaction or a pool of the library, and what guards it.
///
/// On a server, each statement runs in a task of its own. A request that is given up in the middle of a statement does
/// not end it: the MySQL driver would leave the rest of the answer unread and take it for the answer to the next
/// statement, which decides something else. And a statement is not waited for longer than a limit: a server that the
/// network no longer reaches says nothing until the operating system gives up, which takes it many minutes.
pub(crate) struct Connection<C> {
    library: Arc<C>,
    /// `None` where there is no network and the driver minds who is waiting: on SQLite.
    limit: Option<Duration>,
    after_failure: AfterFailure,
    /// On SQLite, the turn that a unit of work has on the connection that writes.
    turn: Option<Turn>,
}

/// Reads outside of units of work.
pub(crate) type Reading = Connection<DatabaseConnection>;

/// One transaction. It plays every role itself; the tables' modules say how. Dropped without commit, it is rolled back.
pub(crate) type SeaUnitOfWork = Connection<DatabaseTransaction>;

/// What becomes of a connection when one of its statements failed.
enum AfterFailure {
    /// A read whose connection turns out to be gone is tried once more, on one that is alive.
    TryAgain(Health),
    /// All others are refused, and the commit. The engines differ in what is left then: SQLite and MySQL go on without
    /// the statement, PostgreSQL answers the commit with a rollback that looks like success, and after a deadlock MySQL
    /// has undone what came before and would run the rest by itself.
    Refuse(AtomicBool),
}

const FAILED: &str = "a statement of this unit of work has failed before";

impl Reading {
    pub(crate) fn new(pool: DatabaseConnection, limit: Option<Duration>, health: Health) -> Self {
        Self { library: Arc::new(pool), limit, after_failure: AfterFailure::TryAgain(health), turn: None }
    }

    /// The connections, past all guards.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.library
    }
}

impl SeaUnitOfWork {
    fn over(transaction: Arc<DatabaseTransaction>) -> Self {
        let after_failure = AfterFailure::Refuse(AtomicBool::new(false));
        Self { library: transaction, limit: None, after_failure, turn: None }
    }

    fn of_turn(turn: Turn) -> Self {
        let unit = Self::over(Arc::clone(turn.connection()));
        Self { turn: Some(turn), ..unit }
    }
}

impl<C: Send + Sync + 'static> Connection<C> {
    /// Runs a statement, unless one before it has failed.
    async fn run<S, T, W>(&self, statement: S, work: &(impl Fn(Arc<C>, S) -> W + Sync)) -> Result<T, DbErr>
    where
        S: Send,
        T: Send + 'static,
        W: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        if self.has_failed() {
            return Err(DbErr::Exec(RuntimeErr::Internal(FAILED.to_owned())));
        }
        let work = work(Arc::clone(&self.library), statement);
        let result = if self.limit.is_none() { work.await } else { to_its_end(self.limit, work).await };
        if let (Err(_), AfterFailure::Refuse(failed)) = (&result, &self.after_failure) {
            failed.store(true, Ordering::Release);
        }
        result
    }

    /// Runs a statement that reads.
    async fn ask<T, W>(
        &self,
        statement: Statement,
        work: impl Fn(Arc<C>, Statement) -> W + Send + Sync,
    ) -> Result<T, DbErr>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let AfterFailure::TryAgain(health) = &self.after_failure else { return self.run(statement, &work).await };
        match self.run(statement.clone(), &work).await {
            Err(error) if health.is_broken_by(&error) => self.run(statement, &work).await,
            result => result,
        }
    }

    fn has_failed(&self) -> bool {
        matches!(&self.after_failure, AfterFailure::Refuse(failed) if failed.load(Ordering::Acquire))
    }
}

#[async_trait]
impl<C: ConnectionTrait + Send + Sync + 'static> ConnectionTrait for Connection<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.library.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(statement, &|library, it| async move { library.execute_raw(it).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(sql.to_owned(), &|library, sql| async move { library.execute_unprepared(&sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(statement, |library, it| async move { library.query_one_raw(it).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(statement, |library, it| async move { library.query_all_raw(it).await }).await
    }
}

/// Runs something that must not be given up half way, even when the one who waits for it is, and waits for it only so
/// long.
pub(crate) async fn to_its_end<T: Send + 'static>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, DbErr>> + Send + 'static,
) -> Result<T, DbErr> {
    let internal = |what: String| DbErr::Conn(RuntimeErr::Internal(what));
    let task = tokio::spawn(work);
    let ended = match limit {
        None => task.await,
        Some(limit) => tokio::time::timeout(limit, task)
            .await
            .map_err(|_| internal(format!("the database did not answer within {} s", limit.as_secs())))?,
    };
    ended.unwrap_or_else(|_| Err(internal("a statement's task ended early".to_owned())))
}

/// The stores that a unit of work hands out: itself.
macro_rules! plays {
    ($($role:ident: $store:ident),+ $(,)?) => {$(
        fn $role(&mut self) -> &mut dyn $store {
            self
        }
    )+};
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
    plays! {
        realms: RealmStore,
        appearances: AppearanceStore,
        accounts: AccountStore,
        second_factors: SecondFactorStore,
        authenticators: AuthenticatorStore,
        recovery_codes: RecoveryCodeStore,
        challenges: ChallengeStore,
        sessions: SessionStore,
        trusted_devices: TrustedDeviceStore,
        attempts: AttemptStore,
        api_keys: ApiKeyStore,
        idempotency: IdempotencyStore,
        key_checks: KeyCheckStore,
        master_keys: MasterKeyStore,
        audit_log: AuditLog,
        housekeeping: HousekeepingStore,
        restoration: RestorationStore,
    }

    async fn note_known_place(
        &mut self,
        account: AccountId,
        place: &KnownPlace,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut changes = Changes::new(self.get_database_backend());
        attempts::note_known_places(&mut changes, &[(account, place, at)]);
        changes.make(self).await.map(drop)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.has_failed() {
            return Err(StoreError::Unavailable(FAILED.into()));
        }
        if let Some(turn) = self.turn {
            return turn.commit().await;
        }
        let Some(transaction) = Arc::into_inner(self.library) else {
            return Err(StoreError::Unavailable("a statement of this unit of work has not ended".into()));
        };
        // After the limit it is not known whether it was made durable, and it is not acknowledged.
        to_its_end(self.limit, transaction.commit()).await.map_err(store_error)
    }
}

/// Where units of work run.
#[derive(Clone)]
pub(crate) enum Writing {
    /// One after the other on the one connection that writes: SQLite.
    InTurns(Writer),
    /// Each on a connection of the pool: a server, which keeps them apart.
    AtOnce {
        pool: DatabaseConnection,
        /// How long this side waits for a statement.
        limit: Duration,
        health: Health,
    },
}

impl Writing {
    /// Begins a transaction. Where the request is given up, a whole transaction is dropped and never half a beginning,
    /// which the library would not know to end.
    pub(crate) async fn begin(&self) -> Result<SeaUnitOfWork, StoreError> {
        match self {
            Self::InTurns(writer) => Ok(SeaUnitOfWork::of_turn(writer.begin().await?)),
            Self::AtOnce { pool, limit, health } => {
                let begin = || {
                    let pool = pool.clone();
                    to_its_end(Some(*limit), async move { pool.begin().await })
                };
                let begun = match begin().await {
                    Err(error) if health.is_broken_by(&error) => begin().await,
                    begun => begun,
                };
                Ok(Connection { limit: Some(*limit), ..SeaUnitOfWork::over(Arc::new(begun.map_err(store_error)?)) })
            }
        }
    }

    /// On a server, runs a statement that is a whole unit of work: it makes all of its changes, or fails and makes none.
    pub(crate) async fn run_whole(
        pool: &DatabaseConnection,
        limit: Duration,
        health: &Health,
        work: Statement,
    ) -> Result<(), Unmade> {
        let pool = pool.clone();
        let run = to_its_end(Some(limit), async move { pool.query_one_raw(work).await });
        run.await.map(drop).map_err(|error| {
            health.is_broken_by(&error);
            Unmade::by(error)
        })
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.pool().get_database_backend()
    }

    /// The connections, past all units of work.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        match self {
            Self::InTurns(writer) => writer.pool(),
            Self::AtOnce { pool, .. } => pool,
        }
    }
}
