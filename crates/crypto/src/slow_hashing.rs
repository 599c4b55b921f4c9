//! The one place where slow hashes are computed: off the executor, bounded in number, with a bounded queue.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Argon2, Block};
use countersign_application::ports::PasswordHasherError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many slow hashes are computed and how many callers wait at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComputeLimit {
    /// Computations at once, at least 1. More than there are cores only makes each of them slower.
    pub parallel: usize,
    /// Callers that wait behind them. Whoever comes when these places are taken is refused at once.
    pub waiting: usize,
}

impl Default for ComputeLimit {
    /// One computation a core, and 64 that wait.
    fn default() -> Self {
        Self { parallel: std::thread::available_parallelism().map_or(1, std::num::NonZero::get), waiting: 64 }
    }
}

/// How busy slow hashing is, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowHashingLoad {
    /// Jobs that are being computed.
    pub running: usize,
    /// Callers that wait.
    pub waiting: usize,
    /// Argon2 computations made so far.
    pub computations: u64,
}

/// Computes slow hashes within a [`ComputeLimit`]. Clones share the limit: passwords and recovery codes must not each
/// have their own.
#[derive(Clone)]
pub struct SlowHashing(Arc<Shared>);

struct Shared {
    limit: ComputeLimit,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    computations: AtomicU64,
    /// Memory of finished computations, wiped. Wiping costs what fresh pages from the system would cost (1 ms of 20);
    /// this way no password can be guessed quickly from what was left behind.
    memory: Mutex<Vec<Vec<Block>>>,
}

impl SlowHashing {
    /// The greatest number of blocks of 1 KiB that are kept for the next computation.
    const LARGEST_KEPT_BLOCKS: usize = 64 * 1024;

    /// Slow hashing within `limit`; a limit of no computation at all counts as one.
    #[must_use]
    pub fn new(limit: ComputeLimit) -> Self {
        let parallel = limit.parallel.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Shared {
            limit: ComputeLimit { parallel, ..limit },
            permits: Arc::new(Semaphore::new(parallel)),
            waiting: AtomicUsize::new(0),
            computations: AtomicU64::new(0),
            memory: Mutex::new(Vec::new()),
        }))
    }

    /// How busy it is.
    #[must_use]
    pub fn load(&self) -> SlowHashingLoad {
        SlowHashingLoad {
            running: self.0.limit.parallel.saturating_sub(self.0.permits.available_permits()),
            waiting: self.0.waiting.load(Ordering::Relaxed),
            computations: self.0.computations.load(Ordering::Relaxed),
        }
    }

    /// Runs `job` on a thread that may block, when its turn comes.
    ///
    /// A caller that goes away while it waits gives its place back. Once the computation has begun it runs to its end,
    /// and holds its permit until then: the core is busy, whoever still waits for the result.
    pub(crate) async fn run<T, J>(&self, job: J) -> Result<T, PasswordHasherError>
    where
        T: Send + 'static,
        J: FnOnce(&mut Workspace<'_>) -> Result<T, argon2::Error> + Send + 'static,
    {
        let permit = self.admit().await?;
        let shared = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut workspace = Workspace { shared: &shared, blocks: shared.take_memory() };
            let result = job(&mut workspace);
            shared.keep_memory(workspace.blocks);
            result
        })
        .await
        .map_err(failed)?
        .map_err(failed)
    }

    async fn admit(&self) -> Result<OwnedSemaphorePermit, PasswordHasherError> {
        // Does not overtake: a permit that is handed back goes to those who wait.
        if let Ok(permit) = Arc::clone(&self.0.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(&self.0).ok_or(PasswordHasherError::Busy)?;
        Arc::clone(&self.0.permits).acquire_owned().await.map_err(failed)
    }
}

impl Default for SlowHashing {
    fn default() -> Self {
        Self::new(ComputeLimit::default())
    }
}

impl std::fmt::Debug for SlowHashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlowHashing").field("limit", &self.0.limit).finish_non_exhaustive()
    }
}

impl Shared {
    fn take_memory(&self) -> Vec<Block> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn keep_memory(&self, blocks: Vec<Block>) {
        if (1..=SlowHashing::LARGEST_KEPT_BLOCKS).contains(&blocks.len()) {
            // Never more than there are permits: each computation takes one out before it puts one in.
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
        }
    }
}

/// A place in the queue, given back when dropped.
struct Place<'a>(&'a Shared);

impl<'a> Place<'a> {
    fn take(shared: &'a Shared) -> Option<Self> {
        let one_more = |waiting| (waiting < shared.limit.waiting).then_some(waiting + 1);
        shared.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Self(shared))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The memory that a job computes in.
pub(crate) struct Workspace<'a> {
    shared: &'a Shared,
    blocks: Vec<Block>,
}

