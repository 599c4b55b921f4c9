use countersign_application::second_factor::SecondFactorMethod;
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactorOutcome};

use crate::world::{WRONG, World, text};

#[tokio::test]
async fn a_challenge_lives_as_long_as_the_policy_says() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    world.test.clock.advance_seconds(299);
    let second = world.challenge().await;
    world.test.clock.advance_seconds(1);
    let outcome = world.verify(&challenge, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge));
    assert!(matches!(world.verify(&second, &world.code(&phone)).await, VerifySecondFactorOutcome::SignedIn(_)));
}

#[tokio::test]
async fn a_challenge_dies_with_its_last_try_and_a_right_code_cannot_revive_it() {
    let world = World::new(|policy| policy.sign_in.challenge_attempts = 3).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    for _ in 0..3 {
        assert!(matches!(world.verify(&challenge, WRONG).await, VerifySecondFactorOutcome::InvalidCode { .. }));
    }
    let outcome = world.verify(&challenge, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge));
    assert!(world.signs_in(&world.code(&phone)).await, "the code was not spent by it");
}

#[tokio::test]
async fn a_challenge_is_spent_by_its_session() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    assert!(matches!(world.verify(&challenge, &world.code(&phone)).await, VerifySecondFactorOutcome::SignedIn(_)));
    world.test.clock.advance_seconds(30);
    let outcome = world.verify(&challenge, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge));
}

#[tokio::test]
async fn a_challenge_names_what_it_can_be_answered_with() {
    let world = World::new(|policy| policy.recovery_codes.count = 4).await;
    let (_, phone) = world.enrolled().await;
    for code in &phone.recovery_codes {
        assert!(world.signs_in(text(code)).await);
    }
    match world.sign_in().await {
        SignInOutcome::SecondFactorRequired { methods, .. } => assert_eq!(methods, [SecondFactorMethod::Totp]),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_challenge_or_device_token_opens_no_session() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let challenge = world.challenge().await;
    assert!(world.recognize(&challenge).await.is_none());
}
