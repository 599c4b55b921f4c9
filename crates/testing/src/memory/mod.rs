//! The store in memory: the reference of what the ports mean. Units of work take turns, each on its own copy of
//! everything, which replaces what was committed before. Simple and obviously right rather than fast.

mod accounts;
mod api_keys;
mod appearances;
mod ended;
mod idempotency;
mod reads;
mod records;
mod recovery_codes;
mod second_factor;
mod sign_in;
mod state;
mod statistics;
mod unit_of_work;

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use countersign_application::ports::{Store, StoreError, UnitOfWork};
use tokio::sync::Mutex;

pub(crate) use state::State;
pub(crate) use unit_of_work::MemoryUnitOfWork;

/// How a unit of work is handed out.
type HandOut = Arc<dyn Fn(MemoryUnitOfWork) -> Box<dyn UnitOfWork> + Send + Sync>;

/// A store in memory. Clones share what is kept.
#[derive(Clone)]
pub struct MemoryStore {
    committed: Arc<RwLock<Arc<State>>>,
    turn: Arc<Mutex<()>>,
    hand_out: HandOut,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::handing_out(|unit| Box::new(unit))
    }

    /// An empty store whose units of work are dressed as something else.
    pub(crate) fn handing_out(dress: impl Fn(MemoryUnitOfWork) -> Box<dyn UnitOfWork> + Send + Sync + 'static) -> Self {
        Self { committed: Arc::default(), turn: Arc::default(), hand_out: Arc::new(dress) }
    }

    /// Begins a unit of work, as soon as it is its turn.
    async fn begin_unit(&self) -> MemoryUnitOfWork {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        MemoryUnitOfWork::new(self.clone(), turn)
    }

    pub(crate) fn committed(&self) -> Arc<State> {
        Arc::clone(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, state: State) {
        *self.committed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok((self.hand_out)(self.begin_unit().await))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
