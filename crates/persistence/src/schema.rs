//! The schema: whether it fits, and how it is brought up to date.

use countersign_migrations::SchemaStatus;

use crate::{OpenError, SeaStore, StoreOptions, engine};

/// Applies the migrations that are pending, all or none (on MySQL and MariaDB: one after the other), and answers which
/// they were, oldest first. Of several nodes that do so at the same time, one does it and the others wait.
///
/// # Errors
/// The database cannot be opened or refuses; or a newer program has migrated it.
pub async fn migrate(options: &StoreOptions) -> Result<Vec<String>, OpenError> {
    engine::migrate(options).await
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
