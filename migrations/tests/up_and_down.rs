//! Every migration can be applied, taken back, and applied again, on every engine.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a failed test is a panic")]
#![allow(clippy::disallowed_methods, reason = "the servers are named by the environment")]

use countersign_migrations::{Migrator, SchemaStatus};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{Database, DatabaseConnection, DbBackend, Statement};

/// What a schema consists of, one line a table, column with its type and default, index and foreign key.
async fn schema(database: &DatabaseConnection) -> Vec<String> {
    let select = match database.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT type || ' ' || name || CASE type WHEN 'index' THEN ' ' || sql ELSE '' END AS line \
             FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' \
             UNION ALL SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || \
             COALESCE(c.dflt_value, '') FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' \
             UNION ALL SELECT 'key ' || t.name || '.' || f.\"from\" || ' ' || f.\"table\" || '.' || f.\"to\" || ' ' || \
             f.on_delete FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' ORDER BY 1"
        }
        DbBackend::Postgres => {
            "SELECT 'table ' || table_name::text || '.' || column_name::text || ' ' || data_type::text || ' ' || \
             COALESCE(character_maximum_length::text, '') || ' ' || is_nullable || ' ' || COALESCE(column_default, '') \
             AS line FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT 'constraint ' || conname::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        }
        _ => {
            "SELECT CONCAT('table ', table_name, '.', column_name, ' ', column_type, ' ', is_nullable, ' ', \
             COALESCE(column_default, ''), ' ', COALESCE(collation_name, '')) AS line \
             FROM information_schema.columns WHERE table_schema = DATABASE() \
             UNION ALL SELECT CONCAT('index ', table_name, ' ', index_name, ' ', seq_in_index, ' ', column_name, ' ', \
             non_unique) FROM information_schema.statistics WHERE table_schema = DATABASE() \
             UNION ALL SELECT CONCAT('key ', table_name, ' ', constraint_name, ' ', referenced_table_name, ' ', \
             delete_rule) FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() \
             UNION ALL SELECT CONCAT('constraint ', constraint_name) FROM information_schema.table_constraints \
             WHERE table_schema = DATABASE() ORDER BY 1"
        }
    };
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), select)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// The lines that are not about the table in which migrations are recorded.
async fn ours(database: &DatabaseConnection) -> Vec<String> {
    let lines = schema(database).await;
    lines.into_iter().filter(|line| !line.contains("seaql_migrations") && line != "constraint PRIMARY").collect()
}

async fn can_be_applied_taken_back_and_applied_again(database: &DatabaseConnection) {
    let before = SchemaStatus::of(database).await.unwrap();
    assert_eq!(before.pending.len(), Migrator::migrations().len());
    assert!(schema(database).await.is_empty(), "asking for the status changes nothing");

    Migrator::up(database, None).await.unwrap();
    let first = ours(database).await;
    assert!(SchemaStatus::of(database).await.unwrap().is_current());

    Migrator::down(database, None).await.unwrap();
    assert_eq!(ours(database).await, Vec::<String>::new());

    // Each by itself: it takes back what it did and no more.
    for migration in Migrator::migrations() {
        let before = ours(database).await;
        Migrator::up(database, Some(1)).await.unwrap();
        assert_ne!(before, ours(database).await, "{}", migration.name());
        Migrator::down(database, Some(1)).await.unwrap();
        assert_eq!(before, ours(database).await, "{}", migration.name());
        Migrator::up(database, Some(1)).await.unwrap();
    }
    assert_eq!(ours(database).await, first);
    assert!(SchemaStatus::of(database).await.unwrap().is_current());
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("schema.db").display());
    can_be_applied_taken_back_and_applied_again(&Database::connect(url).await.unwrap()).await;
}

/// Makes a database on a server, and removes it in the end.
async fn on_a_server(variable: &str, database: &str) {
    let url = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no server; `tests/run` starts one"));
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    let administrator =
        Database::connect(format!("{server}/{}", if url.starts_with("mysql") { "mysql" } else { "postgres" }));
    let administrator = administrator.await.unwrap();
    let name = format!("{database}_{}", std::process::id());
    administrator.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let connection = Database::connect(format!("{server}/{name}")).await.unwrap();
    let checked = tokio::spawn(async move {
        can_be_applied_taken_back_and_applied_again(&connection).await;
        connection.close().await.unwrap();
    })
    .await;
    administrator.execute_unprepared(&format!("DROP DATABASE {name}")).await.unwrap();
    checked.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
async fn migrations_go_up_and_down_and_up_on_postgresql() {
    on_a_server("COUNTERSIGN_TEST_POSTGRES", "up_and_down").await;
}

#[tokio::test]
#[ignore = "needs MariaDB; tests/run starts one"]
async fn migrations_go_up_and_down_and_up_on_mariadb() {
    on_a_server("COUNTERSIGN_TEST_MARIADB", "up_and_down").await;
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
