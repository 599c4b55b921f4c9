//! The store, and how it is opened.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_application::api_key::ApiKey;
use countersign_application::ports::{Store, StoreError, UnitOfWork};
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::verification::{Claim, Verdict};
use countersign_core::Timestamp;
use countersign_migrations::{SchemaStatus, has_table};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement, TryGetable};

use crate::claims::Settling;
use crate::connection::{Reading, SeaUnitOfWork, Writing};
use crate::engine::Connections;
use crate::file_copy::UNRESTORED;
use crate::lane::Lanes;
use crate::probe::Probe;
use crate::statements::exists;
use crate::tables::people::Finding;
use crate::tables::realm;
use crate::{DatabaseUrl, OpenError, copy, login_keys};

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Where the database is, and what opens it.
    pub url: DatabaseUrl,
    /// Whether to make the database where it is missing; without it a missing one is an error. A server's database has to
    /// be there already.
    pub create: bool,
    /// How many connections there may be at once: to a server in all, to a file for reading beside the one that writes.
    pub connections: u32,
    /// How long it may take to get a connection to a server, a new one or one that is in use.
    pub connect_timeout: Duration,
    /// How long a server may work on one statement.
    pub statement_timeout: Duration,
}

impl StoreOptions {
    /// As many connections as are of use on a small machine.
    pub const CONNECTIONS: u32 = 4;
    /// As many connections to a server as are of use to one node.
    pub const SERVER_CONNECTIONS: u32 = 16;
    /// Long enough for a handshake over a slow network, short enough to be waited for.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// No statement of ours takes a hundredth of it.
    pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

    /// Opens what is there, with the usual number of connections.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            create: false,
            connections: if url.engine().is_server() { Self::SERVER_CONNECTIONS } else { Self::CONNECTIONS },
            connect_timeout: Self::CONNECT_TIMEOUT,
            statement_timeout: Self::STATEMENT_TIMEOUT,
            url,
        }
    }

    /// Makes the database where it is missing.
    #[must_use]
    pub fn creating(self) -> Self {
        Self { create: true, ..self }
    }
}

/// The store in an SQL database.
///
/// On SQLite, reads go over connections that cannot write, and units of work take their turn on the one connection that
/// writes; those that wait for it share a commit. On a server, reads and units of work share the connections of a pool,
/// and the server keeps them apart. Who waits too long for another gets [`StoreError::Contention`].
#[derive(Clone)]
pub struct SeaStore {
    connections: Connections,
    lanes: AllLanes,
    probe: Arc<Probe>,
}

/// Where those who ask often wait, and are served together.
#[derive(Clone)]
pub(crate) struct AllLanes {
    claims: Lanes<Settling>,
    pub(crate) asked_about: Lanes<Finding<ApiKey>>,
    pub(crate) challenged: Lanes<Finding<Challenge>>,
    pub(crate) signed_in: Lanes<Finding<Session>>,
}

impl AllLanes {
    fn before(connections: &Connections) -> Self {
        // A file has one thread for this. More lanes than this to a server make smaller batches and no more of them.
        let lanes = if matches!(connections.writing, Writing::InTurns(_)) { 1 } else { 3 };
        Self {
            claims: Lanes::new(Settling::new(connections.writing.clone()), lanes),
            asked_about: Lanes::new(Finding::over(connections), lanes),
            challenged: Lanes::new(Finding::over(connections), lanes),
            signed_in: Lanes::new(Finding::over(connections), lanes),
        }
    }
}

impl std::fmt::Debug for SeaStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeaStore")
    }
}

