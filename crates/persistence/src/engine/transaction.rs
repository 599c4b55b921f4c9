//! Units of work on each engine: in turns on SQLite, at once on a server.

use std::time::Duration;

use async_trait::async_trait;
use countersign_application::ports::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TransactionTrait,
};

use super::health::Health;
use super::sqlite_writer::{Turn, Writer};
use crate::faults::fault;
use crate::timed::{Timed, to_its_end};

/// Where units of work run.
#[derive(Clone, Debug)]
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

/// Begins a transaction. Where the request is given up, a whole transaction is dropped and never half a beginning, which
/// the library would not know to end.
async fn begin(pool: &DatabaseConnection, limit: Duration) -> Result<DatabaseTransaction, DbErr> {
    let pool = pool.clone();
    to_its_end(limit, async move { pool.begin().await }).await?
}

impl Writing {
    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Timed<Transaction>, StoreError> {
        match self {
            Self::InTurns(writer) => Ok(Timed::new(Transaction::Turn(writer.begin().await?), None)),
            Self::AtOnce { pool, limit, health } => {
                let begun = match begin(pool, *limit).await {
                    Err(error) if health.is_broken_by(&error) => begin(pool, *limit).await,
                    begun => begun,
                };
                Ok(Timed::new(Transaction::OfServer(begun.map_err(fault)?), Some(*limit)))
            }
        }
    }

    /// Waits for the unit of work that is under way to end, where there is only one at a time.
    pub(crate) async fn close(&self) {
        if let Self::InTurns(writer) = self {
            writer.close().await;
        }
    }

    /// The connections, past all units of work.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        match self {
            Self::InTurns(writer) => writer.pool(),
            Self::AtOnce { pool, .. } => pool,
        }
    }
}

/// One transaction. Dropped without commit, it is rolled back.
pub(crate) enum Transaction {
    /// A turn on SQLite's one writing connection.
    Turn(Turn),
    /// A transaction on a connection of its own.
    OfServer(DatabaseTransaction),
}

impl Timed<Transaction> {
    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let Some((transaction, limit)) = self.into_parts() else {
            return Err(StoreError::Unavailable("a statement of this unit of work has not ended".into()));
        };
        match (transaction, limit) {
            (Transaction::Turn(turn), _) => turn.commit().await,
            // After the limit it is not known whether it was made durable, and it is not acknowledged.
            (Transaction::OfServer(transaction), Some(limit)) => {
                to_its_end(limit, transaction.commit()).await.and_then(|committed| committed).map_err(fault)
            }
            (Transaction::OfServer(transaction), None) => transaction.commit().await.map_err(fault),
        }
    }
}

impl Transaction {
    fn connection(&self) -> &DatabaseTransaction {
        match self {
            Self::Turn(turn) => turn.connection(),
            Self::OfServer(transaction) => transaction,
        }
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.connection().execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connection().execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.connection().query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.connection().query_all_raw(statement).await
    }
}
