//! Databases of their own on the servers that `tests/run` starts.

#![allow(dead_code, reason = "each test binary uses what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test is a panic")]
#![allow(clippy::disallowed_methods, reason = "the servers are named by the environment, and names are random")]

use std::sync::Arc;

use countersign_persistence::{DatabaseUrl, SeaStore, StoreOptions, migrate};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Postgres,
    MariaDb,
}

impl Server {
    /// Where it lets an administrator in.
    fn administration(self) -> String {
        let variable = match self {
            Self::Postgres => "COUNTERSIGN_TEST_POSTGRES",
            Self::MariaDb => "COUNTERSIGN_TEST_MARIADB",
        };
        std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no server; `tests/run` starts one"))
    }

    fn url_of(self, database: &str) -> String {
        let administration = self.administration();
        let (server, _) = administration.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{database}")
    }

    async fn administrator(self) -> DatabaseConnection {
        let url = match self {
            Self::Postgres => self.administration(),
            Self::MariaDb => self.url_of("mysql"),
        };
        Database::connect(url).await.expect("the server is there")
    }
}

/// How a database is opened.
pub(crate) fn opening(url: &str) -> StoreOptions {
    StoreOptions::new(DatabaseUrl::parse(url).unwrap())
}

/// An empty database, or one that was migrated; removed in the end.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    server: Server,
    name: String,
}

impl TestDatabase {
    /// A database with nothing in it.
    pub(crate) async fn empty(server: Server) -> Self {
        let this = Self { server, name: unique_name() };
        let create = format!("CREATE DATABASE {}", this.name);
        server.administrator().await.execute_unprepared(&create).await.unwrap();
        this
    }

    /// A database with the schema, copied from one that was migrated.
    pub(crate) async fn migrated(server: Server) -> Self {
        match server {
            Server::Postgres => {
                let template = postgres_template().await;
                let this = Self { server, name: unique_name() };
                let create = format!("CREATE DATABASE {} TEMPLATE {template}", this.name);
                server.administrator().await.execute_unprepared(&create).await.unwrap();
                this
            }
            Server::MariaDb => {
                let this = Self::empty(server).await;
                this.past_the_adapter().await.execute_unprepared(mariadb_schema().await).await.unwrap();
                this
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    pub(crate) fn options(&self) -> StoreOptions {
        opening(&self.url())
    }

    /// A connection past the adapter.
    pub(crate) async fn past_the_adapter(&self) -> DatabaseConnection {
        Database::connect(self.url()).await.unwrap()
    }

    /// A store whose pool is full of connections before anything is asked of it: contention must meet in the database,
    /// not in the making of connections.
    pub(crate) async fn warmed_store(&self, connections: u32) -> SeaStore {
        let store = SeaStore::open(&StoreOptions { connections, ..self.options() }).await.unwrap();
        let store = Arc::new(store);
        let mut units = Vec::new();
        for _ in 0..connections {
            let store = Arc::clone(&store);
            units.push(tokio::spawn(async move {
                use countersign_application::ports::Store;
                store.begin().await.unwrap()
            }));
        }
        let mut held = Vec::new();
        for unit in units {
            held.push(unit.await.unwrap());
        }
        drop(held);
        Arc::into_inner(store).expect("nobody else has it")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        // The test's own runtime is ending, or has only threads that must not wait.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let force = if server == Server::Postgres { " WITH (FORCE)" } else { "" };
                let removal = format!("DROP DATABASE {name}{force}");
                let _ = server.administrator().await.execute_unprepared(&removal).await;
            });
        });
        let _ = removal.join();
    }
}

fn unique_name() -> String {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).unwrap();
    format!("cs_{:016x}", u64::from_be_bytes(random))
}

/// The database that is copied, migrated once a process.
async fn postgres_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            // One for each process: nobody may be connected to it while it is copied.
            let template = TestDatabase::empty(Server::Postgres).await;
            migrate(&template.options()).await.unwrap();
            let name = template.name.clone();
            std::mem::forget(template);
            name
        })
        .await
}

/// The statements that make what the migrations made, read from a database that was migrated.
async fn mariadb_schema() -> &'static str {
    static SCHEMA: OnceCell<String> = OnceCell::const_new();
    SCHEMA
        .get_or_init(|| async {
            let template = TestDatabase::empty(Server::MariaDb).await;
            migrate(&template.options()).await.unwrap();
            let database = template.past_the_adapter().await;
            let rows = |sql: String| {
                let database = database.clone();
                async move { database.query_all_raw(Statement::from_string(DbBackend::MySql, sql)).await.unwrap() }
            };
            let mut schema = String::from("SET foreign_key_checks = 0;\n");
            for row in rows("SHOW TABLES".to_owned()).await {
                let table: String = row.try_get_by_index(0).unwrap();
                let create = rows(format!("SHOW CREATE TABLE {table}")).await;
                schema.push_str(&create[0].try_get_by_index::<String>(1).unwrap());
                schema.push_str(";\n");
            }
            for row in rows("SELECT version, applied_at FROM seaql_migrations".to_owned()).await {
                let (version, at): (String, i64) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
                schema.push_str(&format!("INSERT INTO seaql_migrations VALUES ('{version}', {at});\n"));
            }
            for table in ["named_lock", "bookkeeping"] {
                for row in rows(format!("SELECT * FROM {table}")).await {
                    let (name, number): (String, i64) =
                        (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
                    schema.push_str(&format!("INSERT INTO {table} VALUES ('{name}', {number});\n"));
                }
            }
            schema.push_str("SET foreign_key_checks = 1");
            schema
        })
        .await
}
