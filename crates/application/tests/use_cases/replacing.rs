//! Replacing an authenticator in one act: the new one is confirmed before the old one goes, and both go by one unit of work.

use countersign_application::AuthenticatorId;
use countersign_application::audit::EventKind;
use countersign_application::caller::Caller;
use countersign_application::enrollment::{BeginEnrollment, BeginEnrollmentOutcome, ConfirmEnrollmentOutcome};
use countersign_application::policy::ProofRequirement;
use countersign_application::second_factor::{RemoveAuthenticator, RemoveAuthenticatorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial};

use crate::world::{Phone, World, password, password_and_code, text};

async fn begin(world: &World, caller: &Caller, replaces: AuthenticatorId, proof: GivenProof) -> BeginEnrollmentOutcome {
    let begin = BeginEnrollment { replaces: Some(replaces), proof, ..BeginEnrollment::default() };
    begin.execute(&world.test.application, caller).await.unwrap()
}

async fn begun(world: &World, caller: &Caller, replaces: &Phone, proof: GivenProof) -> Phone {
    match begin(world, caller, replaces.id, proof).await {
        BeginEnrollmentOutcome::Begun(begun) => world.phone(&begun),
        other => panic!("begun, and not {other:?}"),
    }
}

fn with_a_recovery_code(phone: &Phone, which: usize) -> GivenProof {
    password_and_code(text(&phone.recovery_codes[which]))
}

#[tokio::test]
async fn the_old_one_works_until_the_new_one_is_confirmed_and_never_again() {
    // Where there can be one authenticator in all as well as where there can be several.
    for most in [1, 5] {
        let world = World::new(|policy| policy.authenticators.max_per_account = most).await;
        let (caller, old) = world.enrolled().await;
        let new = begun(&world, &caller, &old, with_a_recovery_code(&old, 0)).await;
        assert!(world.signs_in(&world.code(&old)).await, "{most}");
        world.test.clock.advance_seconds(60);
        assert!(!world.signs_in(&world.code(&new)).await, "{most}");
        let outcome = world.confirm(&caller, new.id, &world.code(&new), GivenProof::default()).await;
        assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { recovery_codes: None, .. }), "{outcome:?}");
        world.test.clock.advance_seconds(60);
        assert!(!world.signs_in(&world.code(&old)).await, "{most}");
        assert!(world.signs_in(&world.code(&new)).await, "{most}");
        // The recovery codes are as good as they were.
        assert!(world.signs_in(text(&old.recovery_codes[1])).await, "{most}");
        for (kind, count) in [
            (EventKind::AuthenticatorAdded, 1),
            (EventKind::AuthenticatorRemoved, 1),
            (EventKind::TwoFactorDisabled, 0),
            (EventKind::TwoFactorEnabled, 1),
        ] {
            assert_eq!(world.events(kind).await, count, "{most}: {kind:?}");
        }
    }
}

