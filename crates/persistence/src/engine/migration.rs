//! Bringing a schema up to date while other nodes start as well: one of them does it, the others wait and find nothing to
//! do.

use countersign_migrations::{IntoSchemaManagerConnection, Migrator, MigratorTrait, SchemaStatus, has_table};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};

use super::{Connections, server, sqlite};
use crate::database_url::Location;
use crate::file_copy::UNRESTORED;
use crate::{OpenError, SeaStore, StoreOptions, copy, login_keys};

/// A number of ours among a PostgreSQL database's advisory locks: "csmigrat" in ASCII. The table of locks is not there
/// yet.
const POSTGRES_LOCK: i64 = i64::from_be_bytes(*b"csmigrat");

/// How long a node waits for another one that migrates. MySQL counts seconds.
const MYSQL_LOCK_SECONDS: u32 = 600;

/// Applies the migrations that are pending, all or none (on MySQL and MariaDB: one after the other), and answers which
/// they were, oldest first. Of several nodes that do so at the same time, one does it and the others wait.
///
/// # Errors
/// The database cannot be opened or refuses; or a newer program has migrated it.
pub async fn migrate(options: &StoreOptions) -> Result<Vec<String>, OpenError> {
    match &options.url.location {
        Location::File(_) => {
            let connections = Connections::open(options).await?;
            let migrated = bring_up_to_date(connections.writing.pool()).await;
            connections.close().await;
            migrated
        }
        Location::Server(server) => {
            // One connection: on MySQL the lock is its own, and ends with it.
            let pool = server::Pool::migrating(options).open(server).await?;
            let migrated = bring_up_to_date(&pool).await;
            let _ = pool.close().await;
            migrated
        }
    }
}

/// How the schema of a database compares with this program's. Changes nothing and makes no file.
///
/// # Errors
/// The database cannot be opened or refuses.
pub async fn schema_status(options: &StoreOptions) -> Result<SchemaStatus, OpenError> {
    let store = SeaStore::open(&StoreOptions { create: false, ..options.clone() }).await?;
    let result = store.schema_status().await;
    store.close().await;
    result
}

async fn bring_up_to_date(pool: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let applied = match pool.get_database_backend() {
        DbBackend::MySql => under_lock(pool).await?,
        DbBackend::Postgres => {
            in_transaction(pool, Some(format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"))).await?
        }
        _ => in_transaction(pool, None).await?,
    };
    // In short transactions: other nodes may be serving.
    login_keys::make_anew(pool).await?;
    Ok(applied)
}

/// One transaction around everything: who comes second waits, and then finds nothing left to do.
async fn in_transaction(pool: &DatabaseConnection, lock: Option<String>) -> Result<Vec<String>, OpenError> {
    let transaction = pool.begin_with_options(sqlite::WRITING).await?;
    if let Some(lock) = lock {
        transaction.execute_unprepared(&lock).await?;
    }
    let applied = up(&transaction).await?;
    transaction.commit().await?;
    Ok(applied)
}

/// On MySQL each statement that changes the schema stands by itself.
async fn under_lock(pool: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let lock = format!("SELECT GET_LOCK(LEFT(CONCAT('countersign ', DATABASE()), 64), {MYSQL_LOCK_SECONDS})");
    let locked = pool.query_one_raw(Statement::from_string(DbBackend::MySql, lock)).await?;
    let locked = locked.and_then(|row| row.try_get_by_index::<Option<i64>>(0).ok().flatten());
    if locked != Some(1) {
        return Err(DbErr::Custom("another node has been migrating for too long".to_owned()).into());
    }
    up(pool).await
}

async fn up<'c, C>(connection: &'c C) -> Result<Vec<String>, OpenError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if copy::is_unfinished(connection).await? {
        return Err(OpenError::UnfinishedCopy);
    }
    if has_table(connection, UNRESTORED).await? {
        return Err(OpenError::Unrestored);
    }
    let before = SchemaStatus::of(connection).await?;
    if before.is_newer() {
        return Err(OpenError::Newer { unknown: before.unknown });
    }
    if !before.pending.is_empty() {
        Migrator::up(connection, None).await?;
    }
    Ok(before.pending)
}
