//! The suite refuses the stores that are broken on purpose, by just those clauses that their defect breaks.

#![allow(clippy::panic, reason = "a failed test is a panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_testing::MemoryStore;
use countersign_testing::broken::{InsertIgnoreStore, SelectThenUpdateStore};
use countersign_testing::contract::{StorePlace, clauses};

/// Holds a store against every clause, each on a fresh place; yields what the broken clauses say.
async fn refusals<P: StorePlace + 'static>(fresh: impl Fn() -> P) -> BTreeMap<&'static str, String> {
    let mut refusals = BTreeMap::new();
    for clause in clauses() {
        let place = Arc::new(fresh());
        let checked = tokio::spawn(async move { clause.check(&*place).await }).await;
        if let Err(error) = checked {
            assert!(error.is_panic(), "{}: {error}", clause.name);
            let panic = error.into_panic();
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            refusals.insert(clause.name, said.unwrap_or_default());
        }
    }
    refusals
}

fn assert_refused(refusals: &BTreeMap<&'static str, String>, expected: &[(&'static str, &str)]) {
    for (clause, reason) in expected {
        let said = refusals.get(clause).unwrap_or_else(|| panic!("{clause} let the defect pass"));
        assert!(said.contains(reason), "{clause} refuses for another reason: {said}");
    }
    let mut expected: Vec<_> = expected.iter().map(|(clause, _)| *clause).collect();
    expected.sort_unstable();
    let found: Vec<_> = refusals.keys().copied().collect();
    assert_eq!(found, expected, "everything else of the store is right: {refusals:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn selecting_before_updating_is_refused() {
    let refusals = refusals(SelectThenUpdateStore::new).await;
    assert_refused(
        &refusals,
        &[
            ("a_challenge_counts_no_more_tries_than_its_limit", "as many tries are counted as the limit allows"),
            ("a_challenge_is_spent_once_under_contention", "one of the calls spends a challenge, not"),
            ("a_code_is_accepted_once_under_contention", "one of the claims of a step is accepted, not"),
            ("a_recovery_code_is_redeemed_once_under_contention", "one of the redemptions of a code succeeds, not"),
            ("an_enrollment_is_confirmed_once_under_contention", "one of the confirmations of an enrollment succeeds"),
            ("an_exhausted_challenge_is_not_spent", "a last try is either right or wrong, and there is one, not"),
            ("many_claims_at_once_are_settled_each_by_itself", "one of the two claims of account"),
            ("of_claims_at_one_revision_one_is_settled", "one of the claims at a revision is settled, not"),
            ("counters_are_set_only_at_the_revision_that_was_seen", "of those that saw one revision one is heard, not"),
            ("an_idempotency_key_is_claimed_once_under_contention", "one of the claims of a key is held, not"),
            // Accepted several times, or overwritten by an earlier one: whichever a race shows first.
            ("the_greatest_step_stays_under_contention", " step "),
        ],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn taking_an_ignored_conflict_for_success_is_refused() {
    let refusals = refusals(InsertIgnoreStore::new).await;
    assert_refused(
        &refusals,
        &[
            ("a_challenge_is_spent_once_under_contention", "one of the calls spends a challenge, not 32"),
            ("a_claim_that_is_not_settled_changes_nothing", "the last step"),
            ("a_code_is_accepted_once_under_contention", "one of the claims of a step is accepted, not 32"),
            ("a_recovery_code_is_redeemed_once_under_contention", "one of the redemptions of a code succeeds, not 32"),
            ("a_redeemed_code_is_gone_and_the_others_remain", "a code was redeemed twice"),
            ("a_refused_step_changes_nothing", "a claim of step 2000 was accepted"),
            ("a_restored_realm_opens_nothing_a_second_time", "accept_step"),
            ("an_added_code_is_as_good_as_the_others", "the added code was redeemed twice"),
            ("an_earlier_step_is_never_accepted_after_a_later_one", "step 9000"),
            ("an_enrollment_is_confirmed_once_under_contention", "one of the confirmations of an enrollment succeeds"),
            ("an_event_exists_exactly_when_its_act_was_committed", "one claim is committed"),
            ("an_exhausted_challenge_is_not_spent", "a last try is either right or wrong, and there is one, not"),
            ("an_expired_idempotency_claim_makes_room", "an end at"),
            ("an_idempotency_key_is_claimed_once_under_contention", "one of the claims of a key is held, not"),
            ("an_idempotency_key_stays_with_the_first", "another request does not hold it"),
            ("the_confirming_step_is_spent", "the confirming step was accepted again"),
            ("the_greatest_step_stays_under_contention", "one step was accepted"),
        ],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_reference_is_refused_by_no_clause() {
    assert_refused(&refusals(MemoryStore::new).await, &[]);
}
