//! A database that was restored from a backup: what was used since opens nothing, and nobody guesses more than before.

use countersign_application::account::{
    CheckPasswordLink, IssuePasswordLink, IssuePasswordLinkOutcome, UsePasswordLink, UsePasswordLinkOutcome,
};
use countersign_application::audit::EventKind;
use countersign_application::core::{Counters, Throttle};
use countersign_application::restoration::{MarkRestored, MarkedRealm};
use countersign_application::sign_in::VerifySecondFactorOutcome;
use countersign_application::verification::GivenProof;

use crate::world::{WRONG, World, text};

async fn mark(world: &World, keeps_recovery_codes: bool) -> Vec<MarkedRealm> {
    MarkRestored { keeps_recovery_codes }.execute(&world.test.application).await.unwrap()
}

#[tokio::test]
async fn the_code_of_a_phone_that_is_ahead_and_all_recovery_codes_are_refused_and_the_next_code_is_taken() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let now = {
        use countersign_application::ports::Clock;
        world.test.clock.now()
    };
    // What the database knew before it was lost is not known here: both look unused.
    let [present, ahead, after] =
        [0, 30, 60].map(|seconds| phone.totp.code_at(&phone.secret, now.plus_seconds(seconds)).as_str().to_owned());
    let marked = mark(&world, false).await;
    assert_eq!(marked.len(), 1);
    assert_eq!((marked[0].distrusted.authenticators, marked[0].distrusted.recovery_sets), (1, 1));
    assert!(!world.signs_in(&present).await && !world.signs_in(&ahead).await);
    assert!(!world.signs_in(text(&phone.recovery_codes[0])).await);
    world.test.clock.advance_seconds(30);
    assert!(world.signs_in(&after).await, "the one that comes next");
    assert_eq!(world.events(EventKind::DatabaseRestored).await, 1);

    let again = mark(&world, true).await;
    assert_eq!(again[0].distrusted.recovery_sets, 0);
}

#[tokio::test]
async fn recovery_codes_that_are_kept_stay_good() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    mark(&world, true).await;
    assert!(world.signs_in(text(&phone.recovery_codes[0])).await);
}

#[tokio::test]
async fn a_restore_gives_back_no_more_guesses_than_are_free_in_a_row() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    for restored in 1..=3 {
        mark(&world, false).await;
        let mut looked_at = 0;
        loop {
            let challenge = world.challenge().await;
            match world.verify(&challenge, WRONG).await {
                VerifySecondFactorOutcome::InvalidCode { .. } => looked_at += 1,
                VerifySecondFactorOutcome::Throttled { consecutive_codes_required: true, .. } => break,
                other => panic!("looked at or hardened, and not {other:?}"),
            }
            // The waits alone would hold the guesser back as well.
            let mut unit = world.store().begin().await.unwrap();
            let state = unit.second_factors().lock(world.account.id).await.unwrap().unwrap();
            let counters = Counters { codes: Throttle::NONE, ..state.counters };
            assert!(unit.second_factors().set_counters(state.account_id, state.revision, &counters).await.unwrap());
            unit.commit().await.unwrap();
        }
        // What is spent after the first one stays spent.
        assert_eq!(looked_at, if restored == 1 { 4 } else { 0 });
    }
}

#[tokio::test]
async fn a_link_for_a_password_from_before_sets_none() {
    let world = World::new(|_| {}).await;
    let by = world.operator().await;
    let account = by.account(&world.test.application, world.account.id).await.unwrap().unwrap();
    let issue = IssuePasswordLink { proof: GivenProof::default() };
    let IssuePasswordLinkOutcome::Issued(link) = issue.execute(&world.test.application, &by, &account).await.unwrap()
    else {
        panic!("a link is issued")
    };
    let check = CheckPasswordLink { token: link.token.clone() };
    assert!(check.execute(&world.test.application).await.unwrap().is_some());
    mark(&world, false).await;
    assert!(check.execute(&world.test.application).await.unwrap().is_none());
    let used = UsePasswordLink { token: link.token, password: "lantern-orbit-77x".into(), origin: World::origin(3) };
    assert!(matches!(used.execute(&world.test.application).await.unwrap(), UsePasswordLinkOutcome::InvalidLink));
}
