//! Time steps: each is accepted once, later ones after earlier ones, and never refused for nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Found, Violation};
use crate::history::{Action, Evidence, Operation};

/// How far the clock of the history and the time of day may have drifted apart.
const DRIFT: Duration = Duration::from_millis(250);

/// The authenticator of a code, and the steps that the code is of.
fn code_of(operation: &Operation) -> Option<(&str, &[u64])> {
    match &operation.action {
        Action::Confirm { authenticator, steps } | Action::Verify { authenticator, steps, .. } => {
            Some((authenticator, steps))
        }
        _ => None,
    }
}

/// The operations that gave a code of each authenticator, in the order of their invocations.
pub(super) fn by_authenticator(evidence: &Evidence) -> BTreeMap<&str, Vec<&Operation>> {
    let mut codes: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &evidence.operations {
        if let Some((authenticator, _)) = code_of(operation) {
            codes.entry(authenticator).or_default().push(operation);
        }
    }
    codes
}

fn steps(operation: &Operation) -> &[u64] {
    code_of(operation).map_or(&[], |(_, steps)| steps)
}

/// Of acknowledged acceptances, no two are of the same step.
pub(super) fn once(evidence: &Evidence, found: &mut Found) {
    for operations in by_authenticator(evidence).values() {
        // A code of several steps may be accepted once for each of them.
        let mut by_steps: BTreeMap<&[u64], Vec<&Operation>> = BTreeMap::new();
        for operation in operations.iter().filter(|operation| operation.is_accepted()) {
            by_steps.entry(steps(operation)).or_default().push(operation);
        }
        for (steps, accepted) in by_steps {
            found.demand(accepted.len() <= steps.len(), || {
                Violation::new(format!("the code of step {steps:?} was accepted {} times", accepted.len()), &accepted)
            });
        }
    }
}

/// An acceptance that was answered before another was asked for is of an earlier step.
pub(super) fn increasing(evidence: &Evidence, found: &mut Found) {
    for operations in by_authenticator(evidence).values() {
        let accepted: Vec<&Operation> =
            operations.iter().copied().filter(|operation| operation.is_accepted()).collect();
        for earlier in &accepted {
            for later in accepted.iter().filter(|later| earlier.is_before(later)) {
                let (first, then) = (steps(earlier).iter().min(), steps(later).iter().max());
                found.demand(first < then, || {
                    let what = format!("step {then:?} was accepted after step {first:?} had been");
                    Violation::new(what, &[earlier, later])
                });
            }
        }
    }
}

/// A right code that was found wrong was outside of the window, or spent, or its authenticator was not active.
pub(super) fn refused_for_a_reason(evidence: &Evidence, found: &mut Found) {
    let persons = evidence.by_person();
    for operations in by_authenticator(evidence).values() {
        for refused in operations {
            let Action::Verify { steps: given, .. } = &refused.action else { continue };
            let wrong = refused.is_evaluated_wrong();
            if !wrong && !refused.is_refused_as("two_factor_not_enabled") {
                continue;
            }
            let spent = || {
                operations.iter().any(|other| {
                    other.number != refused.number
                        && other.may_have_happened()
                        && other.invoked < refused.answered
                        && steps(other).iter().max() >= given.iter().min()
                })
            };
            let excused = !was_active(&persons[refused.person], operations, refused)
                || wrong && (outside_of_the_window(evidence, refused, given) || spent());
            found.demand(excused, || {
                let mut shown: Vec<&Operation> = vec![refused];
                shown.extend(operations.iter().filter(|other| other.number != refused.number));
                Violation::new("a right code was refused, and nothing explains it", &shown)
            });
        }
    }
}

/// Whether the authenticator was certainly active all the while.
fn was_active(person: &[&Operation], operations: &[&Operation], at: &Operation) -> bool {
    let confirmed = |operation: &&&Operation| {
        matches!(operation.action, Action::Confirm { .. }) && operation.is_accepted() && operation.is_before(at)
    };
    let Some(confirmation) = operations.iter().find(confirmed) else { return false };
    !person.iter().any(|operation| {
        matches!(operation.action, Action::Disable)
            && operation.may_have_happened()
            && operation.invoked < at.answered
            && !operation.is_before(confirmation)
    })
}

