//! The schema of Countersign.
//!
//! Written to mean the same on every engine: times are `BIGINT` microseconds since the Unix epoch, digests are binary,
//! documents are text, and whatever is looked up by text is normalized before it is stored. A migration names its tables
//! and columns itself, so that a later change of an entity never changes what an old migration does.

use sea_orm_migration::prelude::*;

mod columns;
mod m20261128_000001_schema;
mod status;
mod table;

pub use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};
pub use status::{SchemaStatus, has_table};

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261128_000001_schema::Migration)]
    }
}
