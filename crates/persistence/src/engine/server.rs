//! What PostgreSQL and MySQL have in common: a pool of equal connections over the network.

use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::{self, Database, Pool as SqlxPool};
use url::Url;

use super::health::Health;
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
    pub(super) statement_timeout: Option<Duration>,
    /// The files that TLS needs.
    certificates: Vec<PathBuf>,
}

impl Pool {
    /// The pool of a store.
    pub(super) fn serving(options: &StoreOptions, health: Health) -> Self {
        Self {
            health,
            connections: options.connections.max(1),
            connect_timeout: options.connect_timeout,
            statement_timeout: Some(options.statement_timeout),
            certificates: certificates(&options.url),
        }
    }

    /// One connection, without a limit for its statements.
    pub(super) fn migrating(options: &StoreOptions) -> Self {
        Self { connections: 1, statement_timeout: None, ..Self::serving(options, Health::default()) }
    }

    /// How long a statement waits for a lock: less than it may take, so that contention is told from slowness.
    pub(super) fn lock_timeout(&self) -> Option<Duration> {
        self.statement_timeout.map(|limit| limit / 2)
    }

    /// How long a transaction may rest before the server ends it: a node that hangs must not keep a lock.
    pub(super) fn rest_timeout(&self) -> Option<Duration> {
        self.statement_timeout.map(|limit| limit * 2)
    }

    /// Connects once, and then makes the pool. The pool itself would try again until its time is over, and then no longer
    /// know why it failed.
    pub(super) async fn connect<D: Database>(
        &self,
        to: <D::Connection as sqlx::Connection>::Options,
        options: sqlx::pool::PoolOptions<D>,
    ) -> Result<SqlxPool<D>, OpenError> {
        use sqlx::Connection;
        for path in &self.certificates {
            // The library would report one that is missing as a server that is not reached.
            File::open(path).map_err(|source| OpenError::Certificate { path: path.clone(), source })?;
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

/// The files that a URL names for TLS. The library takes the content of one as well.
fn certificates(url: &str) -> Vec<PathBuf> {
    const NAMES: [&str; 6] = ["sslrootcert", "sslcert", "sslkey", "ssl-ca", "ssl-cert", "ssl-key"];
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    url.query_pairs()
        .filter(|(name, value)| NAMES.contains(&&**name) && !value.trim_start().starts_with("-----BEGIN"))
        .map(|(_, value)| PathBuf::from(value.into_owned()))
        .collect()
}
