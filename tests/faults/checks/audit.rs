//! The audit trail: it says neither more nor less than the answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Violation};
use crate::history::{Action, Event, Evidence, Operation, Outcome, Way};

const ACCEPTED: &str = "second_factor.accepted";
const REJECTED: &str = "second_factor.rejected";

/// How many events there may be of something.
struct Allowed {
    least: usize,
    most: usize,
}

impl Allowed {
    /// One for each of `operations` that was acknowledged, and at most one more for each without an answer.
    fn of<'a>(operations: impl Iterator<Item = &'a Operation>) -> Self {
        let mut allowed = Self { least: 0, most: 0 };
        for operation in operations {
            allowed.least += usize::from(operation.is_accepted());
            allowed.most += usize::from(operation.may_have_happened());
        }
        allowed
    }

    fn has(&self, count: usize) -> bool {
        (self.least..=self.most).contains(&count)
    }

    fn violation(&self, count: usize, what: &str, operations: &[&Operation]) -> Violation {
        let may: Vec<&Operation> = operations.iter().copied().filter(|it| it.may_have_happened()).collect();
        let Self { least, most } = self;
        Violation::new(format!("{count} events of {what} instead of {least} to {most}"), &may)
    }
}

/// Whether an operation repeats its number in its audit event when it gets a verdict.
fn is_numbered(action: &Action) -> bool {
    match action {
        Action::Verify { way, .. } | Action::Guess { way } | Action::Redeem { way, .. } => *way == Way::Service,
        _ => false,
    }
}

/// Each verdict in service mode has its event, and no more than that.
pub(super) fn verdicts(evidence: &Evidence, found: &mut Found) {
    let mut events: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for event in &evidence.events {
        let Some(number) = event.operation else { continue };
        let counts = events.entry(number).or_default();
        match event.kind.as_str() {
            ACCEPTED => counts.0 += 1,
            REJECTED => counts.1 += 1,
            _ => {}
        }
    }
    for operation in evidence.operations.iter().filter(|operation| is_numbered(&operation.action)) {
        let (accepted, rejected) = events.remove(&operation.number).unwrap_or_default();
        let holds = match &operation.outcome {
            Outcome::Accepted(_) => (accepted, rejected) == (1, 0),
            Outcome::Refused(_) if operation.is_evaluated_wrong() => (accepted, rejected) == (0, 1),
            Outcome::Refused(_) | Outcome::Throttled | Outcome::NotSent => (accepted, rejected) == (0, 0),
            Outcome::Unknown(_) | Outcome::Broken(_) => accepted + rejected <= 1,
        };
        found.demand(holds, || {
            let word = operation.outcome.word();
            Violation::new(format!("{word}, and {accepted} events say accepted, {rejected} rejected"), &[operation])
        });
    }
    for (number, (accepted, rejected)) in events {
        found.demand(accepted + rejected == 0, || {
            Violation::at_large(format!("there is a verdict on op-{number}, which gave no code"))
        });
    }
}

/// The accepted events of an authenticator are of distinct steps, and of those that the clients sent: also those whose
/// answers were lost.
pub(super) fn steps_once(evidence: &Evidence, found: &mut Found) {
    let mut seen: BTreeMap<(&str, u64), Vec<&Event>> = BTreeMap::new();
    for event in evidence.events.iter().filter(|event| event.kind == ACCEPTED) {
        let Some(step) = event.step.filter(|_| !event.authenticator.is_empty()) else { continue };
        seen.entry((&event.authenticator, step)).or_default().push(event);
        let operation = event.operation.and_then(|number| evidence.operations.get(number as usize));
        if let Some(operation) = operation
            && let Action::Verify { steps, authenticator, .. } = &operation.action
            && *authenticator == event.authenticator
        {
            found.demand(steps.contains(&step), || {
                Violation::new(format!("the audit trail says that step {step} was accepted"), &[operation])
            });
        }
    }
    for ((authenticator, step), events) in seen {
        found.demand(events.len() == 1, || {
            let numbers: Vec<u64> = events.iter().filter_map(|event| event.operation).collect();
            let times: Vec<&str> = events.iter().map(|event| event.at.as_str()).collect();
            Violation {
                person: events[0].person,
                what: format!("step {step} of {authenticator} was accepted at {}", times.join(" and at ")),
                operations: numbers,
            }
        });
    }
}

