//! Database servers: a pool of equal connections over the network, and how each is set up.

use std::fmt::Write;
use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sea_orm::sqlx::{self, ConnectOptions, Database, Executor, Pool as SqlxPool};
use sea_orm::{DatabaseConnection, SqlxMySqlConnector, SqlxPostgresConnector};
use secrecy::ExposeSecret;

use super::Engine;
use super::health::Health;
use crate::database_url::Server;
use crate::{OpenError, StoreOptions};

/// How much longer than the server this side waits for the end of a statement: the server's own limit comes first, unless
/// the network swallowed it.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// Connections end after this time, so that none stays for ever with a server that is the primary no more.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How a pool of connections is made.
pub(super) struct Pool {
    connections: u32,
    health: Health,
    connect_timeout: Duration,
    /// How long one statement may take; `None` for migrations, which take as long as the tables are large.
    statement_timeout: Option<Duration>,
}

impl Pool {
    /// The pool of a store.
    pub(super) fn serving(options: &StoreOptions, health: Health) -> Self {
        Self {
            health,
            connections: options.connections.max(1),
            connect_timeout: options.connect_timeout,
            statement_timeout: Some(options.statement_timeout),
        }
    }

    /// One connection, without a limit for its statements.
    pub(super) fn migrating(options: &StoreOptions) -> Self {
        Self { connections: 1, statement_timeout: None, ..Self::serving(options, Health::default()) }
    }

    pub(super) async fn open(&self, server: &Server) -> Result<DatabaseConnection, OpenError> {
        let certificates = server.tls_files();
        let malformed = |_| OpenError::Url("it is malformed");
        // Statements hold nothing secret, but what is bound to them may: they are not logged.
        if server.engine == Engine::Postgres {
            let mut to = PgConnectOptions::from_url(&server.url).map_err(malformed)?;
            if let Some(password) = &server.password {
                to = to.password(password.expose_secret());
            }
            if server.tls_mode().is_none() {
                to = to.ssl_mode(if server.is_local() { PgSslMode::Prefer } else { PgSslMode::VerifyFull });
            }
            let to = to.application_name("countersign").disable_statement_logging();
            let set_up = self.set_up_of_postgres();
            let options = PgPoolOptions::new().after_connect(move |connection, _| {
                let set_up = set_up.clone();
                Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(set_up)).await.map(drop) })
            });
            let pool = self.connect(to, options, certificates).await?;
            Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
        } else {
            let mut to = MySqlConnectOptions::from_url(&server.url).map_err(malformed)?;
            if let Some(password) = &server.password {
                to = to.password(password.expose_secret());
            }
            if server.tls_mode().is_none() {
                to =
                    to.ssl_mode(if server.is_local() { MySqlSslMode::Preferred } else { MySqlSslMode::VerifyIdentity });
            }
            let to = to.disable_statement_logging();
            let set_up = self.set_up_of_mysql();
            let options = MySqlPoolOptions::new().after_connect(move |connection, _| {
                let set_up = set_up.clone();
                Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(set_up)).await.map(drop) })
            });
            Ok(SqlxMySqlConnector::from_sqlx_mysql_pool(self.connect(to, options, certificates).await?))
        }
    }

    /// How long a statement waits for a lock: less than it may take, so that contention is told from slowness.
    fn lock_timeout(&self) -> Option<Duration> {
        self.statement_timeout.map(|limit| limit / 2)
    }

    /// How long a transaction may rest before the server ends it: a node that hangs must not keep a lock.
    fn rest_timeout(&self) -> Option<Duration> {
        self.statement_timeout.map(|limit| limit * 2)
    }

    /// What every connection to PostgreSQL begins with. READ COMMITTED by name: a statement that waited for a row's lock
    /// decides by what the last holder committed, whatever the server's default is.
    fn set_up_of_postgres(&self) -> String {
        let mut sql =
            String::from("SET default_transaction_isolation = 'read committed'; SET client_min_messages = error");
        for (setting, limit) in [
            ("statement_timeout", self.statement_timeout),
            ("lock_timeout", self.lock_timeout()),
            ("idle_in_transaction_session_timeout", self.rest_timeout()),
        ] {
            let _ = write!(sql, "; SET {setting} = {}", limit.unwrap_or(Duration::ZERO).as_millis());
        }
        sql
    }

    /// What every connection to MySQL or MariaDB begins with. `/*M! … */` is read by MariaDB alone, `/*!80000 … */` by
    /// MySQL of that version on, and not by MariaDB.
    ///
    /// - READ COMMITTED: the default, REPEATABLE READ, would show what was true when the unit of work began, after it had
    ///   waited for someone else's to end.
    /// - Strict: a value that is too long is refused, never cut.
    /// - On a Galera cluster a read waits until this node has applied what the others had committed before it
    ///   (`wsrep_sync_wait`): a session that began on one node is there on the next. Alone, the setting does nothing.
    fn set_up_of_mysql(&self) -> String {
        let mut sql = String::from(
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
             SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES'), foreign_key_checks = 1 \
             /*M! , wsrep_sync_wait = 1 */",
        );
        if let (Some(statement), Some(lock), Some(rest)) =
            (self.statement_timeout, self.lock_timeout(), self.rest_timeout())
        {
            let (lock, rest) = (lock.as_secs().max(1), rest.as_secs().max(1));
            let _ = write!(
                sql,
                ", innodb_lock_wait_timeout = {lock} /*M! , max_statement_time = {}, idle_transaction_timeout = {rest} */ \
                 /*!80000 , max_execution_time = {} */",
                statement.as_secs_f64(),
                statement.as_millis(),
            );
        }
        sql
    }

    /// Connects once, and then makes the pool. The pool itself would try again until its time is over, and then no longer
    /// know why it failed.
    async fn connect<D: Database>(
        &self,
        to: <D::Connection as sqlx::Connection>::Options,
        options: sqlx::pool::PoolOptions<D>,
        certificates: Vec<PathBuf>,
    ) -> Result<SqlxPool<D>, OpenError> {
        use sqlx::Connection;
        for path in certificates {
            // The library would report one that is missing as a server that is not reached.
            File::open(&path).map_err(|source| OpenError::Certificate { path, source })?;
        }
        let first = within(self.connect_timeout, D::Connection::connect_with(&to)).await?;
        let _ = first.close().await;
        let health = self.health.clone();
        let pool = options
            .max_connections(self.connections)
            .acquire_timeout(self.connect_timeout)
            .max_lifetime(LIFETIME)
            .test_before_acquire(false)
            .before_acquire(move |connection, about| {
                let doubted = health.doubts(about.idle_for);
                Box::pin(async move {
                    if doubted {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        within(self.connect_timeout, pool.connect_with(to)).await
    }
}

async fn within<T>(limit: Duration, connecting: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, OpenError> {
    match tokio::time::timeout(limit, connecting).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(OpenError::Unreachable(format!("it did not answer within {} s", limit.as_secs()).into())),
    }
}