impl SeaStore {
    /// Opens a store. It may be empty or have an older schema: [`Self::schema_status`] tells.
    ///
    /// # Errors
    /// There is no such file and none was to be made, the server is not reached or does not let us in,
    /// it is no database, or a copy into it has not finished.
    pub async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        let connections = Connections::open(options).await?;
        let store = Self { lanes: AllLanes::before(&connections), probe: Arc::default(), connections };
        match store.refusal().await {
            Ok(None) => Ok(store),
            refused => {
                store.close().await;
                Err(refused.map_or_else(OpenError::from, |refusal| refusal.unwrap_or(OpenError::UnfinishedCopy)))
            }
        }
    }

    /// Why what is in the database must not be used as it is.
    async fn refusal(&self) -> Result<Option<OpenError>, DbErr> {
        let database = self.reading().pool();
        if copy::is_unfinished(database).await? {
            return Ok(Some(OpenError::UnfinishedCopy));
        }
        Ok(has_table(database, UNRESTORED).await?.then_some(OpenError::Unrestored))
    }

    /// How the schema compares with this program's. Changes nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn schema_status(&self) -> Result<SchemaStatus, OpenError> {
        Ok(SchemaStatus::of(self.reading().pool()).await?)
    }

    /// Which engine it is, and of which version, as it says itself.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn server_version(&self) -> Result<String, OpenError> {
        let (name, ask) = match self.reading().get_database_backend() {
            DbBackend::Postgres => ("PostgreSQL", "SHOW server_version"),
            DbBackend::MySql => ("MySQL", "SELECT VERSION()"),
            _ => ("SQLite", "SELECT sqlite_version()"),
        };
        let version: String = self.ask(ask).await?;
        Ok(match version.split_once("-MariaDB") {
            Some((version, _)) => format!("MariaDB {version}"),
            None => format!("{name} {version}"),
        })
    }

    /// What time it is on the server, to the second on MySQL. `None` on SQLite, which has no clock but this machine's.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn server_clock(&self) -> Result<Option<Timestamp>, OpenError> {
        let micros = match self.reading().get_database_backend() {
            DbBackend::Postgres => "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint",
            DbBackend::MySql => "SELECT CAST(UNIX_TIMESTAMP() * 1000000 AS SIGNED)",
            _ => return Ok(None),
        };
        Ok(Some(Timestamp::from_micros(self.ask(micros).await?)))
    }

    /// Why the server takes no writes, where it says so: it is a standby, or was set to read only. `None` on SQLite.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read_only(&self) -> Result<Option<&'static str>, OpenError> {
        Ok(match self.reading().get_database_backend() {
            DbBackend::Postgres if self.ask("SELECT pg_is_in_recovery()").await? => Some("it is a standby"),
            DbBackend::Postgres if self.ask("SELECT current_setting('transaction_read_only') = 'on'").await? => {
                Some("its transactions are read-only by default")
            }
            DbBackend::MySql if self.ask::<i64>("SELECT CAST(@@global.read_only AS SIGNED)").await? != 0 => {
                Some("it is set to read only, as replicas are")
            }
            _ => None,
        })
    }

    /// On which port PostgreSQL itself takes the connection, and zero where that is a socket: where it is another one than was
    /// asked for, something stands in between.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn postgres_port(&self) -> Result<Option<i32>, OpenError> {
        if self.reading().get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        self.ask("SELECT COALESCE(inet_server_port(), 0)").await.map(Some)
    }

    /// What is wrong with the pages and rows of an SQLite file, as it finds itself; nothing where all is well, and on servers.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn quick_check(&self) -> Result<Vec<String>, OpenError> {
        let backend = self.reading().get_database_backend();
        if backend != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let rows = self.reading().query_all_raw(Statement::from_string(backend, "PRAGMA quick_check(3)")).await?;
        let said = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(if said == ["ok"] { Vec::new() } else { said })
    }

    /// How many accounts have kept the key of their login that an older rule made, because another account has the one
    /// that the present rule makes.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn older_login_keys(&self) -> Result<u64, OpenError> {
        Ok(login_keys::count_kept(self.reading()).await?)
    }

    /// Asks for one value.
    async fn ask<T: TryGetable>(&self, sql: &str) -> Result<T, OpenError> {
        let statement = Statement::from_string(self.reading().get_database_backend(), sql);
        let row = self.reading().query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("an answer of one row".to_owned()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Closes all connections, once what is under way has ended. The last process to close a file folds its
    /// write-ahead log into it.
    pub async fn close(&self) {
        self.connections.close().await;
    }

    /// Says whether the database is known to be older than the one that was served: then it is not ready.
    pub fn set_older(&self, is_older: bool) {
        self.probe.set_older(is_older);
    }

    pub(crate) fn lanes(&self) -> &AllLanes {
        &self.lanes
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.connections.reading
    }

    /// Begins a unit of work on what is no part of the ports.
    pub(crate) async fn begin_unit(&self) -> Result<SeaUnitOfWork, StoreError> {
        self.connections.writing.begin().await
    }
}

#[async_trait]
impl Store for SeaStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.connections.writing.begin().await?))
    }

    async fn claim(&self, claim: &Claim) -> Result<Verdict, StoreError> {
        self.lanes.claims.ask(claim.clone()).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // Reads a page of the file: a connection alone says nothing about it.
        exists(self.reading(), realm::Entity::find()).await.map(drop)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.probe.ask(self).await
    }
}
