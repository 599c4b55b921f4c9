//! The schema: whether it fits, and how it is brought up to date.

use countersign_migrations::{Migrator, MigratorTrait, SchemaStatus};
use sea_orm::TransactionTrait;

use crate::{OpenError, SeaStore, StoreOptions, sqlite};

/// Applies the migrations that are pending, all or none, and answers which they were, oldest first.
///
/// # Errors
/// The database cannot be opened or refuses; or a newer program has migrated it.
pub async fn migrate(options: &StoreOptions) -> Result<Vec<String>, OpenError> {
    let store = SeaStore::open(options).await?;
    let result = migrate_opened(&store).await;
    store.close().await;
    result
}

async fn migrate_opened(store: &SeaStore) -> Result<Vec<String>, OpenError> {
    // One transaction around everything: who comes second waits, and then finds nothing left to do.
    let transaction = store.writing().begin_with_options(sqlite::WRITING).await?;
    let before = SchemaStatus::of(&transaction).await?;
    if before.is_newer() {
        return Err(OpenError::Newer { unknown: before.unknown });
    }
    if !before.pending.is_empty() {
        Migrator::up(&transaction, None).await?;
        transaction.commit().await?;
    }
    Ok(before.pending)
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
