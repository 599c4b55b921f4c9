//! Enrollments: kept once they are acknowledged, gone once they are disabled.

use super::steps::by_authenticator;
use super::{Found, Violation};
use crate::history::{Action, Evidence, Operation};

fn is_confirmation(operation: &Operation) -> bool {
    matches!(operation.action, Action::Confirm { .. })
}

fn is_disabling(operation: &&&Operation) -> bool {
    matches!(operation.action, Action::Disable)
}

/// What disabling found there and took away accepts no code afterward.
pub(super) fn dead_when_disabled(evidence: &Evidence, found: &mut Found) {
    let persons = evidence.by_person();
    for operations in by_authenticator(evidence).values() {
        let confirmation = operations.iter().find(|operation| is_confirmation(operation) && operation.is_accepted());
        let Some(confirmation) = confirmation else { continue };
        for verified in operations.iter().filter(|operation| !is_confirmation(operation)) {
            let disabling = persons[verified.person].iter().filter(is_disabling).find(|disabling| {
                disabling.is_accepted() && confirmation.is_before(disabling) && disabling.is_before(verified)
            });
            if let Some(disabling) = disabling {
                found.demand(!verified.is_accepted(), || {
                    Violation::new("a disabled authenticator accepted a code", &[confirmation, disabling, verified])
                });
            }
        }
    }
}

/// An authenticator whose confirmation was acknowledged is there at the end, unless something took it away or may have.
pub(super) fn kept(evidence: &Evidence, found: &mut Found) {
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let Some(last) = &evidence.finals[person] else { continue };
        for confirmation in operations.iter().filter(|operation| operation.is_accepted()) {
            let Action::Confirm { authenticator, .. } = &confirmation.action else { continue };
            let taken = operations
                .iter()
                .filter(is_disabling)
                .any(|disabling| disabling.may_have_happened() && !disabling.is_before(confirmation));
            if !taken {
                found.demand(last.active.contains(authenticator), || {
                    Violation::new("an acknowledged enrollment is missing at the end", &[confirmation])
                });
            }
        }
    }
}

/// What is there at the end was confirmed, or may have been, and was not disabled since.
pub(super) fn gone(evidence: &Evidence, found: &mut Found) {
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let Some(last) = &evidence.finals[person] else { continue };
        found.demand(last.enabled != last.active.is_empty(), || {
            Violation::of(person, format!("enabled is {} with {:?}", last.enabled, last.active))
        });
        for active in &last.active {
            let confirmation = operations.iter().find(|operation| match &operation.action {
                Action::Confirm { authenticator, .. } => authenticator == active && operation.may_have_happened(),
                _ => false,
            });
            found.demand(confirmation.is_some(), || {
                Violation::of(person, format!("the authenticator {active} is active, and nobody confirmed it"))
            });
            let Some(confirmation) = confirmation else { continue };
            let disabling = operations.iter().filter(is_disabling);
            let since = disabling.filter(|disabling| disabling.is_accepted()).find(|it| confirmation.is_before(it));
            if let Some(disabling) = since {
                found.demand(false, || {
                    Violation::new("an authenticator is there that was disabled", &[confirmation, disabling])
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::story::{NOW, Story};

    #[test]
    fn a_disabled_authenticator_that_accepts_a_code_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).disable().verify("a", NOW);
        story.breaks(dead_when_disabled, &[0, 1, 2]);
        story.last().outcome = crate::history::Outcome::Throttled;
        story.keeps(dead_when_disabled);
    }

    #[test]
    fn disabling_that_may_not_have_happened_or_came_first_takes_nothing_away() {
        let mut story = Story::new();
        story.confirm("a", NOW - 1).disable().unknown().verify("a", NOW);
        story.keeps(dead_when_disabled);
        let mut story = Story::new();
        story.disable().confirm("a", NOW - 1).verify("a", NOW);
        story.keeps(dead_when_disabled);
    }

    #[test]
    fn a_missing_enrollment_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).confirm("b", NOW).finally(&["a"], 0);
        story.breaks(kept, &[1]);
        story.finally(&["a", "b"], 0);
        story.keeps(kept);
    }

    #[test]
    fn an_enrollment_that_may_have_been_disabled_may_be_missing() {
        let mut story = Story::new();
        story.disable().unknown().confirm("a", NOW).finally(&[], 0);
        story.keeps(kept);
        let mut story = Story::new();
        story.disable().confirm("a", NOW).finally(&[], 0);
        story.breaks(kept, &[1]);
    }

    #[test]
    fn what_is_there_without_a_confirmation_or_in_spite_of_disabling_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).refused("invalid_code").finally(&["a"], 0);
        story.breaks(gone, &[]);
        let mut story = Story::new();
        story.confirm("a", NOW).disable().finally(&["a"], 0);
        story.breaks(gone, &[0, 1]);
        let mut story = Story::new();
        story.confirm("a", NOW).unknown().finally(&["a"], 0);
        story.keeps(gone);
    }

    #[test]
    fn enabled_without_an_authenticator_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).disable().finally(&[], 0);
        story.keeps(gone);
        story.evidence.finals[0].as_mut().unwrap().enabled = true;
        story.breaks(gone, &[]);
    }
}