/// Sign-ins do not say their number: they are counted for each person.
pub(super) fn sign_ins(evidence: &Evidence, found: &mut Found) {
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let given: Vec<&Operation> = operations
            .iter()
            .copied()
            .filter(|operation| match operation.action {
                Action::Verify { way, .. } | Action::Guess { way } | Action::Redeem { way, .. } => way == Way::SignIn,
                _ => false,
            })
            .collect();
        if given.is_empty() {
            continue;
        }
        let count = |kind| {
            let of = |event: &&Event| event.person == Some(person) && event.kind == kind && event.purpose == "sign_in";
            evidence.events.iter().filter(of).count()
        };
        let allowed = Allowed::of(given.iter().copied());
        let accepted = count(ACCEPTED);
        found.demand(allowed.has(accepted), || allowed.violation(accepted, ACCEPTED, &given));
        let least = given.iter().filter(|operation| operation.is_evaluated_wrong()).count();
        // Who fails may lose the challenge by it, or not hear of it.
        let may = |it: &&&Operation| it.is_unknown() || it.is_refused_as("invalid_challenge");
        let allowed = Allowed { least, most: least + given.iter().filter(may).count() };
        let rejected = count(REJECTED);
        found.demand(allowed.has(rejected), || allowed.violation(rejected, REJECTED, &given));
    }
}

/// Enrollments, recovery codes and disabling: as many events as acknowledged changes, and for lost answers one at most.
pub(super) fn changes(evidence: &Evidence, found: &mut Found) {
    let mut activated: BTreeMap<&str, usize> = BTreeMap::new();
    let mut disabled: BTreeMap<u64, usize> = BTreeMap::new();
    let mut by_person: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for event in &evidence.events {
        match event.kind.as_str() {
            "two_factor.enabled" | "authenticator.added" => *activated.entry(&event.authenticator).or_default() += 1,
            "two_factor.disabled" => *disabled.entry(event.operation.unwrap_or(u64::MAX)).or_default() += 1,
            kind => {
                if let Some(person) = event.person {
                    *by_person.entry((person, kind)).or_default() += 1;
                }
            }
        }
    }
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let of = |wanted: fn(&Action) -> bool| -> Vec<&Operation> {
            operations.iter().copied().filter(|operation| wanted(&operation.action)).collect()
        };
        let confirmations = of(|action| matches!(action, Action::Confirm { .. }));
        for authenticator in confirmations.iter().filter_map(|it| confirmed(it)).collect::<BTreeSet<_>>() {
            let of_it: Vec<&Operation> =
                confirmations.iter().copied().filter(|it| confirmed(it) == Some(authenticator)).collect();
            let allowed = Allowed::of(of_it.iter().copied());
            let allowed = Allowed { most: allowed.most.min(1), ..allowed };
            let count = activated.get(authenticator).copied().unwrap_or_default();
            found.demand(allowed.has(count), || allowed.violation(count, "an activation", &of_it));
        }
        for operation in of(|action| matches!(action, Action::Disable)) {
            let allowed = Allowed::of(std::iter::once(operation));
            let count = disabled.get(&operation.number).copied().unwrap_or_default();
            found.demand(allowed.has(count), || allowed.violation(count, "disabling", &[operation]));
        }
        let begun = of(|action| matches!(action, Action::Begin));
        let issuing: Vec<&Operation> = of(|action| matches!(action, Action::Regenerate | Action::Confirm { .. }))
            .into_iter()
            .filter(|operation| match &operation.outcome {
                Outcome::Accepted(gain) => !gain.recovery_codes.is_empty(),
                _ => true,
            })
            .collect();
        for (kind, operations) in [("enrollment.started", begun), ("recovery_codes.issued", issuing)] {
            let allowed = Allowed::of(operations.iter().copied());
            let count = by_person.get(&(person, kind)).copied().unwrap_or_default();
            found.demand(allowed.has(count), || allowed.violation(count, kind, &operations));
        }
    }
}

