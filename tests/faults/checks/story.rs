//! Histories written by hand, for the tests of the checks.

use std::time::Duration;

use super::{Found, Violation};
use crate::history::{Action, Event, Evidence, FinalState, Gain, Kind, Operation, Outcome, Pulse, Rules, Way};

/// The step at the beginning of every story.
pub(super) const NOW: u64 = 100_000_000;

const RULES: Rules = Rules { period: 15, skew: 2, free_failures: 4, first_wait: 1, longest_wait: 4, recovery_codes: 2 };

/// A history of one person: one operation after the other, 10 ms each with 10 ms between them, all accepted unless it is
/// said otherwise.
pub(super) struct Story {
    pub(super) evidence: Evidence,
}

impl Story {
    pub(super) fn new() -> Self {
        // In the middle of a step, so that nothing in a short story meets its end.
        let began = Duration::from_secs(NOW * RULES.period + 7);
        let evidence = Evidence {
            began,
            rules: vec![RULES],
            operations: Vec::new(),
            finals: vec![None],
            events: Vec::new(),
            pulses: Vec::new(),
        };
        Self { evidence }
    }

    fn add(&mut self, kind: Kind, action: Action) -> &mut Self {
        let number = self.evidence.operations.len() as u64;
        let begun = self.evidence.operations.last().map_or(Duration::ZERO, |last| last.answered);
        let invoked = begun + Duration::from_millis(10);
        let answered = invoked + Duration::from_millis(10);
        let outcome = Outcome::Accepted(Gain::default());
        let (client, node, person) = (0, 0, 0);
        let operation = Operation { number, client, node, person, kind, action, invoked, answered, outcome };
        self.evidence.operations.push(operation);
        self
    }

    pub(super) fn confirm(&mut self, authenticator: &str, step: u64) -> &mut Self {
        self.add(Kind::Confirm, Action::Confirm { authenticator: authenticator.to_owned(), steps: vec![step] })
    }

    pub(super) fn verify(&mut self, authenticator: &str, step: u64) -> &mut Self {
        self.verify_any(authenticator, &[step])
    }

    pub(super) fn verify_any(&mut self, authenticator: &str, steps: &[u64]) -> &mut Self {
        let (authenticator, steps) = (authenticator.to_owned(), steps.to_owned());
        self.add(Kind::FreshCode, Action::Verify { authenticator, steps, way: Way::Service })
    }

    pub(super) fn guess(&mut self) -> &mut Self {
        self.add(Kind::WrongCode, Action::Guess { way: Way::Service }).refused("invalid_code")
    }

    pub(super) fn redeem(&mut self, set: u64, code: &str) -> &mut Self {
        self.add(Kind::RecoveryCode, Action::Redeem { set, code: code.to_owned(), way: Way::Service })
    }

    pub(super) fn regenerate(&mut self) -> &mut Self {
        self.add(Kind::Regenerate, Action::Regenerate)
    }

    pub(super) fn disable(&mut self) -> &mut Self {
        self.add(Kind::Disable, Action::Disable)
    }

    pub(super) fn unlock(&mut self) -> &mut Self {
        self.add(Kind::Unlock, Action::Unlock)
    }

    pub(super) fn last(&mut self) -> &mut Operation {
        self.evidence.operations.last_mut().unwrap()
    }

    fn ended(&mut self, outcome: Outcome) -> &mut Self {
        self.last().outcome = outcome;
        self
    }

    /// The last operation issued recovery codes.
    pub(super) fn with_codes(&mut self) -> &mut Self {
        self.ended(Outcome::Accepted(Gain { recovery_codes: vec!["x".to_owned(), "y".to_owned()] }))
    }

    pub(super) fn refused(&mut self, why: &str) -> &mut Self {
        self.ended(Outcome::Refused(why.to_owned()))
    }

    pub(super) fn throttled(&mut self) -> &mut Self {
        self.ended(Outcome::Throttled)
    }

    pub(super) fn unknown(&mut self) -> &mut Self {
        self.ended(Outcome::Unknown("the connection broke".to_owned()))
    }

    pub(super) fn not_sent(&mut self) -> &mut Self {
        self.ended(Outcome::NotSent)
    }

    pub(super) fn broken(&mut self) -> &mut Self {
        self.ended(Outcome::Broken("500 internal_error".to_owned()))
    }

    /// The last operation was this much later than the one before.
    pub(super) fn later(&mut self, by: Duration) -> &mut Self {
        let last = self.last();
        last.invoked += by;
        last.answered += by;
        self
    }

    /// The last operations were all at the same time.
    pub(super) fn at_once(&mut self, count: usize) -> &mut Self {
        let last = self.last();
        let (invoked, answered) = (last.invoked, last.answered);
        for operation in self.evidence.operations.iter_mut().rev().take(count) {
            (operation.invoked, operation.answered) = (invoked, answered);
        }
        self
    }

    /// How it stands at the end.
    pub(super) fn finally(&mut self, active: &[&str], recovery_codes: u64) -> &mut Self {
        let active: Vec<String> = active.iter().copied().map(str::to_owned).collect();
        self.evidence.finals[0] = Some(FinalState { enabled: !active.is_empty(), active, recovery_codes });
        self
    }

    /// An audit event of an operation.
    pub(super) fn event(&mut self, kind: &str, operation: u64) -> &mut Self {
        let of = self.evidence.operations.get(operation as usize);
        let (authenticator, step) = match of.map(|operation| &operation.action) {
            Some(Action::Verify { authenticator, steps, .. } | Action::Confirm { authenticator, steps }) => {
                (authenticator.clone(), steps.first().copied())
            }
            _ => (String::new(), None),
        };
        self.evidence.events.push(Event {
            kind: kind.to_owned(),
            person: Some(0),
            operation: Some(operation),
            purpose: format!("op-{operation}"),
            authenticator,
            step,
            at: String::new(),
        });
        self
    }

    pub(super) fn pulse(&mut self, node: usize, after: Option<Duration>) -> &mut Self {
        self.evidence.pulses.push(Pulse { node, after });
        self
    }

    fn check(&self, check: fn(&Evidence, &mut Found)) -> Vec<Violation> {
        let mut found = Found::default();
        check(&self.evidence, &mut found);
        found.violations
    }

    /// Demands that a check finds nothing.
    #[track_caller]
    pub(super) fn keeps(&self, check: fn(&Evidence, &mut Found)) {
        let violations = self.check(check);
        assert!(violations.is_empty(), "{violations:#?}");
    }

    /// Demands that a check finds one thing, and shows it by these operations.
    #[track_caller]
    pub(super) fn breaks(&self, check: fn(&Evidence, &mut Found), operations: &[u64]) {
        let violations = self.check(check);
        assert_eq!(violations.len(), 1, "{violations:#?}");
        assert_eq!(violations[0].operations, operations, "{violations:#?}");
    }
}
