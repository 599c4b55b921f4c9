use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::StorePlace;

/// How long one clause may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// What holds a store against a clause.
type Check = for<'a> fn(&'a dyn StorePlace) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// One clause of the contract.
#[derive(Clone, Copy)]
pub struct Clause {
    /// Its name, as the ports' documentation has it.
    pub name: &'static str,
    check: Check,
}

impl Clause {
    /// Holds a store against the clause.
    ///
    /// # Panics
    /// When the store breaks the clause.
    pub async fn check(&self, place: &dyn StorePlace) {
        let name = self.name;
        let checked = tokio::time::timeout(PATIENCE, (self.check)(place)).await;
        checked.unwrap_or_else(|_| panic!("{name} is stuck"));
    }
}

/// Holds a store against the clause of a name.
///
/// # Panics
/// When the store breaks the clause, or there is none of that name.
pub async fn run(name: &str, place: &dyn StorePlace) {
    let clause = clauses().iter().find(|clause| clause.name == name);
    clause.unwrap_or_else(|| panic!("no clause is called {name}")).check(place).await;
}

macro_rules! define_clauses {
    ([] $($clause:ident)+) => {
        /// Every clause of the contract.
        #[must_use]
        pub fn clauses() -> &'static [Clause] {
            &[$(Clause { name: stringify!($clause), check: |place| Box::pin(super::$clause(place)) },)+]
        }
    };
}
crate::__each_clause!(define_clauses []);

