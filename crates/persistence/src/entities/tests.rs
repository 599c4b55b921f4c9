//! The entities, held against what the migrations made.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, IdenStatic, Iterable, Statement};

use super::*;
use crate::{StoreOptions, migrate};

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

async fn agree<E: EntityTrait>(database: &DatabaseConnection) -> String {
    let table = E::default().table_name().to_owned();
    let mapped: BTreeSet<String> = E::Column::iter().map(|column| column.as_str().to_owned()).collect();
    assert_eq!(mapped, columns(database, &table).await, "{table}");
    // Each column is read as the type that it is mapped to, also without a row: the engines check it beforehand.
    E::find().all(database).await.unwrap();
    table
}

async fn every_table_has_the_columns_of_its_entity_and_no_others(database: &DatabaseConnection) {
    let mut mapped = BTreeSet::from(["seaql_migrations".to_owned()]);
    mapped.insert(agree::<account::Entity>(database).await);
    mapped.insert(agree::<api_key::Entity>(database).await);
    mapped.insert(agree::<attempt::Entity>(database).await);
    mapped.insert(agree::<audit_event::Entity>(database).await);
    mapped.insert(agree::<authenticator::Entity>(database).await);
    mapped.insert(agree::<challenge::Entity>(database).await);
    mapped.insert(agree::<idempotency_claim::Entity>(database).await);
    mapped.insert(agree::<key_check::Entity>(database).await);
    mapped.insert(agree::<realm::Entity>(database).await);
    mapped.insert(agree::<realm_appearance::Entity>(database).await);
    mapped.insert(agree::<recovery_code::Entity>(database).await);
    mapped.insert(agree::<recovery_code_set::Entity>(database).await);
    mapped.insert(agree::<second_factor::Entity>(database).await);
    mapped.insert(agree::<session::Entity>(database).await);
    mapped.insert(agree::<trusted_device::Entity>(database).await);
    assert_eq!(tables(database).await, mapped);
}

#[tokio::test]
async fn entities_and_schema_agree_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("schema.db").display());
    migrate(&StoreOptions::new(&url).creating()).await.unwrap();
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
