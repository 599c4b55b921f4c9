//! What differs between the engines, and nothing else: how one is reached, how its connections are set up, how a unit of
//! work begins and ends, and how migrations keep out of each other's way. The tables' modules are written once, for all of
//! them.

mod health;
mod migration;
mod server;
mod sqlite;
mod sqlite_checkpoints;
mod sqlite_thread;
mod sqlite_writer;

use std::sync::Arc;

use crate::connection::{Reading, Writing};
use crate::database_url::Location;
use crate::{OpenError, StoreOptions};

pub(crate) use health::Health;
pub(crate) use sqlite::{WRITING, is_contention};
pub(crate) use sqlite_thread::FileThread;
pub(crate) use sqlite_writer::{Turn, Writer};

pub use migration::{migrate, schema_status};

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file on this machine.
    Sqlite,
    /// PostgreSQL, and what speaks its protocol.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

impl Engine {
    /// Whether it is a server, which several nodes can share.
    #[must_use]
    pub fn is_server(self) -> bool {
        self != Self::Sqlite
    }
}

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Connections {
    /// Those that read; what they are asked to write outside of a unit of work, SQLite's refuse.
    pub(crate) reading: Arc<Reading>,
    /// Those on which units of work run.
    pub(crate) writing: Writing,
}

impl Connections {
    pub(crate) async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        let server = match &options.url.location {
            Location::File(path) => return sqlite::open(path, options).await,
            Location::Server(server) => server,
        };
        let health = Health::default();
        let pool = server::Pool::serving(options, health.clone()).open(server).await?;
        let limit = options.statement_timeout + server::GRACE;
        Ok(Self {
            reading: Arc::new(Reading::new(pool.clone(), Some(limit), health.clone())),
            writing: Writing::AtOnce { pool, limit, health },
        })
    }

    /// Closes all of them, once what is under way has ended. The last process to close a file folds its write-ahead log
    /// into it.
    pub(crate) async fn close(&self) {
        if let Writing::InTurns(writer) = &self.writing {
            writer.close().await;
        }
        for pool in [self.reading.pool(), self.writing.pool()] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a database connection did not close");
            }
        }
    }
}
