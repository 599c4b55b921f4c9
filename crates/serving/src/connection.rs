//! One connection: what is under way on it, and for whom it waits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use crate::clock::now;
use crate::limits::Patience;
use crate::network::Network;

/// One connection.
pub(crate) struct Connection {
    pub(crate) network: Network,
    /// Whether a declared proxy brings it, which carries the requests of many.
    pub(crate) is_proxied: bool,
    patience: Patience,
    state: Mutex<State>,
}

struct State {
    task: Option<AbortHandle>,
    /// Whether it was told to end, maybe before its task was known.
    is_cut: bool,
    /// Since when nothing is under way.
    quiet_since: Instant,
    /// When a byte came or went.
    moved_at: Instant,
    written_at: Instant,
    /// When the head of a request began to come on a connection that had one before.
    head_since: Option<Instant>,
    /// Whether it ever brought a request.
    was_used: bool,
    /// Whether it is one of HTTP/2, on which more comes than requests.
    is_multiplexed: bool,
    exchanges: BTreeMap<u64, Phase>,
    next: u64,
}

/// For whom a request waits.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// For the client, who sends its body, until then.
    Receiving(Instant),
    /// For this server.
    Working,
    /// For the client, who takes the answer, until then.
    Answering(Instant),
}

/// How little it costs anyone to lose a connection: the lesser goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// It brought no request yet, or only a part of one.
    Unused(Instant),
    /// It brought one and may bring another.
    Idle(Instant),
    /// Its client has not sent everything, or not taken everything.
    Slow(Instant),
}

impl Connection {
    pub(crate) fn new(network: Network, is_proxied: bool, patience: Patience) -> Self {
        let now = now();
        let state = State {
            task: None,
            is_cut: false,
            quiet_since: now,
            moved_at: now,
            written_at: now,
            head_since: None,
            was_used: false,
            is_multiplexed: false,
            exchanges: BTreeMap::new(),
            next: 0,
        };
        Self { network, is_proxied, patience, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is whole before anything could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is served by this task.
    pub(crate) fn is_served_by(&self, task: AbortHandle) {
        let mut state = self.state();
        if state.is_cut {
            task.abort();
        }
        state.task = Some(task);
    }

    /// Ends it at once.
    pub(crate) fn cut(&self) {
        let mut state = self.state();
        state.is_cut = true;
        if let Some(task) = state.task.take() {
            task.abort();
        }
    }

    pub(crate) fn has_read(&self) {
        let now = now();
        let mut state = self.state();
        state.moved_at = now;
        if state.exchanges.is_empty() && state.was_used && !state.is_multiplexed {
            state.head_since.get_or_insert(now);
        }
    }

    pub(crate) fn has_written(&self) {
        let now = now();
        let mut state = self.state();
        (state.moved_at, state.written_at) = (now, now);
    }

    /// The head of a request has come.
    pub(crate) fn begin(self: &Arc<Self>, is_multiplexed: bool) -> Exchange {
        let until = now() + self.patience.body;
        let mut state = self.state();
        (state.was_used, state.is_multiplexed, state.head_since) = (true, is_multiplexed, None);
        let (id, is_alone) = (state.next, state.exchanges.is_empty());
        state.next += 1;
        state.exchanges.insert(id, Phase::Receiving(until));
        Exchange { connection: Arc::clone(self), id, is_alone }
    }

    /// What it is worth, unless a client waits for this server.
    pub(crate) fn worth(&self) -> Option<Worth> {
        let state = self.state();
        if state.exchanges.values().any(|phase| matches!(phase, Phase::Working)) {
            return None;
        }
        Some(if !state.exchanges.is_empty() {
            Worth::Slow(state.moved_at)
        } else if !state.was_used || state.head_since.is_some() {
            Worth::Unused(state.moved_at)
        } else {
            Worth::Idle(state.moved_at)
        })
    }

    /// What its client is too late with, if anything.
    pub(crate) fn overdue(&self) -> Option<&'static str> {
        let now = now();
        let state = self.state();
        if state.exchanges.is_empty() {
            let head_since = if state.was_used { state.head_since } else { Some(state.quiet_since) };
            return if head_since.is_some_and(|since| now >= since + self.patience.head) {
                Some("the head of a request")
            } else {
                (now >= state.quiet_since + self.patience.idle).then_some("another request")
            };
        }
        let mut is_answering = false;
        for phase in state.exchanges.values() {
            match phase {
                Phase::Receiving(until) if now >= *until => return Some("the body of a request"),
                Phase::Answering(until) if now >= *until => return Some("taking an answer"),
                Phase::Answering(_) => is_answering = true,
                Phase::Receiving(_) | Phase::Working => {}
            }
        }
        (is_answering && now >= state.written_at + self.patience.stalled).then_some("taking an answer")
    }

    /// Whether nothing is under way on it.
    pub(crate) fn is_quiet_for(&self, duration: Duration) -> bool {
        let state = self.state();
        state.exchanges.is_empty() && now() >= state.quiet_since + duration
    }
}

/// One request and its answer, until that was taken or given up.
pub(crate) struct Exchange {
    connection: Arc<Connection>,
    id: u64,
    /// Whether nothing else was under way on the connection when it came.
    pub(crate) is_alone: bool,
}

impl Exchange {
    /// Nothing more of the request is awaited.
    pub(crate) fn is_received(&self) {
        self.enter(|phase| match phase {
            Phase::Receiving(_) => Phase::Working,
            later => later,
        });
    }

