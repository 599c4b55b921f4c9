//! The database that is copied, locked against changes.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionTrait};

use super::digest::RowDigest;
use super::tables::{names, rows_after};
use super::{CopyError, CopySide, mark, opened};
use crate::engine::{Connections, WRITING};
use crate::errors::is_contention;
use crate::tables::{key_check, realm};
use crate::{SchemaStatus, StoreOptions};

/// How long a copy waits for those who write to the source to end what they are at.
const PATIENCE: Duration = Duration::from_secs(10);

/// The record of migrations, which is locked as well: the schema does not change either.
const MIGRATIONS: &str = "seaql_migrations";

/// The database that is copied. While this is there nobody writes to it.
pub(super) struct Source {
    connections: Connections,
    /// On MySQL the lock belongs to the connection and not to the transaction, which only keeps the connection.
    locked: DatabaseTransaction,
}

impl Source {
    /// Opens a database that has this program's schema, and locks it.
    pub(super) async fn open(options: &StoreOptions) -> Result<Self, CopyError> {
        let options = StoreOptions { create: false, ..options.clone() };
        let connections = opened(CopySide::Source, Connections::open(&options).await)?;
        match lock(connections.writing.pool()).await {
            Ok(locked) => Ok(Self { connections, locked }),
            Err(error) => {
                connections.close().await;
                Err(error)
            }
        }
    }

    /// The connection that may read.
    pub(super) fn connection(&self) -> &DatabaseTransaction {
        &self.locked
    }

    /// What tells this deployment from others: its realms, and the records of its master keys.
    pub(super) async fn identity(&self) -> Result<String, CopyError> {
        let mut digest = RowDigest::new("identity");
        let identity = async {
            // All of them: their key is a text.
            for row in rows_after::<key_check::Entity>(&self.locked, None).await? {
                digest.add::<key_check::Entity>(&row)?;
            }
            let mut last = None;
            loop {
                let rows = rows_after::<realm::Entity>(&self.locked, last.clone()).await?;
                let Some(row) = rows.last() else { break };
                last = Some(row.id.into());
                for row in &rows {
                    // Its identifier alone: its policy may change.
                    digest.bytes(row.id.as_bytes());
                }
            }
            Ok(crate::rows::hex(&digest.end().sha256))
        };
        identity.await.map_err(CopyError::of(CopySide::Source))
    }

    /// Ends the lock.
    pub(super) async fn release(self) {
        let Self { connections, locked } = self;
        if locked.get_database_backend() == DbBackend::MySql {
            // Also ends with the connection.
            let _ = locked.execute_unprepared("UNLOCK TABLES").await;
        }
        let _ = locked.rollback().await;
        connections.close().await;
    }
}

async fn lock(pool: &DatabaseConnection) -> Result<DatabaseTransaction, CopyError> {
    let failed = |error| {
        if is_contention(&error) { CopyError::SourceInUse(error) } else { CopyError::of(CopySide::Source)(error) }
    };
    // Before the lock, which needs the tables, and again under it.
    check(pool).await?;
    let mut all = names().await?;
    all.push(MIGRATIONS);
    let locked = match pool.get_database_backend() {
        DbBackend::Sqlite => of_file(pool).await,
        DbBackend::Postgres => of_postgres(pool, &all).await,
        _ => of_mysql(pool, &all).await,
    };
    let locked = locked.map_err(failed)?;
    check(&locked).await?;
    Ok(locked)
}

/// Whoever else writes to the file waits and is refused; readers are not in the way.
async fn of_file(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let begin = async || pool.begin_with_options(WRITING).await;
    match begin().await {
        // Each attempt waits for half of the time: that is how the connections of a store are set up.
        Err(error) if is_contention(&error) => begin().await,
        begun => begun,
    }
}

/// Keeps out everyone who writes, and nobody who reads.
async fn of_postgres(pool: &DatabaseConnection, tables: &[&str]) -> Result<DatabaseTransaction, DbErr> {
    let locked = pool.begin().await?;
    locked.execute_unprepared(&format!("SET LOCAL lock_timeout = {}", PATIENCE.as_millis())).await?;
    locked.execute_unprepared(&format!("LOCK TABLE {} IN SHARE MODE", tables.join(", "))).await?;
    Ok(locked)
}

/// `LOCK TABLES` ends the transaction and locks for the connection. Without autocommit InnoDB takes part in it, and waits
/// for transactions that have already changed something. In a Galera cluster it locks this node alone: what servers on
/// the others change meanwhile, only the comparison finds.
async fn of_mysql(pool: &DatabaseConnection, tables: &[&str]) -> Result<DatabaseTransaction, DbErr> {
    let locked = pool.begin().await?;
    let seconds = PATIENCE.as_secs();
    let wait =
        format!("SET SESSION lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = {seconds}, autocommit = 0");
    locked.execute_unprepared(&wait).await?;
    let tables: Vec<String> = tables.iter().map(|table| format!("{table} READ")).collect();
    locked.execute_unprepared(&format!("LOCK TABLES {}", tables.join(", "))).await?;
    Ok(locked)
}

async fn check<'c, C>(database: &'c C) -> Result<(), CopyError>
where
    C: ConnectionTrait,
    &'c C: countersign_migrations::IntoSchemaManagerConnection<'c>,
{
    let failed = CopyError::of(CopySide::Source);
    let checked = async { Ok((mark::is_unfinished(database).await?, SchemaStatus::of(database).await?)) };
    let (unfinished, status) = checked.await.map_err(failed)?;
    if unfinished {
        return Err(CopyError::SourceUnfinished);
    }
    if !status.is_current() {
        return Err(CopyError::Schema { side: CopySide::Source, status });
    }
    Ok(())
}
