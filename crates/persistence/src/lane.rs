//! Lanes: whoever waits is served together.
//!
//! What is asked while the database is busy waits in one queue. A lane takes what is there, never waits for more, and has
//! all of it served at once: one statement where there were many, one commit where there were many. Alone, a request goes
//! through without a pause.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_application::ports::StoreError;
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How many are served together at most.
const MOST: usize = 32;

/// Those who serve what has come together.
pub(crate) trait Serve: Send + Sync + 'static {
    type Ask: Send + 'static;
    type Answer: Send + 'static;
    /// Whom an ask is about. Two about the same are never served at the same time: whoever asks over many connections has
    /// one place in each batch, and others have theirs.
    type About: Eq + Hash + Clone + Send + Sync + 'static;

    fn about(ask: &Self::Ask) -> Self::About;

    /// Whether it may be served together with others.
    fn goes_together(_ask: &Self::Ask) -> bool {
        true
    }

    /// Begins a lane, which ends by itself when nobody waits.
    fn begin(lane: Lanes<Self>, runtime: Handle)
    where
        Self: Sized,
    {
        runtime.spawn(lane.run());
    }

    /// An answer to each, in the order of the asks.
    fn serve(&self, asks: Vec<Self::Ask>) -> impl Future<Output = Vec<Result<Self::Answer, StoreError>>> + Send;
}

/// What comes of an ask.
pub(crate) type Served<S> = Result<<S as Serve>::Answer, StoreError>;

type Answers<S> = oneshot::Sender<Served<S>>;

/// Those who are being served.
struct Batch<S: Serve> {
    abouts: Vec<S::About>,
    answers: Vec<Answers<S>>,
}

struct Waiting<S: Serve> {
    ask: S::Ask,
    answer: Answers<S>,
}

struct Queue<S: Serve> {
    waiting: VecDeque<Waiting<S>>,
    /// Whom those are about that are being served.
    served: HashSet<S::About>,
    running: usize,
}

impl<S: Serve> Queue<S> {
    /// Takes what can be served now, in the order of asking, and leaves out those who have gone.
    fn take(&mut self) -> Vec<Waiting<S>> {
        let mut taken: Vec<Waiting<S>> = Vec::new();
        let mut left = VecDeque::with_capacity(self.waiting.len());
        let mut full = false;
        while let Some(next) = self.waiting.pop_front() {
            if full {
                left.push_back(next);
                left.append(&mut self.waiting);
                break;
            }
            if next.answer.is_closed() {
                continue;
            }
            let fits = taken.is_empty() || S::goes_together(&next.ask);
            let about = S::about(&next.ask);
            if !fits || self.served.contains(&about) {
                left.push_back(next);
                continue;
            }
            self.served.insert(about);
            full = !S::goes_together(&next.ask) || taken.len() + 1 == MOST;
            taken.push(next);
        }
        self.waiting = left;
        taken
    }
}

/// Some lanes and the queue before them.
pub(crate) struct Lanes<S: Serve> {
    serve: Arc<S>,
    queue: Arc<Mutex<Queue<S>>>,
    lanes: usize,
}

impl<S: Serve> Clone for Lanes<S> {
    fn clone(&self) -> Self {
        Self { serve: Arc::clone(&self.serve), queue: Arc::clone(&self.queue), lanes: self.lanes }
    }
}

impl<S: Serve> Lanes<S> {
    pub(crate) fn new(serve: S, lanes: usize) -> Self {
        let queue = Queue { waiting: VecDeque::new(), served: HashSet::new(), running: 0 };
        Self { serve: Arc::new(serve), queue: Arc::new(Mutex::new(queue)), lanes }
    }

