//! The entities, held against what the migrations made.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, IdenStatic, Iterable, Statement};

use super::bookkeeping::{Entry, bookkeeping};
use super::locks::{Lock, named_lock};
use crate::copy::tables::{ForEachTable, Table, for_each_table};
use crate::{CopyError, DatabaseUrl, StoreOptions, migrate};

#[path = "../../tests/databases/mod.rs"]
mod databases;
use databases::{Server, TestDatabase};

async fn names(database: &DatabaseConnection, select: &str) -> BTreeSet<String> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), select));
    rows.await.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn tables(database: &DatabaseConnection) -> BTreeSet<String> {
    let select = match database.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
    };
    names(database, select).await
}

async fn columns(database: &DatabaseConnection, table: &str) -> BTreeSet<String> {
    let select = match database.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        DbBackend::Postgres => format!(
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
        _ => format!(
            "SELECT column_name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = '{table}'"
        ),
    };
    names(database, &select).await
}

/// The tables whose entity was held against them.
struct Agreement<'a> {
    database: &'a DatabaseConnection,
    mapped: BTreeSet<String>,
}

impl ForEachTable for Agreement<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        let mapped: BTreeSet<String> = E::Column::iter().map(|column| column.as_str().to_owned()).collect();
        assert_eq!(mapped, columns(self.database, E::name()).await, "{}", E::name());
        // Each column is read as the type that it is mapped to, also without a row: the engines check it beforehand.
        E::find().all(self.database).await.unwrap();
        self.mapped.insert(E::name().to_owned());
        Ok(())
    }
}

async fn every_table_has_the_columns_of_its_entity_and_no_others(database: &DatabaseConnection) {
    let mut agreement = Agreement { database, mapped: BTreeSet::from(["seaql_migrations".to_owned()]) };
    for_each_table(&mut agreement).await.unwrap();
    // What is not copied.
    agreement.table::<named_lock::Entity>().await.unwrap();
    agreement.table::<bookkeeping::Entity>().await.unwrap();
    assert_eq!(tables(database).await, agreement.mapped);
    // And each lock has its row, which nothing but the migration makes.
    let held = names(database, "SELECT name FROM named_lock").await;
    assert_eq!(held, Lock::ALL.map(|lock| lock.name().to_owned()).into());
    let written = names(database, "SELECT name FROM bookkeeping").await;
    assert_eq!(written, Entry::ALL.map(|entry| entry.name().to_owned()).into());
}

#[tokio::test]
async fn entities_and_schema_agree_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("schema.db").display());
    migrate(&StoreOptions::new(DatabaseUrl::parse(&url).unwrap()).creating()).await.unwrap();
    every_table_has_the_columns_of_its_entity_and_no_others(&Database::connect(url).await.unwrap()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
async fn entities_and_schema_agree_on_postgresql() {
    let database = TestDatabase::migrated(Server::Postgres).await;
    every_table_has_the_columns_of_its_entity_and_no_others(&database.past_the_adapter().await).await;
}

#[tokio::test]
#[ignore = "needs MariaDB; tests/run starts one"]
async fn entities_and_schema_agree_on_mariadb() {
    let database = TestDatabase::migrated(Server::MariaDb).await;
    every_table_has_the_columns_of_its_entity_and_no_others(&database.past_the_adapter().await).await;
}
