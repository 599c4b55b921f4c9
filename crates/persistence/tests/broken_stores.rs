//! The suite refuses, on every engine, stores that judge claims as was measured to go wrong there.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a failed test is a panic")]

mod databases;
mod places;

use std::sync::Arc;

use countersign_testing::broken::{Broken, Defect};
use countersign_testing::contract::{StorePlace, run};
use databases::Server;
use places::{ServerPlace, SqlitePlace};

/// Holds a broken store against the clauses that its defect breaks. Each has to refuse it.
async fn is_refused<P: StorePlace + 'static>(fresh: impl Fn() -> P) {
    for (defect, clauses) in [
        (
            Defect::SelectThenUpdate,
            [
                "a_code_is_accepted_once_under_contention",
                "a_recovery_code_is_redeemed_once_under_contention",
                "counters_are_set_only_at_the_revision_that_was_seen",
                "an_idempotency_key_is_claimed_once_under_contention",
            ]
            .as_slice(),
        ),
        (
            Defect::InsertIgnore,
            &[
                "a_code_is_accepted_once_under_contention",
                "a_recovery_code_is_redeemed_once_under_contention",
                "a_redeemed_code_is_gone_and_the_others_remain",
                "the_confirming_step_is_spent",
                "an_idempotency_key_is_claimed_once_under_contention",
                "an_idempotency_key_stays_with_the_first",
            ],
        ),
        (
            Defect::ForgetsTheRevision,
            &["of_claims_at_one_revision_one_is_settled", "a_claim_that_is_not_settled_changes_nothing"],
        ),
    ] {
        for clause in clauses {
            let place = Arc::new(Broken::over(fresh(), defect));
            let held = tokio::spawn(async move { run(clause, &*place).await }).await;
            assert!(held.is_err_and(|error| error.is_panic()), "{clause} let {defect:?} pass");
        }
        // Everything else of it is right.
        let place = Broken::over(fresh(), defect);
        run("an_enrollment_is_confirmed_once_under_contention", &place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn broken_claims_are_refused_on_sqlite() {
    is_refused(SqlitePlace::of_one_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL; tests/run starts one"]
async fn broken_claims_are_refused_on_postgresql() {
    is_refused(|| ServerPlace::of_three_nodes(Server::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs MariaDB; tests/run starts one"]
async fn broken_claims_are_refused_on_mariadb() {
    is_refused(|| ServerPlace::of_three_nodes(Server::MariaDb)).await;
}