fn confirmed(operation: &Operation) -> Option<&str> {
    match &operation.action {
        Action::Confirm { authenticator, .. } => Some(authenticator),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::story::{NOW, Story};

    /// Two acceptances and a refusal with their events, and one that waited.
    fn story() -> Story {
        let mut story = Story::new();
        story.confirm("a", NOW - 2).event("two_factor.enabled", 0);
        story.verify("a", NOW - 1).event(ACCEPTED, 1);
        story.verify("a", NOW).event(ACCEPTED, 2);
        story.guess().event(REJECTED, 3);
        story.guess().throttled();
        story
    }

    #[test]
    fn a_trail_that_fits_is_fine() {
        for check in [verdicts, steps_once, sign_ins, changes] {
            story().keeps(check);
        }
    }

    #[test]
    fn an_acknowledged_acceptance_without_an_event_is_found() {
        let mut story = story();
        story.evidence.events.remove(1);
        story.breaks(verdicts, &[1]);
    }

    #[test]
    fn an_event_too_many_is_found() {
        let mut twice = story();
        twice.event(ACCEPTED, 2);
        twice.breaks(verdicts, &[2]);
        twice.breaks(steps_once, &[2, 2]);
        let mut of_one_who_waited = story();
        of_one_who_waited.event(REJECTED, 4);
        of_one_who_waited.breaks(verdicts, &[4]);
        let mut of_nothing = story();
        of_nothing.event(ACCEPTED, 99);
        of_nothing.breaks(verdicts, &[]);
    }

    #[test]
    fn a_lost_answer_may_have_one_event_or_none() {
        let mut story = story();
        story.verify("a", NOW + 1).unknown();
        story.keeps(verdicts);
        story.event(ACCEPTED, 5);
        story.keeps(verdicts);
        story.event(REJECTED, 5);
        story.breaks(verdicts, &[5]);
    }

    #[test]
    fn a_step_accepted_twice_is_found_though_both_answers_were_lost() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1);
        story.verify("a", NOW).unknown().event(ACCEPTED, 1);
        story.verify("a", NOW).unknown().event(ACCEPTED, 2);
        story.breaks(steps_once, &[1, 2]);
    }

    #[test]
    fn a_step_that_nobody_sent_is_found() {
        let mut story = story();
        story.evidence.events[1].step = Some(NOW + 1);
        story.breaks(steps_once, &[1]);
    }

    #[test]
    fn changes_without_events_or_with_too_many_are_found() {
        let mut silent = Story::new();
        silent.confirm("a", NOW);
        silent.breaks(changes, &[0]);
        let mut twice = Story::new();
        twice.confirm("a", NOW).event("two_factor.enabled", 0).event("authenticator.added", 0);
        twice.breaks(changes, &[0]);
        let mut silent = Story::new();
        silent.disable();
        silent.breaks(changes, &[0]);
        silent.event("two_factor.disabled", 0);
        silent.keeps(changes);
        let mut refused = Story::new();
        refused.disable().refused("two_factor_not_enabled").event("two_factor.disabled", 0);
        let mut found = Found::default();
        changes(&refused.evidence, &mut found);
        assert_eq!(found.violations.len(), 1);
    }

    #[test]
    fn a_set_of_recovery_codes_without_an_event_is_found() {
        let mut story = Story::new();
        story.regenerate().with_codes();
        story.breaks(changes, &[0]);
        story.event("recovery_codes.issued", 0);
        story.keeps(changes);
    }

    #[test]
    fn a_sign_in_without_an_event_is_found() {
        let mut story = Story::new();
        story.verify("a", NOW);
        let Action::Verify { way, .. } = &mut story.last().action else { unreachable!() };
        *way = Way::SignIn;
        story.breaks(sign_ins, &[0]);
        story.event(ACCEPTED, 0);
        story.evidence.events[0].purpose = "sign_in".to_owned();
        story.keeps(sign_ins);
    }
}
