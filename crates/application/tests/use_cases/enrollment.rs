use std::sync::Arc;

use countersign_application::audit::EventKind;
use countersign_application::enrollment::{
    BeginEnrollmentOutcome, ConfirmEnrollmentOutcome, QrFormat, ShowEnrollmentQr,
};
use countersign_application::policy::{ProofRequirement, RecoveryCodesShown};
use countersign_application::second_factor::{RemoveAuthenticator, RemoveAuthenticatorOutcome};
use countersign_application::sign_in::SignInOutcome;
use countersign_application::verification::{GivenProof, ProofDenial};

use crate::world::{WRONG, World, password, password_and_code, text};

#[tokio::test]
async fn a_pending_authenticator_gates_nothing_and_satisfies_nothing() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    world.begun(&caller, password()).await;
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));

    let (caller, phone) = world.enrolled().await;
    let second = world.begun(&caller, password_and_code(text(&phone.recovery_codes[0]))).await;
    let second = world.phone(&second);
    assert!(!world.signs_in(&world.code(&second)).await);
    assert!(world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn beginning_again_replaces_only_what_is_pending() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let abandoned = world.begun(&caller, password_and_code(text(&phone.recovery_codes[0]))).await;
    let abandoned = world.phone(&abandoned);
    let second = world.begun(&caller, password_and_code(text(&phone.recovery_codes[1]))).await;
    let second = world.phone(&second);
    let outcome = world.confirm(&caller, abandoned.id, &world.code(&abandoned), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment));
    assert!(world.signs_in(&world.code(&phone)).await);
    let outcome = world.confirm(&caller, second.id, &world.code(&second), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { recovery_codes: None, .. }));
    assert_eq!(world.events(EventKind::AuthenticatorAdded).await, 1);
}

#[tokio::test]
async fn the_confirming_code_is_spent() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    let code = world.code(&phone);
    world.confirm(&caller, phone.id, &code, GivenProof::default()).await;
    assert!(!world.signs_in(&code).await);
}

#[tokio::test]
async fn of_many_confirmations_at_once_one_is_accepted_and_one_makes_recovery_codes() {
    let world = Arc::new(World::new(|_| {}).await);
    let caller = world.caller().await;
    let phone = world.phone(&world.begun(&caller, password()).await);
    let code = world.code(&phone);
    let mut confirmations = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (world, caller, id, code) = (Arc::clone(&world), caller.clone(), phone.id, code.clone());
        confirmations.spawn(async move { world.confirm(&caller, id, &code, GivenProof::default()).await });
    }
    let outcomes = confirmations.join_all().await;
    let confirmed = |outcome: &&_| matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { .. });
    assert_eq!(outcomes.iter().filter(confirmed).count(), 1);
    assert_eq!(world.test.recovery_digester.digests(), 10);
}

#[tokio::test]
async fn an_enrollment_expires_and_its_row_makes_nothing_impossible() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    world.test.clock.advance_seconds(900);
    let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment));
    world.enrolled().await;
}

#[tokio::test]
async fn a_policy_made_stricter_since_voids_a_pending_enrollment() {
    let world = World::new(|_| {}).await;
    let mut caller = world.caller().await;
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    caller.realm.policy = crate::world::policy(|policy| policy.totp.digits = 8);
    let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment));
    caller.realm.policy = crate::world::policy(|policy| policy.enrollment.ttl_seconds = 60);
    world.test.clock.advance_seconds(60);
    let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment));
}

#[tokio::test]
async fn the_qr_code_is_shown_only_while_pending_and_only_to_the_session_that_began() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let other = world.caller().await;
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    let show = ShowEnrollmentQr { authenticator_id: phone.id, format: QrFormat::Svg };
    assert!(show.execute(&world.test.application, &caller).await.unwrap().is_some());
    assert!(show.execute(&world.test.application, &other).await.unwrap().is_none());
    world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(show.execute(&world.test.application, &caller).await.unwrap().is_none());
}

#[tokio::test]
async fn codes_shown_before_the_confirmation_are_worthless_until_it() {
    let world = World::new(|policy| policy.recovery_codes.shown = RecoveryCodesShown::BeforeConfirm).await;
    let caller = world.caller().await;
    let begun = world.begun(&caller, password()).await;
    let codes = begun.recovery_codes.clone().unwrap();
    assert_eq!(codes.len(), 10);
    let factor = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
    assert!(factor.active_recovery_set().is_none());
    let phone = world.phone(&begun);
    let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { recovery_codes: None, .. }));
    assert!(world.signs_in(text(&codes[9])).await);
}

