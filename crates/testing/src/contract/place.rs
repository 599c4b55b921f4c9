use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::Store;

use crate::MemoryStore;

/// A place of its own that stores are opened on: a file, a database, a heap. It is empty at first, and each clause of
/// the contract gets another.
#[async_trait]
pub trait StorePlace: Send + Sync {
    /// Opens a migrated store on this place. Called again, it opens a further store on the same contents, as a second
    /// node or a restarted process does.
    async fn open(&self) -> Arc<dyn Store>;

    /// How many stores the contending tasks are spread over, as over the nodes of a deployment.
    fn nodes(&self) -> usize {
        1
    }

    /// How often what contends is tried, each time on fresh rows.
    fn rounds(&self) -> usize {
        50
    }

    /// How many tasks contend.
    fn tasks(&self) -> usize {
        32
    }

    /// Whether what was committed must be found again after all stores of this place were dropped.
    fn outlives_its_process(&self) -> bool {
        false
    }
}

#[async_trait]
impl StorePlace for MemoryStore {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.clone())
    }
}
