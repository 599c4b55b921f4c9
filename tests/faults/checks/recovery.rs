//! Recovery codes: each once, and only while its set holds.

use std::collections::BTreeMap;

use super::{Found, Violation};
use crate::history::{Action, Evidence, Operation, Outcome};

/// How often each recovery code was given.
fn by_code<'a>(operations: &[&'a Operation]) -> BTreeMap<&'a str, Vec<&'a Operation>> {
    let mut codes: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        if let Action::Redeem { code, .. } = &operation.action {
            codes.entry(code).or_default().push(operation);
        }
    }
    codes
}

/// The codes that an operation issued.
fn issued(operation: &Operation) -> usize {
    match &operation.outcome {
        Outcome::Accepted(gain) => gain.recovery_codes.len(),
        _ => 0,
    }
}

/// Whether an operation takes older recovery codes away if it happens.
fn replaces(operation: &Operation) -> bool {
    matches!(operation.action, Action::Regenerate | Action::Disable)
}

/// Whether an operation may change which recovery codes hold.
fn changes(operation: &Operation) -> bool {
    replaces(operation) || matches!(operation.action, Action::Confirm { .. })
}

/// No recovery code was accepted twice.
pub(super) fn once(evidence: &Evidence, found: &mut Found) {
    for operations in evidence.by_person() {
        for given in by_code(&operations).into_values() {
            let accepted: Vec<&Operation> = given.into_iter().filter(|operation| operation.is_accepted()).collect();
            found.demand(accepted.len() <= 1, || {
                Violation::new(format!("a recovery code was accepted {} times", accepted.len()), &accepted)
            });
        }
    }
}

/// None was accepted after its set had been replaced or erased.
pub(super) fn never_after_its_set(evidence: &Evidence, found: &mut Found) {
    for operations in evidence.by_person() {
        for redeemed in &operations {
            let Action::Redeem { set, .. } = &redeemed.action else { continue };
            let Some(issuing) = operations.iter().find(|operation| operation.number == *set) else { continue };
            let replacing = operations.iter().filter(|operation| replaces(operation) && operation.is_accepted());
            if let Some(replacing) = replacing.into_iter().find(|it| issuing.is_before(it) && it.is_before(redeemed)) {
                found.demand(!redeemed.is_accepted(), || {
                    let what = "a recovery code was accepted after its set had been replaced";
                    Violation::new(what, &[issuing, replacing, redeemed])
                });
            }
        }
    }
}

/// One that was found wrong was used, or replaced, or may have been.
pub(super) fn refused_for_a_reason(evidence: &Evidence, found: &mut Found) {
    for operations in evidence.by_person() {
        let given = by_code(&operations);
        for refused in operations.iter().filter(|operation| operation.is_evaluated_wrong()) {
            let Action::Redeem { set, code, .. } = &refused.action else { continue };
            let possible = |other: &&Operation| {
                other.number != refused.number && other.may_have_happened() && other.invoked < refused.answered
            };
            let used = given[code.as_str()].iter().copied().find(|other| possible(other));
            let issuing = operations.iter().find(|operation| operation.number == *set);
            let replaced = operations.iter().copied().filter(possible).find(|other| {
                changes(other) && other.number != *set && issuing.is_none_or(|issuing| !other.is_before(issuing))
            });
            found.demand(used.is_some() || replaced.is_some(), || {
                let mut shown = vec![*refused];
                shown.extend(issuing);
                Violation::new("a right recovery code was refused, and nothing explains it", &shown)
            });
        }
    }
}

/// Where it is known which set holds at the end, as many are left of it as were not used.
pub(super) fn left(evidence: &Evidence, found: &mut Found) {
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let Some(last) = &evidence.finals[person] else { continue };
        let changing: Vec<&Operation> = operations
            .iter()
            .copied()
            .filter(|operation| changes(operation) && operation.may_have_happened())
            .collect();
        let holds = changing.iter().find(|issuing| {
            issued(issuing) > 0
                && changing.iter().all(|other| {
                    // A further authenticator leaves the recovery codes alone.
                    let alone =
                        matches!(other.action, Action::Confirm { .. }) && other.is_accepted() && issued(other) == 0;
                    other.number == issuing.number || alone || other.is_before(issuing)
                })
        });
        let Some(issuing) = holds else { continue };
        let of_the_set =
            |operation: &&&Operation| matches!(&operation.action, Action::Redeem { set, .. } if *set == issuing.number);
        let given: Vec<&&Operation> = operations.iter().filter(of_the_set).collect();
        let most =
            issued(issuing) - given.iter().filter(|operation| operation.is_accepted()).count().min(issued(issuing));
        let least = most.saturating_sub(given.iter().filter(|operation| operation.is_unknown()).count());
        found.demand((least..=most).contains(&(last.recovery_codes as usize)), || {
            let mut shown = vec![*issuing];
            shown.extend(given.into_iter().filter(|operation| operation.may_have_happened()));
            let what = format!("{} recovery codes are left instead of {least} to {most}", last.recovery_codes);
            Violation::new(what, &shown)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::story::{NOW, Story};

    #[test]
    fn a_recovery_code_accepted_twice_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().redeem(0, "x").redeem(0, "y");
        story.keeps(once);
        story.redeem(0, "x").at_once(3);
        story.breaks(once, &[1, 3]);
    }

    #[test]
    fn a_recovery_code_of_a_replaced_set_is_found() {
        for replace in [Story::regenerate, Story::disable] {
            let mut story = Story::new();
            story.confirm("a", NOW).with_codes();
            replace(&mut story).redeem(0, "x");
            story.breaks(never_after_its_set, &[0, 1, 2]);
        }
    }

    #[test]
    fn a_set_that_was_replaced_at_the_same_time_or_maybe_still_holds() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().regenerate().redeem(0, "x").at_once(2);
        story.keeps(never_after_its_set);
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().regenerate().unknown().redeem(0, "x");
        story.keeps(never_after_its_set);
        // The new codes hold.
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().regenerate().with_codes().redeem(1, "z");
        story.keeps(never_after_its_set);
    }

    #[test]
    fn a_recovery_code_refused_for_nothing_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().redeem(0, "x").refused("invalid_code");
        story.breaks(refused_for_a_reason, &[1, 0]);
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().redeem(0, "y").redeem(0, "x").refused("invalid_code");
        story.breaks(refused_for_a_reason, &[2, 0]);
    }

    #[test]
    fn a_recovery_code_may_be_refused_when_it_was_used_or_replaced_or_may_have_been() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().redeem(0, "x").unknown().redeem(0, "x").refused("invalid_code");
        story.keeps(refused_for_a_reason);
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().regenerate().unknown().redeem(0, "x").refused("invalid_code");
        story.keeps(refused_for_a_reason);
    }

    #[test]
    fn a_recovery_code_that_came_back_or_was_lost_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().redeem(0, "x").finally(&["a"], 2);
        story.breaks(left, &[0, 1]);
        story.finally(&["a"], 0);
        story.breaks(left, &[0, 1]);
        story.finally(&["a"], 1);
        story.keeps(left);
        story.redeem(0, "y").unknown();
        story.keeps(left);
    }

    #[test]
    fn what_is_left_is_unknown_after_a_change_that_is() {
        let mut story = Story::new();
        story.confirm("a", NOW).with_codes().disable().unknown().finally(&[], 0);
        story.keeps(left);
    }
}
