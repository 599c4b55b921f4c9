//! What was asked, what was answered, and when: everything that the checks judge by.

use std::fmt::{self, Display, Formatter};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What a client did, for the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Begin,
    Confirm,
    FreshCode,
    SameCodeAtOnce,
    UsedCode,
    WrongCode,
    DeadCode,
    Password,
    RecoveryCode,
    SameRecoveryCodeAtOnce,
    UsedRecoveryCode,
    DeadRecoveryCode,
    Regenerate,
    Disable,
    Unlock,
    Pulse,
}

impl Display for Kind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Begin => "begin an enrollment",
            Self::Confirm => "confirm it",
            Self::FreshCode => "a fresh code",
            Self::SameCodeAtOnce => "a fresh code, twice at once",
            Self::UsedCode => "a code sent before",
            Self::WrongCode => "a wrong code",
            Self::DeadCode => "a code after disabling",
            Self::Password => "a password",
            Self::RecoveryCode => "a recovery code",
            Self::SameRecoveryCodeAtOnce => "a recovery code, twice at once",
            Self::UsedRecoveryCode => "a recovery code sent before",
            Self::DeadRecoveryCode => "a replaced recovery code",
            Self::Regenerate => "regenerate recovery codes",
            Self::Disable => "disable",
            Self::Unlock => "unlock",
            Self::Pulse => "a sign of life",
        })
    }
}

/// Over which operation a code goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `POST /v1/subjects/{subject}/verify`, which repeats the operation's number in its audit event.
    Service,
    /// `POST /v1/sign-in/second-factor`.
    SignIn,
}

/// What an operation means for the state.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Begins an enrollment.
    Begin,
    /// Confirms one with a code of these steps: several only where they have the same code.
    Confirm { authenticator: String, steps: Vec<u64> },
    /// Gives a code of an authenticator.
    Verify { authenticator: String, steps: Vec<u64>, way: Way },
    /// Gives a code that no authenticator shows.
    Guess { way: Way },
    /// Gives a recovery code of the set that the operation of this number issued.
    Redeem { set: u64, code: String, way: Way },
    /// Replaces the recovery codes.
    Regenerate,
    /// Turns two-factor off.
    Disable,
    /// Forgets the failures.
    Unlock,
    /// Gives a right password, which must not be enough.
    Password,
}

/// What an accepted operation yields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gain {
    /// The recovery codes that it issued.
    pub(crate) recovery_codes: Vec<String>,
}

/// How an operation ended.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Accepted(Gain),
    /// Refused with the code of the problem.
    Refused(String),
    /// Not looked at, because of earlier failures.
    Throttled,
    /// Nobody listened: it certainly did not happen.
    NotSent,
    /// The connection broke, or the answer was that the service is not available: it happened or not, now or later.
    Unknown(String),
    /// An answer that is never right.
    Broken(String),
}

impl Outcome {
    /// In a word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused(_) => "refused",
            Self::Throttled => "throttled",
            Self::NotSent => "not sent",
            Self::Unknown(_) => "unknown",
            Self::Broken(_) => "BROKEN",
        }
    }
}

/// One operation, from its invocation to its answer.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) number: u64,
    pub(crate) client: usize,
    pub(crate) node: usize,
    pub(crate) person: usize,
    pub(crate) kind: Kind,
    pub(crate) action: Action,
    pub(crate) invoked: Duration,
    pub(crate) answered: Duration,
    pub(crate) outcome: Outcome,
}

impl Operation {
    /// Whether it was acknowledged.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Accepted(_))
    }

    /// Whether nobody knows if it happened.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown(_) | Outcome::Broken(_))
    }

    /// Whether it happened, for all that the answer says.
    pub(crate) fn may_have_happened(&self) -> bool {
        self.is_accepted() || self.is_unknown()
    }

    /// Whether it was refused with this problem.
    pub(crate) fn is_refused_as(&self, problem: &str) -> bool {
        matches!(&self.outcome, Outcome::Refused(code) if code == problem)
    }

    /// Whether it was looked at and found wrong.
    pub(crate) fn is_evaluated_wrong(&self) -> bool {
        self.is_refused_as("invalid_code")
    }

    /// When it has had its effect at the latest. One without an answer may still be under way.
    pub(crate) fn done_by(&self) -> Duration {
        if self.is_unknown() { Duration::MAX } else { self.answered }
    }

    /// Whether it was over before `other` began.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        self.done_by() < other.invoked
    }

    /// The problem or reason, if there is one.
    fn why(&self) -> &str {
        match &self.outcome {
            Outcome::Refused(why) | Outcome::Unknown(why) | Outcome::Broken(why) => why,
            _ => "",
        }
    }
}

