//! Answers by themselves: of the contract, never a fault, never in favor of a wrong code.

use std::time::Duration;

use super::{Found, Violation};
use crate::history::{Action, Evidence, Outcome};

/// How long a node may take to answer again once everything works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Which problems an operation may be refused with.
fn expected(action: &Action) -> &'static [&'static str] {
    use crate::history::Way::SignIn;
    match action {
        Action::Begin => &["too_many_authenticators"],
        Action::Confirm { .. } => &["invalid_code", "no_pending_enrollment", "too_many_authenticators"],
        // A challenge is void once the second factor has changed.
        Action::Verify { way: SignIn, .. } | Action::Guess { way: SignIn } | Action::Redeem { way: SignIn, .. } => {
            &["invalid_code", "invalid_challenge"]
        }
        Action::Verify { .. } | Action::Guess { .. } | Action::Redeem { .. } => {
            &["invalid_code", "two_factor_not_enabled"]
        }
        Action::Regenerate | Action::Disable => &["two_factor_not_enabled"],
        Action::Unlock | Action::Password => &[],
    }
}

/// No fault, and no refusal that an operation does not have.
pub(super) fn of_the_contract(evidence: &Evidence, found: &mut Found) {
    for operation in &evidence.operations {
        let holds = match &operation.outcome {
            Outcome::Refused(why) => expected(&operation.action).contains(&why.as_str()),
            Outcome::Broken(_) => false,
            _ => true,
        };
        found.demand(holds, || Violation::new(format!("{:?}", operation.outcome), &[operation]));
    }
}

/// A code that no authenticator shows admits nobody.
pub(super) fn wrong_codes(evidence: &Evidence, found: &mut Found) {
    for operation in &evidence.operations {
        if matches!(operation.action, Action::Guess { .. }) {
            found.demand(!operation.is_accepted(), || Violation::new("a wrong code was accepted", &[operation]));
        }
    }
}

/// After the last fault healed, every node answers.
pub(super) fn life(evidence: &Evidence, found: &mut Found) {
    for pulse in &evidence.pulses {
        let alive = pulse.after.is_some_and(|after| after <= PATIENCE);
        found.demand(alive, || {
            let node = pulse.node;
            Violation::at_large(match pulse.after {
                Some(after) => format!("node {node} answered only after {:.1} s", after.as_secs_f64()),
                None => format!("node {node} never answered again"),
            })
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::story::{NOW, Story};
    use crate::history::Gain;

    #[test]
    fn a_fault_and_an_unheard_of_refusal_are_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).disable().broken();
        story.breaks(of_the_contract, &[1]);
        let mut story = Story::new();
        story.confirm("a", NOW).verify("a", NOW).refused("unauthenticated");
        story.breaks(of_the_contract, &[1]);
        let mut story = Story::new();
        story.confirm("a", NOW).disable().refused("invalid_code");
        story.breaks(of_the_contract, &[1]);
    }

    #[test]
    fn what_the_contract_has_is_fine() {
        let mut story = Story::new();
        story.confirm("a", NOW).verify("a", NOW).refused("invalid_code").disable().unknown().guess().throttled();
        story.keeps(of_the_contract);
    }

    #[test]
    fn a_wrong_code_that_is_accepted_is_found() {
        let mut story = Story::new();
        story.confirm("a", NOW).guess();
        story.keeps(wrong_codes);
        story.last().outcome = Outcome::Accepted(Gain::default());
        story.breaks(wrong_codes, &[1]);
    }

    #[test]
    fn a_node_that_stays_silent_or_is_slow_is_found() {
        for after in [None, Some(Duration::from_secs(11))] {
            let mut story = Story::new();
            story.pulse(0, Some(Duration::from_secs(1))).pulse(1, after);
            story.breaks(life, &[]);
        }
    }
}