#[tokio::test]
async fn it_takes_no_less_than_removing_the_old_one() {
    use ProofRequirement::{Code, None, Password, PasswordOrCode};
    for (to_begin, to_disable) in [(None, Code), (Password, Code), (None, PasswordOrCode)] {
        let world = World::new(|policy| {
            policy.proofs.begin = to_begin;
            policy.proofs.disable = to_disable;
            policy.proofs.recovery_codes = ProofRequirement::PasswordAndCode;
        });
        let world = world.await;
        let (caller, old) = world.enrolled().await;
        let asked = to_begin.and(to_disable);
        let code = GivenProof { password: Option::None, ..with_a_recovery_code(&old, 0) };
        for (proof, suffices) in [
            (GivenProof::default(), false),
            (password(), asked == PasswordOrCode),
            (code, asked.and(Code) == Code),
            (with_a_recovery_code(&old, 1), true),
        ] {
            let outcome = begin(&world, &caller, old.id, proof).await;
            assert_eq!(matches!(outcome, BeginEnrollmentOutcome::Begun(_)), suffices, "{asked:?}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_code_of_a_new_authenticator_replaces_no_old_one() {
    let world = World::new(|_| {}).await;
    let (caller, old) = world.enrolled().await;
    let added = world.phone(&world.begun(&caller, with_a_recovery_code(&old, 0)).await);
    world.confirm(&caller, added.id, &world.code(&added), GivenProof::default()).await;
    world.test.clock.advance_seconds(60);
    let outcome = begin(&world, &caller, old.id, password_and_code(&world.code(&added))).await;
    assert!(matches!(outcome, BeginEnrollmentOutcome::Denied(ProofDenial::Held { .. })), "{outcome:?}");
    // It may replace itself.
    world.test.clock.advance_seconds(60);
    let outcome = begin(&world, &caller, added.id, password_and_code(&world.code(&added))).await;
    assert!(matches!(outcome, BeginEnrollmentOutcome::Begun(_)), "{outcome:?}");
}

#[tokio::test]
async fn only_an_active_authenticator_of_ones_own_is_replaced() {
    let world = World::new(|_| {}).await;
    let (caller, old) = world.enrolled().await;
    let pending = begun(&world, &caller, &old, with_a_recovery_code(&old, 0)).await;
    let nobodys = AuthenticatorId::from_uuid(caller.account.id.as_uuid());
    for id in [pending.id, nobodys] {
        let outcome = begin(&world, &caller, id, with_a_recovery_code(&old, 1)).await;
        assert!(matches!(outcome, BeginEnrollmentOutcome::NothingToReplace), "{outcome:?}");
    }
    // The proof was not spent by it.
    assert!(world.signs_in(text(&old.recovery_codes[1])).await);
}

#[tokio::test]
async fn what_is_gone_when_the_new_one_is_confirmed_need_not_go() {
    let world = World::new(|policy| policy.authenticators.max_per_account = 1).await;
    let (caller, old) = world.enrolled().await;
    let new = begun(&world, &caller, &old, with_a_recovery_code(&old, 0)).await;
    let remove = RemoveAuthenticator { authenticator_id: old.id, proof: with_a_recovery_code(&old, 1) };
    let removed = remove.execute(&world.test.application, &caller).await.unwrap();
    assert_eq!(removed, RemoveAuthenticatorOutcome::Removed);
    // Turning the second factor off ended what was pending as well, or it turns it on anew; it never removes anything else.
    let outcome = world.confirm(&caller, new.id, &world.code(&new), GivenProof::default()).await;
    let on = matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { .. });
    assert!(on || matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment), "{outcome:?}");
    assert_eq!(world.events(EventKind::AuthenticatorRemoved).await, 0);
}

#[tokio::test]
async fn a_limit_that_was_lowered_meanwhile_still_lets_one_be_replaced_and_none_be_added() {
    let world = World::new(|_| {}).await;
    let (caller, old) = world.enrolled().await;
    let narrow = |caller: &Caller| {
        let mut caller = caller.clone();
        caller.realm.policy = crate::world::policy(|policy| policy.authenticators.max_per_account = 1);
        caller
    };
    let added = world.phone(&world.begun(&caller, with_a_recovery_code(&old, 0)).await);
    let outcome = world.confirm(&narrow(&caller), added.id, &world.code(&added), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::TooMany), "{outcome:?}");
    let new = begun(&world, &caller, &old, with_a_recovery_code(&old, 1)).await;
    let outcome = world.confirm(&narrow(&caller), new.id, &world.code(&new), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { .. }), "{outcome:?}");
    world.test.clock.advance_seconds(60);
    // Of two, replacing one would leave two: that is said before anything is scanned.
    let further = world.phone(&world.begun(&caller, with_a_recovery_code(&old, 2)).await);
    world.confirm(&caller, further.id, &world.code(&further), GivenProof::default()).await;
    let outcome = begin(&world, &narrow(&caller), new.id, with_a_recovery_code(&old, 3)).await;
    assert!(matches!(outcome, BeginEnrollmentOutcome::TooMany), "{outcome:?}");
}
