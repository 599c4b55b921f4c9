//! Guesses: looked at no more often than the throttle permits, and never made to wait for nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Found, Violation};
use crate::history::{Action, Evidence, Operation, Outcome, Way};

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Code,
    RecoveryCode,
}

/// In which lane a failure of an operation is counted.
fn lane(operation: &Operation) -> Option<Lane> {
    match operation.action {
        Action::Verify { .. } | Action::Guess { .. } | Action::Confirm { .. } => Some(Lane::Code),
        Action::Redeem { .. } => Some(Lane::RecoveryCode),
        _ => None,
    }
}

/// Whether a refusal certainly was counted: a right code may have been the one that was accepted last, sent once more, which
/// is no failure.
fn is_certainly_counted(operation: &Operation) -> bool {
    operation.is_evaluated_wrong() && !matches!(operation.action, Action::Verify { .. })
}

/// Operations without an answer of which the audit trail says that they were accepted.
fn proven(evidence: &Evidence) -> BTreeSet<u64> {
    let accepted = evidence
        .events
        .iter()
        .filter(|event| event.kind == "second_factor.accepted" || event.kind == "two_factor.disabled");
    accepted.filter_map(|event| event.operation).collect()
}

/// Whether an operation begins the count of a lane anew, or may.
fn resets(operation: &Operation, of: Lane, proven: &BTreeSet<u64>) -> bool {
    let may = |numbered: bool| {
        operation.is_accepted() || operation.is_unknown() && (!numbered || proven.contains(&operation.number))
    };
    match operation.action {
        Action::Verify { way, .. } => of == Lane::Code && may(way == Way::Service),
        Action::Redeem { way, .. } => of == Lane::RecoveryCode && may(way == Way::Service),
        Action::Disable => may(true),
        Action::Unlock => may(false),
        _ => false,
    }
}

/// Failures that certainly were in a row had the waits between them.
pub(super) fn within_the_schedule(evidence: &Evidence, found: &mut Found) {
    let proven = proven(evidence);
    for (person, operations) in evidence.by_person().iter().enumerate() {
        let rules = &evidence.rules[person];
        for of in [Lane::Code, Lane::RecoveryCode] {
            let resets: Vec<&&Operation> = operations.iter().filter(|it| resets(it, of, &proven)).collect();
            let mut rows: Vec<(usize, Vec<&Operation>)> = Vec::new();
            let mut failures: Vec<&Operation> = operations
                .iter()
                .copied()
                .filter(|operation| lane(operation) == Some(of) && is_certainly_counted(operation))
                .collect();
            failures.sort_by_key(|failure| failure.invoked);
            for failure in failures {
                // One that overlaps with a success may have come before or after it, and belongs to no row.
                if resets.iter().any(|it| it.invoked <= failure.answered && failure.invoked <= it.done_by()) {
                    continue;
                }
                let row = resets.iter().filter(|it| it.done_by() < failure.invoked).count();
                match rows.last_mut() {
                    Some((last, members)) if *last == row => members.push(failure),
                    _ => rows.push((row, vec![failure])),
                }
            }
            for (_, row) in rows {
                let wait = |failure| rules.wait(failure);
                found.demand(too_many(&row, wait).is_none(), || {
                    let (shown, least) = too_many(&row, wait).unwrap_or_default();
                    let what = format!("{} wrong codes in a row take {least:?} at least", shown.len());
                    Violation::new(what, &shown)
                });
            }
        }
    }
}

/// Failures in a row that came faster than they may, with the time that they take at least.
///
/// Of any of them, taken in the order in which they were counted, each beyond the free ones waited for the one before. So
/// the first invocation and the last answer are as far apart as all the waits between.
fn too_many<'a>(row: &[&'a Operation], wait: impl Fn(u32) -> Duration) -> Option<(Vec<&'a Operation>, Duration)> {
    for first in 0..row.len() {
        let before = row.iter().filter(|failure| failure.answered < row[first].invoked).count() as u32;
        let (mut least, mut answered) = (Duration::ZERO, row[first].answered);
        for (count, last) in (1_u32..).zip(first + 1..row.len()) {
            least += wait(before + count);
            answered = answered.max(row[last].answered);
            if answered - row[first].invoked < least {
                return Some((row[first..=last].to_vec(), least));
            }
        }
    }
    None
}

