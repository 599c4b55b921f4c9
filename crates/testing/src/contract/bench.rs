use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

use countersign_application::ports::Store;
use tokio::sync::Barrier;

use super::StorePlace;

/// The stores that a clause is tried on.
pub(super) struct Bench {
    nodes: Vec<Arc<dyn Store>>,
    tasks: usize,
    rounds: usize,
}

impl Bench {
    pub(super) async fn open(place: &dyn StorePlace) -> Self {
        let mut nodes = Vec::new();
        for _ in 0..place.nodes().max(1) {
            nodes.push(place.open().await);
        }
        Self { nodes, tasks: place.tasks(), rounds: place.rounds() }
    }

    /// The store of the first node.
    pub(super) fn store(&self) -> &dyn Store {
        &*self.nodes[0]
    }

    /// The store that the task of a number works on.
    pub(super) fn node(&self, task: usize) -> Arc<dyn Store> {
        Arc::clone(&self.nodes[task % self.nodes.len()])
    }

    pub(super) fn tasks(&self) -> usize {
        self.tasks
    }

    pub(super) fn rounds(&self) -> Range<usize> {
        0..self.rounds
    }

    /// Runs as many tasks as contend, all released at once, and collects what they yield.
    pub(super) async fn contend<T, W>(&self, work: impl Fn(usize, Arc<dyn Store>) -> W) -> Vec<T>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let barrier = Arc::new(Barrier::new(self.tasks));
        let mut running = Vec::with_capacity(self.tasks);
        for task in 0..self.tasks {
            let barrier = Arc::clone(&barrier);
            let work = work(task, self.node(task));
            running.push(tokio::spawn(async move {
                barrier.wait().await;
                work.await
            }));
        }
        let mut yields = Vec::with_capacity(self.tasks);
        for task in running {
            yields.push(task.await.expect("no contending task panics"));
        }
        yields
    }
}

/// How many of the verdicts say yes.
pub(super) fn winners(verdicts: &[bool]) -> usize {
    verdicts.iter().filter(|won| **won).count()
}