impl Workspace<'_> {
    /// Computes one Argon2 hash (RFC 9106, section 3.2).
    pub(crate) fn compute(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), argon2::Error> {
        self.shared.computations.fetch_add(1, Ordering::Relaxed);
        let needed = argon2.params().block_count();
        if self.blocks.len() < needed {
            let missing = needed - self.blocks.len();
            self.blocks.try_reserve_exact(missing).map_err(|_| argon2::Error::OutOfMemory)?;
            self.blocks.resize(needed, Block::new());
        }
        let result = argon2.hash_password_into_with_memory(password, salt, output, &mut self.blocks);
        // The last blocks alone would let a guesser skip the slow part. A plain fill is enough: the memory outlives
        // this call, so that the compiler cannot leave the writes out.
        self.blocks.iter_mut().take(needed).for_each(|block| *block = Block::new());
        result
    }
}

pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PasswordHasherError {
    PasswordHasherError::Failed(Box::new(error))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use argon2::{Algorithm, AssociatedData, ParamsBuilder, Version};

    use super::*;

    type Job = tokio::task::JoinHandle<Result<u32, PasswordHasherError>>;

    /// A job that occupies its permit until it is told to end.
    fn blocked_job(hashing: &SlowHashing) -> (mpsc::Sender<()>, Job) {
        let (end, told) = mpsc::channel();
        let hashing = hashing.clone();
        let job = async move {
            hashing
                .run(move |_| {
                    let _ = told.recv();
                    Ok(1)
                })
                .await
        };
        (end, tokio::spawn(job))
    }

    async fn until(hashing: &SlowHashing, running: usize, waiting: usize) {
        for _ in 0..1_000 {
            let load = hashing.load();
            if (load.running, load.waiting) == (running, waiting) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("expected {running} running and {waiting} waiting, found {:?}", hashing.load());
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_refused_at_once_and_places_are_given_back() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 2 });
        let (end_first, first) = blocked_job(&hashing);
        until(&hashing, 1, 0).await;
        let (end_second, second) = blocked_job(&hashing);
        until(&hashing, 1, 1).await;
        let (_end_third, third) = blocked_job(&hashing);
        until(&hashing, 1, 2).await;
        assert!(matches!(hashing.run(|_| Ok(())).await, Err(PasswordHasherError::Busy)));

        third.abort();
        until(&hashing, 1, 1).await;
        let (end_fourth, fourth) = blocked_job(&hashing);
        until(&hashing, 1, 2).await;
        assert!(matches!(hashing.run(|_| Ok(())).await, Err(PasswordHasherError::Busy)));

        drop((end_first, end_second, end_fourth));
        for job in [first, second, fourth] {
            assert_eq!(job.await.unwrap().unwrap(), 1);
        }
        until(&hashing, 0, 0).await;
        assert!(hashing.run(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_computation_whose_caller_went_away_still_counts_until_it_ends() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0 });
        let (end, job) = blocked_job(&hashing);
        until(&hashing, 1, 0).await;
        job.abort();
        assert!(job.await.unwrap_err().is_cancelled());
        assert!(matches!(hashing.run(|_| Ok(())).await, Err(PasswordHasherError::Busy)));
        drop(end);
        until(&hashing, 0, 0).await;
    }

    #[tokio::test]
    async fn a_job_that_panics_gives_its_permit_back() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0 });
        let result = hashing.run(|_| -> Result<(), argon2::Error> { panic!("deliberately") }).await;
        assert!(matches!(result, Err(PasswordHasherError::Failed(_))));
        assert!(hashing.run(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_limit_of_nothing_still_lets_one_through() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 0, waiting: 0 });
        assert!(hashing.run(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn the_test_vector_of_rfc_9106_comes_out_also_in_memory_that_was_used_before() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0 });
        for _ in 0..2 {
            let tag = hashing.run(rfc_9106_section_5_3).await.unwrap();
            assert_eq!(hex::encode(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
        }
        assert_eq!(hashing.load().computations, 2);
    }

    fn rfc_9106_section_5_3(workspace: &mut Workspace<'_>) -> Result<[u8; 32], argon2::Error> {
        let params =
            ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(AssociatedData::new(&[4; 12])?).build()?;
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)?;
        let mut tag = [0; 32];
        workspace.compute(&argon2, &[1; 32], &[2; 16], &mut tag)?;
        Ok(tag)
    }

    #[tokio::test]
    async fn kept_memory_is_wiped() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0 });
        hashing.run(rfc_9106_section_5_3).await.unwrap();
        let memory = hashing.0.memory.lock().unwrap();
        assert_eq!(memory.len(), 1);
        assert!(memory.iter().flatten().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
