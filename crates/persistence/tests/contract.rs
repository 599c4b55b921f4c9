//! The contract of the store ports, held against SQLite on files: never in memory, which locks otherwise.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::Store;
use countersign_persistence::{SeaStore, StoreOptions, migrate};
use countersign_testing::contract::StorePlace;

/// A database file in a directory of its own.
struct SqlitePlace {
    directory: tempfile::TempDir,
    nodes: usize,
    rounds: usize,
}

impl SqlitePlace {
    /// One store that all tasks share, as in a server.
    fn of_one_store() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), nodes: 1, rounds: 20 }
    }

    /// Several stores on the file, as when the command line works beside a server. They wait for each other by polling
    /// the file, so that a round takes longer.
    fn of_several_stores() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), nodes: 3, rounds: 2 }
    }
}

#[async_trait]
impl StorePlace for SqlitePlace {
    async fn open(&self) -> Arc<dyn Store> {
        let url = format!("sqlite://{}", self.directory.path().join("countersign.db").display());
        let options = StoreOptions::new(url).creating();
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

mod one_store {
    countersign_testing::store_contract!(crate::SqlitePlace::of_one_store());
}

mod several_stores {
    countersign_testing::store_contract!(crate::SqlitePlace::of_several_stores());
}
