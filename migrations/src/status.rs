//! How a database's schema compares with this program's.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::EntityTrait;
use sea_orm_migration::seaql_migrations;

use crate::Migrator;

/// How a database's schema compares with this program's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaStatus {
    /// The migrations that were applied and that this program knows, oldest first.
    pub applied: Vec<String>,
    /// The migrations that are still to be applied, oldest first.
    pub pending: Vec<String>,
    /// Migrations that were applied and that this program does not know: a newer one wrote them.
    pub unknown: Vec<String>,
}

impl SchemaStatus {
    /// Compares, without changing anything: a database that was never migrated is not touched either.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn of<'c, C>(database: &'c C) -> Result<Self, DbErr>
    where
        C: ConnectionTrait,
        &'c C: IntoSchemaManagerConnection<'c>,
    {
        let recorded: BTreeSet<String> =
            if SchemaManager::new(database).has_table(Migrator::migration_table_name().to_string()).await? {
                seaql_migrations::Entity::find().all(database).await?.into_iter().map(|row| row.version).collect()
            } else {
                BTreeSet::new()
            };
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let unknown = recorded.iter().filter(|name| !known.contains(name)).cloned().collect();
        let (applied, pending) = known.into_iter().partition(|name| recorded.contains(name));
        Ok(Self { applied, pending, unknown })
    }

    /// Whether the schema is exactly the one that this program was written for.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.unknown.is_empty()
    }

    /// Whether a newer program has migrated the database.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        !self.unknown.is_empty()
    }
}

/// Whether a table is there, in a database of any age.
///
/// # Errors
/// The database does not answer.
pub async fn has_table<'c, C>(database: &'c C, table: &str) -> Result<bool, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    SchemaManager::new(database).has_table(table).await
}
