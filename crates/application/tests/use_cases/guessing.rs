use std::sync::Arc;

use countersign_application::audit::EventKind;
use countersign_application::core::Throttle;
use countersign_application::second_factor::{DisableTwoFactor, DisableTwoFactorOutcome};
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial};

use crate::world::{WRONG, World, password_and_code, text};

async fn guess(world: &World) -> VerifySecondFactorOutcome {
    let challenge = world.challenge().await;
    world.verify(&challenge, WRONG).await
}

fn wait(outcome: &VerifySecondFactorOutcome) -> Option<u64> {
    match outcome {
        VerifySecondFactorOutcome::Throttled { retry_after_seconds, .. } => Some(*retry_after_seconds),
        _ => None,
    }
}

#[tokio::test]
async fn four_failures_are_free_and_each_further_one_doubles_the_wait_up_to_an_hour() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    for _ in 0..4 {
        assert!(matches!(guess(&world).await, VerifySecondFactorOutcome::InvalidCode { .. }));
    }
    for expected in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600] {
        assert!(matches!(guess(&world).await, VerifySecondFactorOutcome::InvalidCode { .. }));
        assert_eq!(wait(&guess(&world).await), Some(expected));
        world.test.clock.advance_seconds(expected - 1);
        assert_eq!(wait(&guess(&world).await), Some(1));
        world.test.clock.advance_seconds(1);
    }
}

#[tokio::test]
async fn while_throttled_a_right_code_gets_the_same_answer_and_is_not_spent() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    for _ in 0..5 {
        guess(&world).await;
    }
    let code = world.code(&phone);
    let challenge = world.challenge().await;
    assert_eq!(wait(&world.verify(&challenge, &code).await), Some(30));
    assert_eq!(wait(&world.verify(&challenge, WRONG).await), Some(30));
    world.test.clock.advance_seconds(30);
    assert!(matches!(world.verify(&challenge, &code).await, VerifySecondFactorOutcome::SignedIn(_)));
    assert_eq!(world.events(EventKind::SecondFactorThrottled).await, 1, "one wait began");
}

#[tokio::test]
async fn a_burst_of_parallel_guesses_gets_no_more_verdicts_than_the_throttle_allows() {
    let world = Arc::new(World::new(|_| {}).await);
    let (_, phone) = world.enrolled().await;
    let mut challenges = Vec::new();
    for _ in 0..60 {
        challenges.push(world.challenge().await);
    }
    let mut guesses = tokio::task::JoinSet::new();
    for challenge in challenges {
        let world = Arc::clone(&world);
        guesses.spawn(async move { world.verify(&challenge, WRONG).await });
    }
    let verdicts = guesses.join_all().await;
    let refused =
        verdicts.iter().filter(|verdict| matches!(verdict, VerifySecondFactorOutcome::InvalidCode { .. })).count();
    assert_eq!(refused, 5, "four are free, and the fifth begins the wait");
    assert!(verdicts.iter().all(|verdict| !matches!(verdict, VerifySecondFactorOutcome::SignedIn(_))));
    let challenge = world.challenge().await;
    assert!(wait(&world.verify(&challenge, &world.code(&phone)).await).is_some());
}

#[tokio::test]
async fn a_new_sign_in_or_a_right_password_resets_no_counter() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    for _ in 0..4 {
        guess(&world).await;
    }
    // A right password with a wrong code counts on: it is the fifth failure.
    let disable = DisableTwoFactor { proof: password_and_code(WRONG), reason: None };
    let denied = disable.execute(&world.test.application, &caller).await.unwrap();
    assert_eq!(denied, DisableTwoFactorOutcome::Denied(ProofDenial::WrongCode));
    let challenge = world.challenge().await;
    assert_eq!(wait(&world.verify(&challenge, &world.code(&phone)).await), Some(30));
}

#[tokio::test]
async fn an_older_code_counts_as_a_failure_and_a_success_forgets_failures() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let older = world.code(&phone);
    assert!(world.signs_in(&older).await);
    world.test.clock.advance_seconds(30);
    assert!(world.signs_in(&world.code(&phone)).await);
    assert!(!world.signs_in(&older).await, "a code works once");
    let factor = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
    assert_eq!(factor.state.counters.codes.failures_in_a_row, 1);
    world.test.clock.advance_seconds(30);
    assert!(world.signs_in(&world.code(&phone)).await);
    let factor = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
    assert_eq!(factor.state.counters.codes, Throttle::default());
}

