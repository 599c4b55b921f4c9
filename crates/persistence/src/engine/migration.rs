//! Bringing a schema up to date while other nodes start as well: one of them does it, the others wait and find nothing to
//! do.

use countersign_migrations::{IntoSchemaManagerConnection, Migrator, MigratorTrait, SchemaStatus};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, TransactionTrait};

use super::{Engine, mysql, postgres, server, sqlite};
use crate::{OpenError, Place, StoreOptions, copy, login_keys};

/// A number of ours among a PostgreSQL database's advisory locks: "csmigrat" in ASCII.
const POSTGRES_LOCK: i64 = i64::from_be_bytes(*b"csmigrat");

/// How long a node waits for another one that migrates. MySQL counts seconds.
const MYSQL_LOCK_SECONDS: u32 = 600;

/// Applies the migrations that are pending and answers which they were, oldest first: all or none, except on MySQL, where
/// each statement that changes the schema stands by itself.
pub(crate) async fn migrate(options: &StoreOptions) -> Result<Vec<String>, OpenError> {
    match Place::parse(&options.url)?.engine() {
        Engine::Sqlite => {
            let connections = sqlite::open(options).await?;
            let migrated = in_transaction(connections.writing.pool(), None).await;
            let migrated = with_login_keys(migrated, connections.writing.pool()).await;
            connections.writing.close().await;
            for pool in [connections.reading.pool(), connections.writing.pool()] {
                let _ = pool.close_by_ref().await;
            }
            migrated
        }
        Engine::Postgres => {
            let pool = postgres::open(&options.url, &server::Pool::migrating(options)).await?;
            let lock = format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})");
            let migrated = with_login_keys(in_transaction(&pool, Some(&lock)).await, &pool).await;
            let _ = pool.close().await;
            migrated
        }
        Engine::MySql => {
            // One connection: the lock is its own, and ends with it.
            let pool = mysql::open(&options.url, &server::Pool::migrating(options)).await?;
            let migrated = with_login_keys(under_lock(&pool).await, &pool).await;
            let _ = pool.close().await;
            migrated
        }
    }
}

/// Then makes the keys anew that an older rule made, in short transactions: other nodes may be serving.
async fn with_login_keys(
    migrated: Result<Vec<String>, OpenError>,
    pool: &DatabaseConnection,
) -> Result<Vec<String>, OpenError> {
    let applied = migrated?;
    login_keys::make_anew(pool).await?;
    Ok(applied)
}

async fn in_transaction(pool: &DatabaseConnection, lock: Option<&str>) -> Result<Vec<String>, OpenError> {
    // One transaction around everything: who comes second waits, and then finds nothing left to do.
    let transaction = pool.begin_with_options(sqlite::WRITING).await?;
    if let Some(lock) = lock {
        transaction.execute_unprepared(lock).await?;
    }
    let applied = up(&transaction).await?;
    transaction.commit().await?;
    Ok(applied)
}

async fn under_lock(pool: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let lock = format!("SELECT GET_LOCK(LEFT(CONCAT('countersign ', DATABASE()), 64), {MYSQL_LOCK_SECONDS})");
    let locked = pool.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::MySql, lock)).await?;
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
    let before = SchemaStatus::of(connection).await?;
    if before.is_newer() {
        return Err(OpenError::Newer { unknown: before.unknown });
    }
    if !before.pending.is_empty() {
        Migrator::up(connection, None).await?;
    }
    Ok(before.pending)
}
