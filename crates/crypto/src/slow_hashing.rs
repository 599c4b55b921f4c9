//! The one place where slow work is done: off the executor, bounded in number, with a bounded queue of fair places.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::{Argon2, Block};
use countersign_application::account::PasswordHasherError;
use countersign_application::ports::Behalf;
use tokio::sync::oneshot;

use crate::fair_queue::{FairQueue, LineKey, Place, Places, Ticket};

/// How much slow work is done and how many callers wait at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComputeLimit {
    /// Computations at once, at least 1. More than there are cores only makes each of them slower. No account and no
    /// network of strangers runs more than half of them.
    pub parallel: usize,
    /// Callers that wait behind them. Whoever comes when these places, or their share of them, are taken is refused at once.
    pub waiting: usize,
    /// For how long a caller waits to begin. Whoever waited longer is refused: by then nobody reads the answer.
    pub longest_wait: Duration,
}

impl ComputeLimit {
    /// How many may wait where nothing else is said: more than one client has connections.
    pub const WAITING: usize = 1_024;
    /// How long one waits where nothing else is said.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(10);
}

impl Default for ComputeLimit {
    /// One computation a core, but for one core: a flood of sign-ins leaves it to everything else.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { parallel: (cores - 1).max(1), waiting: Self::WAITING, longest_wait: Self::LONGEST_WAIT }
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

/// Does slow work within a [`ComputeLimit`], in fair turns by [`Behalf`]. Clones share the limit: passwords and recovery
/// codes must not each have their own.
///
/// The work is done by threads of its own, which on Linux yield to everything else that the process does: a flood of
/// sign-ins takes what is left over, and verifications of codes hardly notice it.
#[derive(Clone)]
pub struct SlowHashing(Arc<Owner>);

/// Ends the threads when the last clone is gone.
struct Owner(Arc<Shared>);

struct Shared {
    limit: ComputeLimit,
    places: Places,
    state: Mutex<State>,
    /// Told when there is something ready, and at the end.
    changed: Condvar,
    computations: AtomicU64,
    /// Memory of finished computations, wiped. Wiping costs what fresh pages from the system would cost (1 ms of 20);
    /// this way no password can be guessed quickly from what was left behind.
    memory: Mutex<Vec<Vec<Block>>>,
    /// Held during a computation that takes more memory than is kept: there is one of them at a time.
    large: Mutex<()>,
}

struct State {
    queue: FairQueue<Task>,
    /// What has its turn and waits for a thread to take it up; counted as running.
    ready: VecDeque<(Ticket, Task)>,
    running: usize,
    running_in: HashMap<LineKey, usize>,
    threads: usize,
    idle_threads: usize,
    ended: bool,
}

struct Task {
    place: Place,
    begun: bool,
    job: Box<dyn Job>,
}

/// Something that is computed step by step, so that others have their turn between the steps.
trait Job: Send {
    /// Computes one step; whether it was the last.
    fn step(&mut self, workspace: &mut Workspace<'_>) -> bool;
    /// Says what came of it, after the last step and when its place is free again.
    fn answer(&mut self);
    /// Whether someone still waits for the answer.
    fn is_wanted(&self) -> bool;
}

struct Answering<T, J> {
    job: J,
    result: Option<Result<T, PasswordHasherError>>,
    answer: Option<oneshot::Sender<Result<T, PasswordHasherError>>>,
}

impl<T, J> Job for Answering<T, J>
where
    T: Send,
    J: FnMut(&mut Workspace<'_>) -> Result<Option<T>, argon2::Error> + Send,
{
    fn step(&mut self, workspace: &mut Workspace<'_>) -> bool {
        self.result = (self.job)(workspace).map_err(failed).transpose();
        self.result.is_some()
    }

    fn answer(&mut self) {
        if let (Some(answer), Some(result)) = (self.answer.take(), self.result.take()) {
            // Whoever went away misses nothing.
            let _ = answer.send(result);
        }
    }

    fn is_wanted(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.is_closed())
    }
}

impl SlowHashing {
    /// The greatest number of blocks of 1 KiB that are kept for the next computation.
    const LARGEST_KEPT_BLOCKS: usize = 64 * 1024;

    /// Slow hashing within `limit`; a limit of no computation at all counts as one.
    #[must_use]
    pub fn new(limit: ComputeLimit) -> Self {
        let state = State {
            queue: FairQueue::new(limit.waiting),
            ready: VecDeque::new(),
            running: 0,
            running_in: HashMap::new(),
            threads: 0,
            idle_threads: 0,
            ended: false,
        };
        Self(Arc::new(Owner(Arc::new(Shared {
            limit: ComputeLimit { parallel: limit.parallel.max(1), ..limit },
            places: Places::default(),
            state: Mutex::new(state),
            changed: Condvar::new(),
            computations: AtomicU64::new(0),
            memory: Mutex::new(Vec::new()),
            large: Mutex::new(()),
        }))))
    }

