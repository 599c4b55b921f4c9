//! What differs between the engines, and nothing else: how one is reached, how its connections are set up, how a unit of
//! work begins and ends, what its errors mean, and how migrations keep out of each other's way. The tables' modules are
//! written once, for all of them.

mod errors;
mod health;
mod migration;
mod mysql;
mod postgres;
mod reading;
mod server;
mod sqlite;
mod sqlite_writer;
mod transaction;

use health::Health;

use crate::timed::Timed;
use crate::{OpenError, Place, StoreOptions};

pub(crate) use errors::is_contention;
pub(crate) use migration::migrate;
pub(crate) use reading::Reading;
pub(crate) use sqlite::WRITING;
pub(crate) use transaction::{Transaction, Writing};

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
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    /// Those that read; what they are asked to write outside of a unit of work, SQLite's refuse.
    pub(crate) reading: Reading,
    /// Those on which units of work run.
    pub(crate) writing: Writing,
}

/// Opens a database.
pub(crate) async fn open(options: &StoreOptions) -> Result<Connections, OpenError> {
    let place = Place::parse(&options.url)?;
    let health = Health::default();
    let serving = server::Pool::serving(options, health.clone());
    let pool = match place.engine() {
        Engine::Sqlite => return sqlite::open(options).await,
        Engine::Postgres => postgres::open(&options.url, &serving).await?,
        Engine::MySql => mysql::open(&options.url, &serving).await?,
    };
    let limit = options.statement_timeout + server::GRACE;
    Ok(Connections {
        reading: Reading::new(Timed::new(pool.clone(), Some(limit)), health.clone()),
        writing: Writing::AtOnce { pool, limit, health },
    })
}
