//! The store in memory: the reference of what the ports mean. Units of work take turns, each on its own copy of
//! everything, which replaces what was committed before. Simple and obviously right rather than fast.

mod accounts;
mod api_keys;
mod appearances;
mod ended;
mod idempotency;
mod master_keys;
mod reads;
mod records;
mod recovery_codes;
mod restoration;
mod second_factor;
mod sign_in;
mod state;
mod statistics;
mod unit_of_work;

use std::sync::atomic::{AtomicU64, Ordering};
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
    count: Arc<ReadCount>,
}

/// How much was asked of a store outside of units of work.
#[derive(Debug, Default)]
struct ReadCount {
    reads: AtomicU64,
    /// How many reads came before the first unit of work since counting began; none began yet where it is [`NONE_YET`].
    before_the_first_unit: AtomicU64,
}

const NONE_YET: u64 = u64::MAX;

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::handing_out(|unit| Box::new(unit))
    }

    /// An empty store whose units of work are wrapped as something else.
    pub(crate) fn handing_out(wrap: impl Fn(MemoryUnitOfWork) -> Box<dyn UnitOfWork> + Send + Sync + 'static) -> Self {
        Self { committed: Arc::default(), turn: Arc::default(), hand_out: Arc::new(wrap), count: Arc::default() }
    }

    /// Begins to count reads anew.
    pub fn count_reads(&self) {
        self.count.reads.store(0, Ordering::SeqCst);
        self.count.before_the_first_unit.store(NONE_YET, Ordering::SeqCst);
    }

    /// How many reads came before the first unit of work since [`Self::count_reads`]; `None` where none has begun since.
    #[must_use]
    pub fn reads_before_the_first_unit(&self) -> Option<u64> {
        Some(self.count.before_the_first_unit.load(Ordering::SeqCst)).filter(|reads| *reads != NONE_YET)
    }

    /// What was committed last, for a read from outside of a unit of work.
    pub(crate) fn read(&self) -> Arc<State> {
        self.count.reads.fetch_add(1, Ordering::SeqCst);
        self.committed()
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
        let (count, reads) = (&self.count, self.count.reads.load(Ordering::SeqCst));
        let _ = count.before_the_first_unit.compare_exchange(NONE_YET, reads, Ordering::SeqCst, Ordering::SeqCst);
        Ok((self.hand_out)(self.begin_unit().await))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