    /// There is an answer, with this much of it to take at first.
    pub(crate) fn answers(&self, bytes: u64) {
        let now = now();
        let until = now + self.time_for(bytes);
        self.connection.state().written_at = now;
        self.enter(|_| Phase::Answering(until));
    }

    /// There is more of the answer to take.
    pub(crate) fn answers_more(&self, bytes: u64) {
        let until = now() + self.time_for(bytes);
        self.enter(|phase| match phase {
            Phase::Answering(before) => Phase::Answering(before.max(until)),
            Phase::Receiving(_) | Phase::Working => Phase::Answering(until),
        });
    }

    fn time_for(&self, bytes: u64) -> Duration {
        let patience = self.connection.patience;
        patience.stalled + Duration::from_secs(bytes / patience.slowest.max(1))
    }

    fn enter(&self, next: impl FnOnce(Phase) -> Phase) {
        if let Some(phase) = self.connection.state().exchanges.get_mut(&self.id) {
            *phase = next(*phase);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let now = now();
        let mut state = self.connection.state();
        state.exchanges.remove(&self.id);
        if state.exchanges.is_empty() {
            state.quiet_since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::advance;

    fn connection() -> Arc<Connection> {
        Arc::new(Connection::new(Network::of([127, 0, 0, 1].into()), false, Patience::USUAL))
    }

    fn pass(seconds: u64) {
        advance(Duration::from_secs(seconds));
    }

    #[test]
    fn a_connection_that_brings_no_whole_request_ends_however_many_bytes_come() {
        let silent = connection();
        for _ in 0..19 {
            pass(1);
            silent.has_read();
            assert_eq!(silent.overdue(), None);
        }
        pass(1);
        assert_eq!(silent.overdue(), Some("the head of a request"));
    }

    #[test]
    fn a_later_request_has_as_long_for_its_head_and_an_idle_connection_longer() {
        let kept = connection();
        drop(kept.begin(false));
        pass(74);
        assert_eq!(kept.overdue(), None);
        pass(1);
        assert_eq!(kept.overdue(), Some("another request"));
        drop(kept.begin(false));
        kept.has_read();
        pass(19);
        assert_eq!(kept.overdue(), None);
        kept.has_read();
        pass(1);
        assert_eq!(kept.overdue(), Some("the head of a request"));
    }

    #[test]
    fn what_is_no_request_keeps_no_connection_of_http2() {
        let kept = connection();
        drop(kept.begin(true));
        for _ in 0..75 {
            assert_eq!(kept.overdue(), None);
            pass(1);
            kept.has_read();
        }
        assert_eq!(kept.overdue(), Some("another request"));
    }

    #[test]
    fn a_body_that_trickles_ends_and_work_of_this_server_does_not() {
        let (slow, working) = (connection(), connection());
        let (_slow, exchange) = (slow.begin(false), working.begin(false));
        exchange.is_received();
        for _ in 0..30 {
            assert_eq!(slow.overdue(), None);
            pass(1);
            slow.has_read();
        }
        assert_eq!(slow.overdue(), Some("the body of a request"));
        pass(1000);
        assert_eq!((working.overdue(), working.worth()), (None, None));
    }

    #[test]
    fn an_answer_is_given_up_when_nobody_takes_it_or_too_slowly() {
        let (unread, trickling) = (connection(), connection());
        let (first, second) = (unread.begin(true), trickling.begin(true));
        first.answers(1_700_000);
        second.answers(40_960);
        for _ in 0..29 {
            pass(1);
            trickling.has_written();
            assert_eq!((unread.overdue(), trickling.overdue()), (None, None));
        }
        pass(1);
        trickling.has_written();
        assert_eq!((unread.overdue(), trickling.overdue()), (Some("taking an answer"), None));
        pass(10);
        trickling.has_written();
        assert_eq!(trickling.overdue(), Some("taking an answer"));
        drop(second);
        assert_eq!(trickling.overdue(), None);
        assert!(first.is_alone && !unread.begin(true).is_alone);
    }

    #[test]
    fn who_brings_nothing_is_worth_less_than_who_is_idle_and_that_less_than_who_is_slow() {
        let (unused, idle, slow) = (connection(), connection(), connection());
        drop(idle.begin(false));
        let exchange = slow.begin(false);
        pass(1);
        unused.has_read();
        assert!(unused.worth() < idle.worth() && idle.worth() < slow.worth());
        exchange.is_received();
        assert_eq!(slow.worth(), None);
        exchange.answers(1);
        assert!(slow.worth() > idle.worth());
    }
}