/// Whoever is made to wait has failed, or may have, more often than is free.
pub(super) fn no_wait_for_nothing(evidence: &Evidence, found: &mut Found) {
    for (person, operations) in evidence.by_person().iter().enumerate() {
        for waiting in operations.iter().filter(|operation| matches!(operation.outcome, Outcome::Throttled)) {
            let may_have_failed = operations
                .iter()
                .filter(|other| {
                    other.invoked < waiting.answered && lane(other).is_some() && lane(other) == lane(waiting)
                })
                .filter(|other| {
                    other.is_evaluated_wrong() || other.is_unknown() || other.is_refused_as("invalid_challenge")
                })
                .count();
            found.demand(may_have_failed > evidence.rules[person].free_failures as usize, || {
                Violation::new(format!("a wait after {may_have_failed} failures"), &[waiting])
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::story::{NOW, Story};

    /// So many wrong codes, one right after the other.
    fn guesses(story: &mut Story, count: usize) {
        for _ in 0..count {
            story.guess();
        }
    }

    fn verified(story: &mut Story) {
        story.verify("a", NOW);
    }

    fn unlocked(story: &mut Story) {
        story.unlock();
    }

    #[test]
    fn four_failures_and_the_one_that_costs_are_looked_at_and_no_sixth() {
        let mut story = Story::new();
        guesses(&mut story, 5);
        story.keeps(within_the_schedule);
        guesses(&mut story, 1);
        story.breaks(within_the_schedule, &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_sixth_is_looked_at_after_the_wait_and_the_seventh_after_twice_as_long() {
        let mut story = Story::new();
        guesses(&mut story, 5);
        story.guess().later(Duration::from_secs(1));
        story.keeps(within_the_schedule);
        story.guess().later(Duration::from_secs(1));
        story.breaks(within_the_schedule, &[0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn guesses_at_once_are_counted_like_others() {
        let mut story = Story::new();
        guesses(&mut story, 9);
        story.at_once(9);
        story.breaks(within_the_schedule, &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_success_or_an_unlock_begins_the_count_anew() {
        for reset in [verified as fn(&mut Story), unlocked] {
            let mut story = Story::new();
            guesses(&mut story, 5);
            reset(&mut story);
            guesses(&mut story, 5);
            story.keeps(within_the_schedule);
            guesses(&mut story, 1);
            story.breaks(within_the_schedule, &[6, 7, 8, 9, 10, 11]);
        }
    }

    #[test]
    fn a_lost_answer_resets_only_if_the_audit_trail_says_so() {
        let mut story = Story::new();
        guesses(&mut story, 3);
        story.verify("a", NOW).unknown();
        guesses(&mut story, 3);
        story.breaks(within_the_schedule, &[0, 1, 2, 4, 5, 6]);
        story.event("second_factor.accepted", 3);
        story.keeps(within_the_schedule);
    }

    #[test]
    fn throttled_guesses_and_those_without_an_answer_count_neither_way() {
        let mut story = Story::new();
        guesses(&mut story, 5);
        for _ in 0..20 {
            story.guess().throttled().guess().unknown();
        }
        story.keeps(within_the_schedule);
    }

    #[test]
    fn a_success_with_a_recovery_code_does_not_calm_the_guesser_down() {
        let mut story = Story::new();
        guesses(&mut story, 5);
        story.redeem(0, "x");
        guesses(&mut story, 1);
        story.breaks(within_the_schedule, &[0, 1, 2, 3, 4, 6]);
    }

    #[test]
    fn a_wait_for_nothing_is_found() {
        let mut story = Story::new();
        guesses(&mut story, 4);
        story.verify("a", NOW).throttled();
        story.breaks(no_wait_for_nothing, &[4]);
        let mut story = Story::new();
        guesses(&mut story, 5);
        story.verify("a", NOW).throttled();
        story.keeps(no_wait_for_nothing);
    }
}