    /// Asks, and waits for the answer. Whoever stops waiting before it was taken has asked nothing.
    pub(crate) async fn ask(&self, ask: S::Ask) -> Result<S::Answer, StoreError> {
        let (answer, answered) = oneshot::channel();
        if self.is_lane_wanted_after(Waiting { ask, answer }) {
            S::begin(self.clone(), Handle::current());
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("a lane ended early".into())))
    }

    /// Puts someone at the end of the queue, and answers whether another lane is to begin.
    fn is_lane_wanted_after(&self, waiting: Waiting<S>) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(waiting);
        let wanted = queue.running < self.lanes;
        queue.running += usize::from(wanted);
        wanted
    }

    fn queue(&self) -> MutexGuard<'_, Queue<S>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next ones, or ends the lane where there are none.
    fn next(&self) -> Vec<Waiting<S>> {
        let mut queue = self.queue();
        let taken = queue.take();
        if taken.is_empty() {
            queue.running -= 1;
        }
        taken
    }

    pub(crate) fn serve(&self) -> &S {
        &self.serve
    }

    /// One lane, until nobody waits.
    pub(crate) async fn run(self) {
        while let Some((asks, batch)) = self.next_batch() {
            self.serve_batch(asks, batch).await;
        }
    }

    async fn serve_batch(&self, asks: Vec<S::Ask>, batch: Batch<S>) {
        // Where it panics, those whom it served are told so, and the lane goes on.
        let served = AssertUnwindSafe(self.serve.serve(asks)).catch_unwind().await.unwrap_or_default();
        self.answer(batch, served);
    }

    /// One batch as a task; then the lane begins again, as it may.
    pub(crate) async fn run_once_as_task(self) {
        if let Some((asks, batch)) = self.next_batch() {
            self.go_on(asks, batch).await;
        }
    }

    async fn go_on(self, asks: Vec<S::Ask>, batch: Batch<S>) {
        self.serve_batch(asks, batch).await;
        S::begin(self, Handle::current());
    }

    /// One batch of a lane that is no task, served by something that waits for nobody. Where that cannot answer, a
    /// task does, and the lane begins again. Answers whether it is to be run again.
    pub(crate) fn run_once(&self, runtime: &Handle, serve: impl FnOnce(&[S::Ask]) -> Option<Vec<Served<S>>>) -> bool {
        let Some((asks, batch)) = self.next_batch() else { return false };
        match std::panic::catch_unwind(AssertUnwindSafe(|| serve(&asks))) {
            Ok(Some(served)) => self.answer(batch, served),
            Ok(None) => {
                runtime.spawn(self.clone().go_on(asks, batch));
                return false;
            }
            Err(_) => self.answer(batch, Vec::new()),
        }
        true
    }

    /// Ends a lane that cannot go on, and leaves nobody waiting.
    pub(crate) fn abandon(&self) {
        let mut queue = self.queue();
        queue.running -= 1;
        queue.waiting.clear();
    }

    fn next_batch(&self) -> Option<(Vec<S::Ask>, Batch<S>)> {
        let taken = self.next();
        if taken.is_empty() {
            return None;
        }
        let abouts = taken.iter().map(|it| S::about(&it.ask)).collect();
        let (asks, answers) = taken.into_iter().map(|it| (it.ask, it.answer)).unzip();
        Some((asks, Batch { abouts, answers }))
    }

    fn answer(&self, batch: Batch<S>, served: Vec<Served<S>>) {
        {
            let mut queue = self.queue();
            for about in &batch.abouts {
                queue.served.remove(about);
            }
        }
        for (answer, result) in batch.answers.into_iter().zip(served) {
            // Who has gone meanwhile is not told.
            let _ = answer.send(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    /// Whom it is about, and what of them.
    type Ask = (&'static str, usize);

    /// Serves a batch for each permit, and keeps what was in it.
    #[derive(Clone)]
    struct Batches {
        permits: Arc<Semaphore>,
        served: Arc<Mutex<Vec<Vec<Ask>>>>,
    }

    impl Serve for Batches {
        type Ask = Ask;
        type Answer = usize;
        type About = &'static str;

        fn about(ask: &Ask) -> &'static str {
            ask.0
        }

        fn goes_together(ask: &Ask) -> bool {
            ask.0 != "alone"
        }

        async fn serve(&self, asks: Vec<Ask>) -> Vec<Result<usize, StoreError>> {
            self.served.lock().unwrap().push(asks.clone());
            self.permits.acquire().await.unwrap().forget();
            assert!(asks.iter().all(|ask| ask.0 != "panics"));
            asks.into_iter().map(|ask| Ok(ask.1)).collect()
        }
    }

    struct Bench {
        batches: Batches,
        lanes: Lanes<Batches>,
    }

    impl Bench {
        /// Lanes of which none goes on until it is let.
        fn of(lanes: usize) -> Self {
            let batches = Batches { permits: Arc::new(Semaphore::new(0)), served: Arc::default() };
            Self { lanes: Lanes::new(batches.clone(), lanes), batches }
        }

        fn ask(&self, ask: Ask) -> tokio::task::JoinHandle<Result<usize, StoreError>> {
            let lanes = self.lanes.clone();
            tokio::spawn(async move { lanes.ask(ask).await })
        }

        /// Waits until so many wait, and as many batches are being served.
        async fn settled(&self, waiting: usize, batches: usize) {
            while self.lanes.queue().waiting.len() != waiting || self.served().len() != batches {
                tokio::task::yield_now().await;
            }
        }

        fn served(&self) -> Vec<Vec<Ask>> {
            self.batches.served.lock().unwrap().clone()
        }

        fn let_go(&self, batches: usize) {
            self.batches.permits.add_permits(batches);
        }
    }

    #[tokio::test]
    async fn whoever_asks_often_has_one_place_in_each_batch() {
        let bench = Bench::of(1);
        let mut asked = vec![bench.ask(("first", 0))];
        bench.settled(0, 1).await;
        asked.extend((0..80).map(|number| bench.ask(("member", number))));
        bench.settled(80, 1).await;
        asked.extend(["ada", "bob", "kim"].map(|name| bench.ask((name, 0))));
        bench.settled(83, 1).await;
        bench.let_go(1_000);
        for asked in asked {
            asked.await.unwrap().unwrap();
        }
        let served = bench.served();
        assert_eq!(served[1], [("member", 0), ("ada", 0), ("bob", 0), ("kim", 0)], "others wait for one of them");
        assert_eq!(served.len(), 1 + 80);
    }

    #[tokio::test]
    async fn two_about_the_same_are_in_no_two_lanes_at_once() {
        let bench = Bench::of(3);
        let asked: Vec<_> = (0..3).map(|number| bench.ask(("ada", number))).collect();
        bench.settled(2, 1).await;
        let other = bench.ask(("bob", 7));
        bench.settled(2, 2).await;
        bench.let_go(4);
        assert_eq!(other.await.unwrap().unwrap(), 7);
        for (number, asked) in asked.into_iter().enumerate() {
            assert_eq!(asked.await.unwrap().unwrap(), number, "each gets its own answer");
        }
    }

    #[tokio::test]
    async fn a_batch_is_no_larger_than_it_may_be_and_nobody_waits_for_more() {
        const NAMES: [&str; 40] = [
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
            "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36",
            "37", "38", "39",
        ];
        let bench = Bench::of(1);
        let mut asked = vec![bench.ask(("first", 0))];
        bench.settled(0, 1).await;
        asked.extend(NAMES.map(|name| bench.ask((name, 0))));
        bench.settled(40, 1).await;
        bench.let_go(3);
        for asked in asked {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(bench.served().iter().map(Vec::len).collect::<Vec<_>>(), [1, MOST, 40 - MOST]);
    }

    #[tokio::test]
    async fn what_goes_alone_goes_alone_in_its_turn() {
        let bench = Bench::of(1);
        let mut asked = vec![bench.ask(("first", 0))];
        bench.settled(0, 1).await;
        for (waiting, ask) in [("ada", 0), ("alone", 1), ("bob", 2)].into_iter().enumerate() {
            asked.push(bench.ask(ask));
            bench.settled(waiting + 1, 1).await;
        }
        bench.let_go(3);
        for asked in asked {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(bench.served()[1..], [vec![("ada", 0), ("bob", 2)], vec![("alone", 1)]]);
    }

    #[tokio::test]
    async fn whoever_has_gone_before_their_turn_has_asked_nothing() {
        let bench = Bench::of(1);
        let first = bench.ask(("first", 0));
        bench.settled(0, 1).await;
        let gone = bench.ask(("gone", 0));
        bench.settled(1, 1).await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        let last = bench.ask(("last", 1));
        bench.settled(2, 1).await;
        bench.let_go(2);
        first.await.unwrap().unwrap();
        last.await.unwrap().unwrap();
        assert_eq!(bench.served(), [vec![("first", 0)], vec![("last", 1)]]);
    }

    #[tokio::test]
    async fn a_lane_that_cannot_go_on_leaves_nobody_waiting() {
        let bench = Bench::of(1);
        bench.lanes.queue().running = 1;
        let waiting = bench.ask(("waiting", 1));
        bench.settled(1, 0).await;
        bench.lanes.abandon();
        assert!(waiting.await.unwrap().is_err());
        let next = bench.ask(("next", 2));
        bench.let_go(1);
        assert_eq!(next.await.unwrap().unwrap(), 2, "and another one is begun for the next");
    }

    #[tokio::test]
    async fn a_lane_without_a_task_serves_a_batch_at_a_time() {
        let bench = Bench::of(1);
        let runtime = Handle::current();
        bench.lanes.queue().running = 1;
        let [ada, unanswered] = [bench.ask(("ada", 1)), bench.ask(("bob", 2))];
        bench.settled(2, 0).await;
        assert!(bench.lanes.run_once(&runtime, |asks| Some(asks.iter().take(1).map(|ask| Ok(ask.1)).collect())));
        assert_eq!(ada.await.unwrap().unwrap(), 1);
        assert!(unanswered.await.unwrap().is_err(), "whoever gets no answer is told so");
        let panicked = bench.ask(("kim", 3));
        bench.settled(1, 0).await;
        assert!(bench.lanes.run_once(&runtime, |_| panic!("in a batch")));
        assert!(panicked.await.unwrap().is_err());
        let handed_on = bench.ask(("kim", 4));
        bench.settled(1, 0).await;
        assert!(!bench.lanes.run_once(&runtime, |_| None), "it is a task now");
        bench.settled(0, 1).await;
        bench.let_go(1);
        assert_eq!(handed_on.await.unwrap().unwrap(), 4);
        while bench.lanes.queue().running > 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_panic_fails_its_batch_and_the_lane_goes_on() {
        let bench = Bench::of(1);
        let panics = bench.ask(("panics", 0));
        bench.settled(0, 1).await;
        let next = bench.ask(("next", 1));
        bench.settled(1, 1).await;
        bench.let_go(2);
        assert!(panics.await.unwrap().is_err());
        assert_eq!(next.await.unwrap().unwrap(), 1);
        let later = bench.ask(("panics", 0));
        bench.let_go(1);
        assert!(later.await.unwrap().is_err(), "and it may be asked about again");
    }
}
