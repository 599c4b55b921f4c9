//! Where the stores under test are.

#![allow(dead_code, reason = "each test binary uses what it needs")]

use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::Store;
use countersign_persistence::{SeaStore, migrate};
use countersign_testing::contract::StorePlace;
use tokio::sync::OnceCell;

use crate::databases::{Server, TestDatabase, opening};

/// A database file in a directory of its own.
pub(crate) struct SqlitePlace {
    directory: tempfile::TempDir,
    nodes: usize,
    rounds: usize,
}

impl SqlitePlace {
    /// One store that all tasks share, as in a server.
    pub(crate) fn of_one_store() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), nodes: 1, rounds: 20 }
    }

    /// Several stores on the file, as when the command line works beside a server. They wait for each other by polling
    /// the file, so that a round takes longer.
    pub(crate) fn of_several_stores() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), nodes: 3, rounds: 2 }
    }
}

#[async_trait]
impl StorePlace for SqlitePlace {
    async fn open(&self) -> Arc<dyn Store> {
        let url = format!("sqlite://{}", self.directory.path().join("countersign.db").display());
        let options = opening(&url).creating();
        migrate(&options).await.unwrap();
        Arc::new(SeaStore::open(&options).await.unwrap())
    }

    fn nodes(&self) -> usize {
        self.nodes
    }

    fn rounds(&self) -> usize {
        self.rounds
    }

    fn outlives_its_process(&self) -> bool {
        true
    }
}

/// A database of its own on a server.
pub(crate) struct ServerPlace {
    server: Server,
    nodes: usize,
    rounds: usize,
    database: OnceCell<TestDatabase>,
}

impl ServerPlace {
    /// As many connections as tasks contend: none waits for another in the pool.
    const CONNECTIONS: u32 = 32;

    /// One store that all tasks share.
    pub(crate) fn of_one_node(server: Server) -> Self {
        Self { server, nodes: 1, rounds: 20, database: OnceCell::new() }
    }

    /// Three stores, as of three nodes.
    pub(crate) fn of_three_nodes(server: Server) -> Self {
        Self { server, nodes: 3, rounds: 10, database: OnceCell::new() }
    }
}

#[async_trait]
impl StorePlace for ServerPlace {
    async fn open(&self) -> Arc<dyn Store> {
        let database = self.database.get_or_init(|| TestDatabase::migrated(self.server)).await;
        let connections = if self.nodes == 1 { Self::CONNECTIONS } else { Self::CONNECTIONS / 2 };
        Arc::new(database.warmed_store(connections).await)
    }

    fn nodes(&self) -> usize {
        self.nodes
    }

    fn rounds(&self) -> usize {
        self.rounds
    }

    fn outlives_its_process(&self) -> bool {
        true
    }
}
