//! Every migration can be applied, taken back, and applied again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use countersign_migrations::{Migrator, SchemaStatus};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{Database, DatabaseConnection, Statement};

async fn tables(database: &DatabaseConnection) -> Vec<String> {
    names(
        database,
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    )
    .await
}

async fn columns(database: &DatabaseConnection) -> Vec<String> {
    let select = "SELECT t.name || '.' || c.name || ' ' || c.type AS name \
                  FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY 1";
    names(database, select).await
}

async fn names(database: &DatabaseConnection, select: &str) -> Vec<String> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), select)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

#[tokio::test]
async fn every_migration_can_be_applied_taken_back_and_applied_again() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("schema.db").display());
    let database = Database::connect(url).await.unwrap();

    let before = SchemaStatus::of(&database).await.unwrap();
    assert_eq!(before.pending.len(), Migrator::migrations().len());
    assert!(tables(&database).await.is_empty(), "asking for the status changes nothing");

    Migrator::up(&database, None).await.unwrap();
    let first = tables(&database).await;
    assert!(SchemaStatus::of(&database).await.unwrap().is_current());

    Migrator::down(&database, None).await.unwrap();
    assert_eq!(tables(&database).await, ["seaql_migrations"]);

    Migrator::up(&database, None).await.unwrap();
    assert_eq!(tables(&database).await, first);
}

#[tokio::test]
async fn every_migration_takes_back_what_it_did_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("schema.db").display());
    let database = Database::connect(url).await.unwrap();
    Migrator::install(&database).await.unwrap();
    for migration in Migrator::migrations() {
        let before = (tables(&database).await, columns(&database).await);
        Migrator::up(&database, Some(1)).await.unwrap();
        let after = (tables(&database).await, columns(&database).await);
        assert_ne!(before, after, "{}", migration.name());
        Migrator::down(&database, Some(1)).await.unwrap();
        assert_eq!(before, (tables(&database).await, columns(&database).await), "{}", migration.name());
        Migrator::up(&database, Some(1)).await.unwrap();
    }
    assert!(SchemaStatus::of(&database).await.unwrap().is_current());
}

#[tokio::test]
async fn a_migration_of_a_newer_program_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("schema.db").display());
    let database = Database::connect(url).await.unwrap();
    Migrator::up(&database, None).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
    database.execute_unprepared(newer).await.unwrap();

    let status = SchemaStatus::of(&database).await.unwrap();
    assert!(status.is_newer() && !status.is_current());
    assert_eq!(status.unknown, ["m29990101_000001_later"]);
}