impl Display for Operation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.invoked.as_secs_f64(), self.answered.as_secs_f64());
        let Self { number, client, node, kind, action, outcome, .. } = self;
        write!(
            formatter,
            "{from:9.4} to {until:9.4}  op-{number:<6} client {client:<3} node {node}  {kind:30} {:9} {}  {action:?}",
            outcome.word(),
            self.why(),
        )
    }
}

/// The rules of a realm, as far as the checks need them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) period: u64,
    pub(crate) skew: u64,
    pub(crate) free_failures: u32,
    pub(crate) first_wait: u64,
    pub(crate) longest_wait: u64,
    pub(crate) recovery_codes: u64,
}

impl Rules {
    /// The wait after the failure of this number in a row.
    pub(crate) fn wait(&self, failure: u32) -> Duration {
        let doublings = failure.saturating_sub(self.free_failures);
        let seconds = match doublings {
            0 => 0,
            more => (self.first_wait << (more - 1).min(32)).min(self.longest_wait),
        };
        Duration::from_secs(seconds)
    }
}

/// A person's second factor at the end.
#[derive(Clone, Debug)]
pub(crate) struct FinalState {
    pub(crate) enabled: bool,
    /// The active authenticators.
    pub(crate) active: Vec<String>,
    pub(crate) recovery_codes: u64,
}

/// An audit event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: String,
    /// The person that it concerns.
    pub(crate) person: Option<usize>,
    /// The operation whose number it repeats.
    pub(crate) operation: Option<u64>,
    pub(crate) purpose: String,
    pub(crate) authenticator: String,
    /// The step of an accepted code.
    pub(crate) step: Option<u64>,
    pub(crate) at: String,
}

/// How a node came back after the last fault healed.
#[derive(Clone, Debug)]
pub(crate) struct Pulse {
    pub(crate) node: usize,
    /// How long it took until it answered a verification; `None` if it never did.
    pub(crate) after: Option<Duration>,
}

/// Everything that the checks judge by.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    /// The time of day when the clock of the history stood at 0, since the epoch.
    pub(crate) began: Duration,
    /// The persons' rules, by their numbers.
    pub(crate) rules: Vec<Rules>,
    /// All operations, by their numbers.
    pub(crate) operations: Vec<Operation>,
    /// The persons at the end; `None` if that could not be read.
    pub(crate) finals: Vec<Option<FinalState>>,
    /// The audit trail.
    pub(crate) events: Vec<Event>,
    pub(crate) pulses: Vec<Pulse>,
}

impl Evidence {
    /// The operations of each person.
    pub(crate) fn by_person(&self) -> Vec<Vec<&Operation>> {
        let mut persons = vec![Vec::new(); self.rules.len()];
        for operation in &self.operations {
            persons[operation.person].push(operation);
        }
        persons
    }

    /// The step that clocks show at a time of the history.
    pub(crate) fn step_at(&self, person: usize, at: Duration) -> u64 {
        (self.began + at).as_secs() / self.rules[person].period
    }
}

/// An operation that was begun.
pub(crate) struct Invocation {
    pub(crate) number: u64,
    invoked: Duration,
}

/// Takes down operations from many threads.
pub(crate) struct Recorder {
    start: Instant,
    began: Duration,
    next: AtomicU64,
    operations: Mutex<Vec<Operation>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self { start: Instant::now(), began, next: AtomicU64::new(0), operations: Mutex::default() }
    }

    /// The time of day when its clock stood at 0, since the epoch.
    pub(crate) fn began(&self) -> Duration {
        self.began
    }

    /// The time on its clock.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Takes down that an operation is about to be sent.
    pub(crate) fn invoke(&self) -> Invocation {
        Invocation { number: self.next.fetch_add(1, Ordering::Relaxed), invoked: self.now() }
    }

    /// Takes down how it ended.
    pub(crate) fn answer(
        &self,
        Invocation { number, invoked }: Invocation,
        (client, node, person): (usize, usize, usize),
        (kind, action): (Kind, Action),
        outcome: Outcome,
    ) -> Operation {
        let answered = self.now();
        let operation = Operation { number, client, node, person, kind, action, invoked, answered, outcome };
        self.operations.lock().unwrap().push(operation.clone());
        operation
    }

    /// Looks at all that was taken down so far.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&[Operation]) -> T) -> T {
        at(&self.operations.lock().unwrap())
    }

    /// All that was taken down, by number.
    pub(crate) fn finish(self) -> Vec<Operation> {
        let mut operations = self.operations.into_inner().unwrap();
        operations.sort_by_key(|operation| operation.number);
        operations
    }
}