/// The names of all clauses, in one place.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_clause {
    ($callback:path [$($given:tt)*]) => {
        $callback! {
            [$($given)*]
            a_dropped_unit_of_work_leaves_no_trace
            a_unit_of_work_with_a_failed_act_is_not_committed
            a_unit_of_work_sees_its_own_writes
            what_is_not_committed_is_not_seen_from_outside
            a_read_sees_what_was_committed_before_it
            what_was_committed_survives_reopening
            an_open_store_answers
            a_store_that_can_be_written_says_so
            a_realm_exists_once
            realms_are_found_by_name_and_identifier
            realms_are_listed_by_short_name
            of_two_changes_of_a_realm_at_once_one_is_refused
            a_realm_is_set_up_once_and_for_good
            of_many_that_set_a_realm_up_one_does
            another_owner_is_one_of_the_realm_that_may_sign_in
            of_two_owners_that_go_at_once_one_stays
            an_appearance_is_read_as_it_was_written
            an_appearance_is_replaced_as_a_whole
            of_many_changes_of_an_appearance_none_is_lost
            a_login_is_taken_once_under_contention
            a_renamed_account_is_found_by_its_new_login_only
            a_login_is_given_to_no_second_account
            of_many_that_find_no_login_one_makes_it
            a_conflict_of_identifiers_is_no_taken_login
            accounts_are_found_by_their_key_in_their_realm_only
            a_subject_is_found_by_itself_only
            a_query_is_text_and_no_pattern
            a_query_finds_part_of_a_login_in_any_case
            a_query_finds_subjects_by_identifier_and_label
            accounts_are_found_by_the_state_of_their_second_factor
            accounts_are_listed_once_in_any_order_and_both_ways
            accounts_are_found_by_what_is_wrong_with_them
            accounts_that_fit_are_counted_up_to_a_limit
            a_new_password_raises_the_version
            a_rehash_never_brings_back_an_old_password
            a_completed_sign_in_is_noted
            a_role_is_set_for_one_account_only
            an_account_is_disabled_and_enabled_again
            a_grace_period_is_never_renewed
            what_is_required_of_an_account_is_noted_for_it_alone
            a_locked_second_factor_is_changed_by_one_unit_of_work_at_a_time
            counters_are_set_as_a_whole
            counters_are_set_only_at_the_revision_that_was_seen
            each_switch_of_a_second_factor_raises_its_version
            nothing_of_one_account_is_seen_from_another
            an_absent_account_has_no_second_factor
            a_code_is_accepted_once_under_contention
            the_greatest_step_stays_under_contention
            an_earlier_step_is_never_accepted_after_a_later_one
            a_refused_step_changes_nothing
            only_an_active_authenticator_of_the_account_accepts_steps
            a_disabled_authenticator_accepts_no_step
            an_enrollment_is_confirmed_once_under_contention
            a_confirmed_enrollment_is_an_active_authenticator
            an_expired_enrollment_is_not_confirmed
            the_confirming_step_is_spent
            beginning_again_touches_only_what_is_pending
            removing_an_authenticator_takes_only_what_is_pending_with_it
            removing_all_authenticators_touches_only_the_account
            only_an_authenticator_of_the_account_is_renamed
            a_recovery_code_is_redeemed_once_under_contention
            a_redeemed_code_is_gone_and_the_others_remain
            only_an_active_set_of_the_account_redeems
            an_activated_set_replaces_the_one_before
            a_dormant_set_is_kept_and_worthless
            an_unproven_view_is_noted_for_its_set_only
            an_added_code_is_as_good_as_the_others
            unused_codes_are_listed_in_the_order_of_issue
            removing_recovery_codes_touches_only_the_account
            a_challenge_is_spent_once_under_contention
            a_challenge_counts_no_more_tries_than_its_limit
            an_exhausted_challenge_is_not_spent
            removing_challenges_touches_only_the_account
            of_claims_at_one_revision_one_is_settled
            a_claim_that_is_not_settled_changes_nothing
            a_settled_claim_changes_all_that_it_says
            many_claims_at_once_are_settled_each_by_itself
            people_are_read_as_their_parts_are
            ending_other_sessions_keeps_the_one_that_asks
            those_unused_for_longest_make_room
            a_session_is_ended_by_its_own_account_only
            a_session_is_ended_once_under_contention
            a_use_of_a_session_is_noted
            how_a_session_was_opened_is_noted_for_it_alone
            a_trusted_device_is_revoked_by_its_own_account_only
            revoking_trusted_devices_touches_only_the_account
            a_use_of_a_trusted_device_is_noted
            a_locked_counter_is_changed_by_one_unit_of_work_at_a_time
            each_key_has_its_own_counter
            waiting_counters_are_listed_and_ended_by_account_and_by_network
            an_api_key_is_revoked_only_in_its_realm
            a_use_of_an_api_key_is_noted
            an_idempotency_key_is_claimed_once_under_contention
            an_idempotency_key_stays_with_the_first
            an_expired_idempotency_claim_makes_room
            an_answer_is_kept_once_and_by_its_holder_only
            an_event_exists_exactly_when_its_act_was_committed
            a_filter_of_events_wants_all_that_it_gives
            a_search_of_events_goes_on_where_it_stopped
            accounts_and_events_are_counted_by_realm
            deleting_an_account_removes_everything_but_its_audit_events
            deleting_an_account_keeps_its_audit_events
            housekeeping_removes_what_expired_and_nothing_else
            housekeeping_removes_no_more_than_a_piece
            what_a_policy_ended_is_found_and_removed
            a_restored_realm_opens_nothing_a_second_time
            pages_hold_every_item_once_and_in_order
            a_realm_is_read_as_it_was_written
            an_account_is_read_as_it_was_written
            an_authenticator_is_read_as_it_was_written
            recovery_codes_are_read_as_they_were_written
            what_a_sign_in_yields_is_read_as_it_was_written
            an_api_key_is_read_as_it_was_written
            an_event_is_read_as_it_was_written
            an_idempotency_claim_is_read_as_it_was_written
            a_key_check_is_read_as_it_was_written
            of_many_first_keys_one_is_recorded
            what_needs_a_master_key_is_counted
            sealed_values_are_listed_part_by_part
            a_value_that_changed_meanwhile_is_not_resealed
            sets_of_a_key_are_put_out_of_use_in_their_realm
            nothing_is_sealed_under_a_retired_key
            a_key_is_not_retired_while_something_is_sealed_under_it
        }
    };
}

/// Makes one test of each clause of the store contract.
///
/// The expression makes a [`StorePlace`](crate::contract::StorePlace); it is evaluated in each test, may `.await`, and
/// must yield a place that nothing was stored in. The crate needs `tokio` with `macros` and `rt-multi-thread`.
///
/// ```
/// // crates/testing/tests/memory.rs, whole:
/// use countersign_testing::{MemoryStore, store_contract};
///
/// store_contract!(MemoryStore::new());
/// ```
#[macro_export]
macro_rules! store_contract {
    ($place:expr $(, $attribute:meta)?) => {
        $crate::__each_clause!($crate::__contract_tests[$place $(, $attribute)?]);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __contract_tests {
    ([$place:expr] $($clause:ident)+) => {
        $crate::__contract_tests!([$place, allow(unused_attributes)] $($clause)+);
    };
    ([$place:expr, $attribute:meta] $($clause:ident)+) => {$(
        #[$attribute]
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            let place = $place;
            $crate::contract::run(stringify!($clause), &place).await;
        }
    )+};
}