#[tokio::test]
async fn one_authenticator_is_the_most_where_the_policy_says_so() {
    let world = World::new(|policy| policy.authenticators.max_per_account = 1).await;
    let (caller, _) = world.enrolled().await;
    assert!(matches!(world.begin(&caller, password()).await, BeginEnrollmentOutcome::AlreadyEnabled));

    let world = World::new(|policy| policy.authenticators.max_per_account = 2).await;
    let (caller, phone) = world.enrolled().await;
    let begin = password_and_code(&world.code(&phone));
    world.enroll(&caller, begin, GivenProof::default()).await;
    assert!(matches!(world.begin(&caller, password()).await, BeginEnrollmentOutcome::TooMany));
}

#[tokio::test]
async fn a_wrong_first_code_spends_no_code_given_as_proof() {
    let world = World::new(|policy| policy.proofs.confirm = ProofRequirement::Code).await;
    let (caller, phone) = world.enrolled().await;
    let begun = world.begun(&caller, password_and_code(text(&phone.recovery_codes[0]))).await;
    let second = world.phone(&begun);
    let proof = crate::world::code(&world.code(&phone));
    let outcome = world.confirm(&caller, second.id, WRONG, proof.clone()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::InvalidCode { .. }));
    let outcome = world.confirm(&caller, second.id, &world.code(&second), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Denied(ProofDenial::Missing { .. })));
    let outcome = world.confirm(&caller, second.id, &world.code(&second), proof).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { .. }));
}

#[tokio::test]
async fn how_far_a_clock_is_off_is_told_to_the_session_that_was_shown_the_secret_and_to_no_other() {
    let world = World::new(|_| {}).await;
    let (caller, other) = (world.caller().await, world.caller().await);
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    world.test.clock.advance_seconds(20 * 60);
    let typed = world.code(&phone);
    world.test.clock.turn_back_seconds(20 * 60);
    for (who, told) in [(&caller, Some(20 * 60)), (&other, None)] {
        let outcome = world.confirm(who, phone.id, &typed, GivenProof::default()).await;
        let ConfirmEnrollmentOutcome::InvalidCode { clock_ahead_seconds } = outcome else { panic!("{outcome:?}") };
        assert_eq!(clock_ahead_seconds, told);
    }
}

#[tokio::test]
async fn removing_the_last_authenticator_turns_two_factor_off() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let begun = world.begun(&caller, password_and_code(text(&phone.recovery_codes[0]))).await;
    let pending = RemoveAuthenticator { authenticator_id: begun.authenticator.id, proof: GivenProof::default() };
    let outcome = pending.execute(&world.test.application, &caller).await.unwrap();
    assert_eq!(outcome, RemoveAuthenticatorOutcome::Removed, "a pending one needs no proof");

    let without = RemoveAuthenticator { authenticator_id: phone.id, proof: GivenProof::default() };
    let outcome = without.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, RemoveAuthenticatorOutcome::Denied(ProofDenial::Missing { .. })));

    let proof = password_and_code(&world.code(&phone));
    let remove = RemoveAuthenticator { authenticator_id: phone.id, proof };
    let outcome = remove.execute(&world.test.application, &caller).await.unwrap();
    assert_eq!(outcome, RemoveAuthenticatorOutcome::Removed);
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));
    assert_eq!(world.events(EventKind::TwoFactorDisabled).await, 1);
}

#[tokio::test]
async fn after_a_new_enrollment_the_old_secret_is_dead() {
    use countersign_application::second_factor::DisableTwoFactor;
    let world = World::new(|_| {}).await;
    let (caller, old) = world.enrolled().await;
    let proof = password_and_code(&world.code(&old));
    DisableTwoFactor { proof, reason: None }.execute(&world.test.application, &caller).await.unwrap();
    let new = world.enroll(&caller, password(), GivenProof::default()).await;
    assert!(!world.signs_in(&world.code(&old)).await);
    assert!(!world.signs_in(text(&old.recovery_codes[0])).await);
    assert!(world.signs_in(&world.code(&new)).await);
}