/// Whether one of the steps was outside of the window at a time between invocation and answer.
fn outside_of_the_window(evidence: &Evidence, operation: &Operation, steps: &[u64]) -> bool {
    let skew = evidence.rules[operation.person].skew;
    let first = evidence.step_at(operation.person, operation.invoked.saturating_sub(DRIFT));
    let last = evidence.step_at(operation.person, operation.answered + DRIFT);
    steps.iter().any(|step| *step > first + skew || *step + skew < last)
}

#[cfg(test)]
mod tests {
    use crate::checks::story::{NOW, Story};

    #[test]
    fn a_step_accepted_twice_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).verify("a", NOW);
        story.breaks(super::once, &[1, 2]);
        story.breaks(super::increasing, &[1, 2]);
    }

    #[test]
    fn the_confirming_step_accepted_again_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).verify("a", NOW);
        story.breaks(super::once, &[0, 1]);
    }

    #[test]
    fn a_step_accepted_twice_at_once_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).verify("a", NOW).at_once(2);
        story.breaks(super::once, &[1, 2]);
        story.keeps(super::increasing);
    }

    #[test]
    fn an_earlier_step_after_a_later_one_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 2).verify("a", NOW).verify("a", NOW - 1);
        story.keeps(super::once);
        story.breaks(super::increasing, &[1, 2]);
    }

    #[test]
    fn an_earlier_step_at_the_same_time_as_a_later_one_is_fine() {
        let mut story = Story::new();
        story.confirm("a", NOW - 2).verify("a", NOW).verify("a", NOW - 1).at_once(2);
        story.keeps(super::increasing);
    }

    #[test]
    fn the_same_step_of_two_authenticators_is_fine() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).confirm("b", NOW - 1).verify("a", NOW).verify("b", NOW);
        story.keeps(super::once);
        story.keeps(super::increasing);
    }

    #[test]
    fn a_code_of_two_steps_may_be_accepted_twice_and_not_three_times() {
        let mut story = Story::new();
        story.confirm("a", NOW - 2).verify_any("a", &[NOW, NOW + 1]).verify_any("a", &[NOW, NOW + 1]);
        story.keeps(super::once);
        story.keeps(super::increasing);
        story.verify_any("a", &[NOW, NOW + 1]);
        story.breaks(super::once, &[1, 2, 3]);
    }

    #[test]
    fn a_code_refused_for_nothing_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).refused("invalid_code");
        story.breaks(super::refused_for_a_reason, &[1, 0]);
    }

    #[test]
    fn a_forgotten_enrollment_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).refused("two_factor_not_enabled");
        story.breaks(super::refused_for_a_reason, &[1, 0]);
    }

    #[test]
    fn a_code_may_be_refused_for_what_spent_it_or_may_have() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).verify("a", NOW).refused("invalid_code");
        story.keeps(super::refused_for_a_reason);
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).unknown().verify("a", NOW).refused("invalid_code");
        story.keeps(super::refused_for_a_reason);
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW + 1).verify("a", NOW).refused("invalid_code");
        story.keeps(super::refused_for_a_reason);
    }

    #[test]
    fn what_never_was_sent_explains_nothing() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW).not_sent().verify("a", NOW).refused("invalid_code");
        story.breaks(super::refused_for_a_reason, &[2, 0, 1]);
    }

    #[test]
    fn a_code_may_be_refused_outside_of_the_window_and_when_disabled() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).verify("a", NOW + 40).refused("invalid_code");
        story.keeps(super::refused_for_a_reason);
        let mut story = Story::new();
        story.confirm("a", NOW - 1).disable().unknown().verify("a", NOW).refused("two_factor_not_enabled");
        story.keeps(super::refused_for_a_reason);
    }

    #[test]
    fn disabling_before_the_enrollment_explains_nothing() {
        let mut story = Story::new();
        story.disable().confirm("a", NOW - 1).verify("a", NOW).refused("invalid_code");
        story.breaks(super::refused_for_a_reason, &[2, 1]);
    }
}