    /// How busy it is.
    #[must_use]
    pub fn load(&self) -> SlowHashingLoad {
        let shared = self.shared();
        let state = shared.state();
        SlowHashingLoad {
            running: state.running,
            waiting: state.queue.len(),
            computations: shared.computations.load(Ordering::Relaxed),
        }
    }

    /// Runs `job` on a thread of its own when its turn comes.
    pub(crate) async fn run<T, J>(&self, behalf: &Behalf, job: J) -> Result<T, PasswordHasherError>
    where
        T: Send + 'static,
        J: FnOnce(&mut Workspace<'_>) -> Result<T, argon2::Error> + Send + 'static,
    {
        let mut job = Some(job);
        // Something that ends with its first step is not asked for a second.
        self.run_in_steps(behalf, move |workspace| job.take().map(|job| job(workspace)).transpose()).await
    }

    /// Runs `job` again and again until it yields something. Between its steps everyone else has their turn.
    ///
    /// A caller that goes away while it waits gives its place back. A step that has begun runs to its end, and holds its
    /// place until then: the core is busy, whoever still waits for the result.
    pub(crate) async fn run_in_steps<T, J>(&self, behalf: &Behalf, job: J) -> Result<T, PasswordHasherError>
    where
        T: Send + 'static,
        J: FnMut(&mut Workspace<'_>) -> Result<Option<T>, argon2::Error> + Send + 'static,
    {
        let shared = self.shared();
        let (answer, mut answered) = oneshot::channel();
        let place = shared.places.of(behalf);
        let job = Box::new(Answering { job, result: None, answer: Some(answer) });
        let waiting = Waiting { shared, place, ticket: shared.submit(Task { place, begun: false, job })? };
        match tokio::time::timeout(shared.limit.longest_wait, &mut answered).await {
            Ok(answer) => answer,
            Err(_) if waiting.give_up() => return Err(PasswordHasherError::Busy),
            Err(_) => answered.await,
        }
        .map_err(failed)?
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}

impl Default for SlowHashing {
    fn default() -> Self {
        Self::new(ComputeLimit::default())
    }
}

impl std::fmt::Debug for SlowHashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlowHashing").field("limit", &self.shared().limit).finish_non_exhaustive()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.changed.notify_all();
    }
}

/// A caller that waits. Its place is given back when it goes away.
struct Waiting<'a> {
    shared: &'a Shared,
    place: Place,
    ticket: Ticket,
}

impl Waiting<'_> {
    /// Leaves the queue, unless the work has begun.
    fn give_up(&self) -> bool {
        let mut state = self.shared.state();
        match state.queue.remove(self.place, self.ticket) {
            Some(task) if task.begun => {
                state.queue.put_back(self.place, self.ticket, task);
                false
            }
            removed => removed.is_some(),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let _ = self.shared.state().queue.remove(self.place, self.ticket);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(self: &Arc<Self>, task: Task) -> Result<Ticket, PasswordHasherError> {
        let place = task.place;
        let mut state = self.state();
        // Overtakes nobody: whoever could run and waits has been given what is free.
        let at_once = state.may_run_one_more(&self.limit) && state.may_run(&self.limit, place.line());
        let ticket = if at_once {
            state.queue.push_freely(place, task)
        } else {
            state.queue.push(place, task).ok_or(PasswordHasherError::Busy)?
        };
        self.give_turns(&mut state)?;
        Ok(ticket)
    }

    /// Lets as many begin as may run, and sees that there are threads for them.
    fn give_turns(self: &Arc<Self>, state: &mut State) -> Result<(), PasswordHasherError> {
        while state.may_run_one_more(&self.limit) {
            let (running_in, limit) = (&state.running_in, &self.limit);
            let Some((ticket, mut task)) = state.queue.pop(|line| may_run(running_in, limit, line)) else { break };
            task.begun = true;
            state.running += 1;
            *state.running_in.entry(task.place.line()).or_default() += 1;
            state.ready.push_back((ticket, task));
            self.changed.notify_one();
        }
        if state.ready.len() <= state.idle_threads || state.threads >= self.limit.parallel {
            return Ok(());
        }
        let shared = Arc::clone(self);
        match std::thread::Builder::new().name("slow-work".to_owned()).spawn(move || shared.work()) {
            Ok(_) => state.threads += 1,
            // Those that there are do it.
            Err(_) if state.threads > 0 => {}
            Err(error) => {
                while let Some((_, task)) = state.ready.pop_front() {
                    state.ended(task.place.line());
                }
                return Err(failed(error));
            }
        }
        Ok(())
    }

    /// What a thread does until the end.
    fn work(self: &Arc<Self>) {
        yield_to_everything_else();
        while let Some((ticket, mut task)) = self.next() {
            let mut workspace = Workspace { shared: self.as_ref(), blocks: self.take_memory() };
            let finished = catch_unwind(AssertUnwindSafe(|| task.job.step(&mut workspace)));
            if finished.is_ok() {
                self.keep_memory(workspace.blocks);
            }
            let mut state = self.state();
            state.ended(task.place.line());
            // One that panicked is dropped, and its caller finds that there will be no answer.
            let ended = finished.unwrap_or(true) || !task.job.is_wanted();
            let task = if ended {
                Some(task)
            } else {
                state.queue.put_back(task.place, ticket, task);
                None
            };
            // There is a thread: this one.
            let _ = self.give_turns(&mut state);
            drop(state);
            if let Some(mut task) = task {
                task.job.answer();
            }
        }
    }

    fn next(&self) -> Option<(Ticket, Task)> {
        let mut state = self.state();
        loop {
            if state.ended {
                return None;
            }
            if let Some(next) = state.ready.pop_front() {
                return Some(next);
            }
            state.idle_threads += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle_threads -= 1;
        }
    }

    fn take_memory(&self) -> Vec<Block> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn keep_memory(&self, blocks: Vec<Block>) {
        if (1..=SlowHashing::LARGEST_KEPT_BLOCKS).contains(&blocks.len()) {
            // Never more than there are threads: each computation takes one out before it puts one in.
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
        }
    }
}

impl State {
    fn may_run_one_more(&self, limit: &ComputeLimit) -> bool {
        self.running < limit.parallel
    }

    fn may_run(&self, limit: &ComputeLimit, line: LineKey) -> bool {
        may_run(&self.running_in, limit, line)
    }

    fn ended(&mut self, line: LineKey) {
        self.running -= 1;
        if let Some(running) = self.running_in.get_mut(&line) {
            *running -= 1;
            if *running == 0 {
                self.running_in.remove(&line);
            }
        }
    }
}

/// Half of all, rounded up, is the most that one line runs.
fn may_run(running_in: &HashMap<LineKey, usize>, limit: &ComputeLimit, line: LineKey) -> bool {
    running_in.get(&line).copied().unwrap_or(0) < limit.parallel.div_ceil(2)
}

/// Lets every other thread of the process go first. Elsewhere than on Linux this would slow the whole process.
fn yield_to_everything_else() {
    #[cfg(target_os = "linux")]
    {
        const NICENESS: i32 = 10;
        // Without it the work is done all the same.
        let _ = rustix::process::setpriority_process(None, NICENESS);
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
        let large = needed > SlowHashing::LARGEST_KEPT_BLOCKS;
        let _alone = large.then(|| self.shared.large.lock().unwrap_or_else(PoisonError::into_inner));
        if self.blocks.len() < needed {
            let missing = needed - self.blocks.len();
            self.blocks.try_reserve_exact(missing).map_err(|_| argon2::Error::OutOfMemory)?;
            self.blocks.resize(needed, Block::new());
        }
        let result = argon2.hash_password_into_with_memory(password, salt, output, &mut self.blocks);
        // The last blocks alone would let a guesser skip the slow part. A plain fill is enough: the memory outlives
        // this call, so that the compiler cannot leave the writes out.
        self.blocks.iter_mut().take(needed).for_each(|block| *block = Block::new());
        if large {
            // Before the next large one begins.
            self.blocks = Vec::new();
        }
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
    use countersign_application::AccountId;
    use uuid::Uuid;

    use super::*;

    type Running = tokio::task::JoinHandle<Result<u32, PasswordHasherError>>;

    fn limit(parallel: usize, waiting: usize) -> ComputeLimit {
        ComputeLimit { parallel, waiting, ..ComputeLimit::default() }
    }

    fn account(number: u128) -> Behalf {
        Behalf::Account { account: AccountId::from_uuid(Uuid::from_u128(number)), network: None }
    }

    /// A job that occupies its place until it is told to end.
    fn blocked_job(hashing: &SlowHashing) -> (mpsc::Sender<()>, Running) {
        blocked_job_of(hashing, Behalf::Operator)
    }

    fn blocked_job_of(hashing: &SlowHashing, behalf: Behalf) -> (mpsc::Sender<()>, Running) {
        let (end, told) = mpsc::channel();
        let hashing = hashing.clone();
        let job = async move {
            hashing
                .run(&behalf, move |_| {
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
        let hashing = SlowHashing::new(limit(1, 2));
        let (end_first, first) = blocked_job(&hashing);
        until(&hashing, 1, 0).await;
        let (end_second, second) = blocked_job(&hashing);
        until(&hashing, 1, 1).await;
        let (_end_third, third) = blocked_job(&hashing);
        until(&hashing, 1, 2).await;
        assert!(matches!(hashing.run(&Behalf::Operator, |_| Ok(())).await, Err(PasswordHasherError::Busy)));

        third.abort();
        until(&hashing, 1, 1).await;
        let (end_fourth, fourth) = blocked_job(&hashing);
        until(&hashing, 1, 2).await;
        assert!(matches!(hashing.run(&Behalf::Operator, |_| Ok(())).await, Err(PasswordHasherError::Busy)));

        drop((end_first, end_second, end_fourth));
        for job in [first, second, fourth] {
            assert_eq!(job.await.unwrap().unwrap(), 1);
        }
        until(&hashing, 0, 0).await;
        assert!(hashing.run(&Behalf::Operator, |_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_computation_whose_caller_went_away_still_counts_until_it_ends() {
        let hashing = SlowHashing::new(limit(1, 0));
        let (end, job) = blocked_job(&hashing);
        until(&hashing, 1, 0).await;
        job.abort();
        assert!(job.await.unwrap_err().is_cancelled());
        assert!(matches!(hashing.run(&Behalf::Operator, |_| Ok(())).await, Err(PasswordHasherError::Busy)));
        drop(end);
        until(&hashing, 0, 0).await;
    }

    #[tokio::test]
    async fn a_job_that_panics_gives_its_place_back() {
        let hashing = SlowHashing::new(limit(1, 0));
        let result = hashing.run(&Behalf::Operator, |_| -> Result<(), argon2::Error> { panic!("deliberately") }).await;
        assert!(matches!(result, Err(PasswordHasherError::Failed(_))));
        assert!(hashing.run(&Behalf::Operator, |_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn one_account_runs_no_more_than_half_and_others_begin_at_once() {
        let hashing = SlowHashing::new(limit(4, 80));
        let greedy: Vec<_> = (0..8).map(|_| blocked_job_of(&hashing, account(1))).collect();
        until(&hashing, 2, 6).await;
        let (_end, _other) = blocked_job_of(&hashing, account(2));
        until(&hashing, 3, 6).await;
        assert_eq!(hashing.run(&account(3), |_| Ok(5)).await.unwrap(), 5);
        drop(greedy);
    }

    #[tokio::test]
    async fn between_the_steps_of_one_others_have_their_turn() {
        let hashing = SlowHashing::new(limit(1, 8));
        let (end, first) = blocked_job_of(&hashing, account(3));
        until(&hashing, 1, 0).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let (in_steps, said) = (hashing.clone(), Arc::clone(&order));
        let set = tokio::spawn(async move {
            let mut left = 3;
            let job = move |_: &mut Workspace<'_>| {
                said.lock().unwrap().push("step");
                left -= 1;
                Ok((left == 0).then_some(()))
            };
            in_steps.run_in_steps(&account(1), job).await
        });
        until(&hashing, 1, 1).await;
        let (at_once, said) = (hashing.clone(), Arc::clone(&order));
        let other = tokio::spawn(async move {
            let job = move |_: &mut Workspace<'_>| {
                said.lock().unwrap().push("other");
                Ok(())
            };
            at_once.run(&account(2), job).await
        });
        until(&hashing, 1, 2).await;
        drop(end);
        for job in [set, other] {
            job.await.unwrap().unwrap();
        }
        first.await.unwrap().unwrap();
        assert_eq!(*order.lock().unwrap(), ["step", "other", "step", "step"]);
        until(&hashing, 0, 0).await;
    }

    #[tokio::test]
    async fn whoever_waited_for_too_long_is_refused_and_what_has_begun_is_not() {
        let longest_wait = Duration::from_millis(20);
        let hashing = SlowHashing::new(ComputeLimit { longest_wait, ..limit(1, 8) });
        let (end, begun) = blocked_job(&hashing);
        until(&hashing, 1, 0).await;
        assert!(matches!(hashing.run(&Behalf::Operator, |_| Ok(())).await, Err(PasswordHasherError::Busy)));
        until(&hashing, 1, 0).await;
        drop(end);
        assert_eq!(begun.await.unwrap().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_limit_of_nothing_still_lets_one_through() {
        let hashing = SlowHashing::new(limit(0, 0));
        assert!(hashing.run(&Behalf::Operator, |_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn the_test_vector_of_rfc_9106_comes_out_also_in_memory_that_was_used_before() {
        let hashing = SlowHashing::new(limit(1, 0));
        for _ in 0..2 {
            let tag = hashing.run(&Behalf::Operator, rfc_9106_section_5_3).await.unwrap();
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
        let hashing = SlowHashing::new(limit(1, 0));
        hashing.run(&Behalf::Operator, rfc_9106_section_5_3).await.unwrap();
        let memory = hashing.shared().memory.lock().unwrap();
        assert_eq!(memory.len(), 1);
        assert!(memory.iter().flatten().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