#[tokio::test]
async fn a_clock_that_goes_backward_reopens_no_step_and_ends_no_wait() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    world.test.clock.advance_seconds(600);
    let code = world.code(&phone);
    assert!(world.signs_in(&code).await);
    world.test.clock.turn_back_seconds(90);
    assert!(!world.signs_in(&code).await);
    assert!(!world.signs_in(&world.code(&phone)).await, "an earlier step is not accepted after a later one");
    for _ in 0..4 {
        guess(&world).await;
    }
    world.test.clock.turn_back_seconds(300);
    assert!(wait(&guess(&world).await).unwrap() >= 30);
}

#[tokio::test]
async fn guessing_codes_never_closes_the_way_out_by_recovery_code() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    for _ in 0..5 {
        guess(&world).await;
    }
    assert!(wait(&guess(&world).await).is_some());
    assert!(world.signs_in(text(&phone.recovery_codes[0])).await);
}

#[tokio::test]
async fn recovery_codes_have_a_brake_of_their_own_for_each_account_and_address() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let wrong = "0000-0000-0000-0000";
    for _ in 0..5 {
        let challenge = world.challenge().await;
        assert!(matches!(world.verify(&challenge, wrong).await, VerifySecondFactorOutcome::InvalidCode { .. }));
    }
    let digests = world.test.recovery_digester.digests();
    let challenge = world.challenge().await;
    assert_eq!(wait(&world.verify(&challenge, text(&phone.recovery_codes[0])).await), Some(30));
    assert_eq!(world.test.recovery_digester.digests(), digests, "a throttled attempt costs no slow digest");
    assert!(world.signs_in(&world.code(&phone)).await, "the front door is not closed by it either");
}

#[tokio::test]
async fn codes_are_normalized_before_they_are_counted_or_compared() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let code = world.code(&phone);
    let spaced = format!(" {} - {} ", &code[..3], &code[3..]);
    assert!(world.signs_in(&spaced).await);
    assert!(!world.signs_in(&code).await, "another spelling of a spent code is spent");
}

#[tokio::test]
async fn passwords_are_throttled_by_login_and_address_and_others_are_not_kept_waiting() {
    let world = World::new(|_| {}).await;
    for _ in 0..11 {
        let outcome = world.sign_in_with("wrong password").execute(&world.test.application).await.unwrap();
        assert!(matches!(outcome, SignInOutcome::InvalidCredentials));
    }
    let hashed = world.test.passwords.verifications();
    assert!(matches!(world.sign_in().await, SignInOutcome::Throttled { retry_after_seconds: 1 }));
    assert_eq!(world.test.passwords.verifications(), hashed, "a throttled attempt costs no slow hash");
    let mut elsewhere = world.sign_in_with(countersign_testing::PASSWORD);
    elsewhere.origin = World::origin(2);
    let outcome = elsewhere.execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SignedIn { .. }), "the owner gets in from another address");
    world.test.clock.advance_seconds(1);
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));
}

#[tokio::test]
async fn an_unknown_login_costs_as_much_as_a_wrong_password() {
    let world = World::new(|_| {}).await;
    let mut unknown = world.sign_in_with("wrong password");
    unknown.login = "nobody@example.org".to_owned();
    let outcome = unknown.execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::InvalidCredentials));
    assert_eq!(world.test.passwords.verifications(), 1);
    unknown.realm = "nowhere".to_owned();
    unknown.execute(&world.test.application).await.unwrap();
    assert_eq!(world.test.passwords.verifications(), 2);
}

#[tokio::test]
async fn first_codes_of_an_enrollment_share_the_budget() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let begun = world.begun(&caller, crate::world::password()).await;
    let phone = world.phone(&begun);
    for _ in 0..5 {
        world.confirm(&caller, phone.id, WRONG, GivenProof::default()).await;
    }
    use countersign_application::enrollment::ConfirmEnrollmentOutcome;
    let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
    assert!(matches!(
        outcome,
        ConfirmEnrollmentOutcome::Denied(ProofDenial::Throttled { retry_after_seconds: 30, .. })
    ));
}
