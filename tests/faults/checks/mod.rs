//! What must hold of every history, whatever failed meanwhile.
//!
//! Each check is a pure function of the evidence. An operation without an answer may have happened, at any time after it
//! was sent, or not: no check takes it for one or the other unless the audit trail tells.

mod answers;
mod audit;
mod enrollments;
mod guesses;
mod recovery;
mod steps;
#[cfg(test)]
mod story;

use std::fmt::{self, Display, Formatter};

pub(crate) use answers::PATIENCE;

use crate::history::{Evidence, Operation};

/// A rule that was broken, with what shows it.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    /// The person that it concerns.
    pub(crate) person: Option<usize>,
    pub(crate) what: String,
    /// The operations that contradict each other, by number.
    pub(crate) operations: Vec<u64>,
}

impl Violation {
    fn new(what: impl Into<String>, operations: &[&Operation]) -> Self {
        let person = operations.first().map(|operation| operation.person);
        Self { person, what: what.into(), operations: operations.iter().map(|operation| operation.number).collect() }
    }

    fn of(person: usize, what: impl Into<String>) -> Self {
        Self { person: Some(person), what: what.into(), operations: Vec::new() }
    }

    fn at_large(what: impl Into<String>) -> Self {
        Self { person: None, what: what.into(), operations: Vec::new() }
    }
}

impl Display for Violation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.person {
            Some(person) => write!(formatter, "person {person}: {}", self.what),
            None => formatter.write_str(&self.what),
        }
    }
}

/// A check and what it found.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) promise: &'static str,
    /// How often there was something to look at: a check of nothing shows nothing.
    pub(crate) looked_at: usize,
    pub(crate) violations: Vec<Violation>,
}

/// What a check reports to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    looked_at: usize,
    violations: Vec<Violation>,
}

impl Found {
    /// Counts something that was looked at.
    fn look(&mut self) {
        self.looked_at += 1;
    }

    /// Looks at something and, unless it `holds`, takes down what is wrong.
    fn demand(&mut self, holds: bool, violation: impl FnOnce() -> Violation) {
        self.look();
        if !holds {
            self.violations.push(violation());
        }
    }
}

type Check = fn(&Evidence, &mut Found);

/// All checks, with what they promise.
const CHECKS: &[(&str, Check)] = &[
    ("a time step is accepted once", steps::once),
    ("accepted steps increase in the order of real time", steps::increasing),
    ("a fresh code is refused only for a reason", steps::refused_for_a_reason),
    ("a recovery code is accepted once", recovery::once),
    ("a replaced recovery code is not accepted", recovery::never_after_its_set),
    ("a fresh recovery code is refused only for a reason", recovery::refused_for_a_reason),
    ("as many recovery codes are left as were not used", recovery::left),
    ("a disabled authenticator accepts nothing", enrollments::dead_when_disabled),
    ("an acknowledged enrollment is there until it is disabled", enrollments::kept),
    ("what was disabled or never confirmed is not there", enrollments::gone),
    ("every verdict has its one audit event", audit::verdicts),
    ("no step was accepted twice by the audit trail", audit::steps_once),
    ("sign-ins have their audit events", audit::sign_ins),
    ("every change has its one audit event", audit::changes),
    ("guesses are looked at no more often than the throttle permits", guesses::within_the_schedule),
    ("nobody waits who did not fail", guesses::no_wait_for_nothing),
    ("wrong codes are never accepted", answers::wrong_codes),
    ("every answer is one of the contract, and no fault", answers::of_the_contract),
    ("every node answers within 10 s after the last fault", answers::life),
];

/// Runs every check.
pub(crate) fn run(evidence: &Evidence) -> Vec<Finding> {
    let run = |(promise, check): &(&'static str, Check)| {
        let mut found = Found::default();
        check(evidence, &mut found);
        Finding { promise, looked_at: found.looked_at, violations: found.violations }
    };
    CHECKS.iter().map(run).collect()
}
