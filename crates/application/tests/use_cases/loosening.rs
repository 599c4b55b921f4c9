//! A policy that is loosened lets nothing rise again that had ended under the stricter one.

use countersign_application::caller::Caller;
use countersign_application::enrollment::ConfirmEnrollmentOutcome;
use countersign_application::realm::{PolicyChange, Realm, UpdateRealm, UpdateRealmOutcome};
use countersign_application::recovery::{ViewRecoveryCodes, ViewRecoveryCodesOutcome};
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome};
use countersign_application::verification::GivenProof;
use countersign_testing::PASSWORD;
use serde_json::{Value, json};

use crate::world::{Phone, WRONG, World, password, password_and_code, text};

async fn set(world: &World, patch: Value) -> Realm {
    let update = UpdateRealm {
        expected_version: None,
        issuer: None,
        policy: PolicyChange { preset: None, patch: Some(patch) },
        proof: GivenProof::default(),
    };
    match update.execute(&world.test.application, &world.operator().await).await.unwrap() {
        UpdateRealmOutcome::Updated(realm) => *realm,
        other => panic!("updated, and not {other:?}"),
    }
}

async fn with_device(world: &World, device: &secrecy::SecretString) -> SignInOutcome {
    let mut sign_in = world.sign_in_with(PASSWORD);
    sign_in.device_tokens = vec![device.clone()];
    sign_in.execute(&world.test.application).await.unwrap()
}

/// Signs in and has the browser trusted.
async fn trusted(world: &World, phone: &Phone) -> secrecy::SecretString {
    let challenge = world.challenge().await;
    let verify = VerifySecondFactor { code: world.code(phone).into(), remember_device: true, origin: World::origin(1) };
    match world.answer(&world.test.application, &challenge, &verify).await.unwrap() {
        VerifySecondFactorOutcome::SignedIn(done) => done.device_token.unwrap(),
        other => panic!("signed in, and not {other:?}"),
    }
}

#[tokio::test]
async fn a_session_that_was_idle_or_old_stays_ended() {
    for stricter in
        [json!({"session_idle_seconds": 60}), json!({"session_ttl_seconds": 300, "session_idle_seconds": 300})]
    {
        let world = World::new(|_| {}).await;
        let token = match world.sign_in().await {
            SignInOutcome::SignedIn { grant, .. } => grant.token,
            other => panic!("{other:?}"),
        };
        set(&world, json!({ "sign_in": stricter })).await;
        world.test.clock.advance_seconds(300);
        set(&world, json!({"sign_in": {"session_ttl_seconds": 86_400, "session_idle_seconds": 3_600}})).await;
        assert!(world.recognize(&token).await.is_none(), "{stricter}");
        // What stood all the time stands.
        let token = match world.sign_in().await {
            SignInOutcome::SignedIn { grant, .. } => grant.token,
            other => panic!("{other:?}"),
        };
        set(&world, json!({"sign_in": {"session_idle_seconds": 600}})).await;
        set(&world, json!({"sign_in": {"session_idle_seconds": 3_600}})).await;
        assert!(world.recognize(&token).await.is_some(), "{stricter}");
    }
}

#[tokio::test]
async fn a_device_that_was_trusted_no_more_stays_so() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let device = trusted(&world, &phone).await;
    assert!(matches!(with_device(&world, &device).await, SignInOutcome::SignedIn { .. }));
    set(&world, json!({"sign_in": {"trusted_device_days": 0}})).await;
    set(&world, json!({"sign_in": {"trusted_device_days": 30}})).await;
    assert!(matches!(with_device(&world, &device).await, SignInOutcome::SecondFactorRequired { .. }));
}

#[tokio::test]
async fn a_challenge_that_was_exhausted_or_old_stays_so() {
    for stricter in [json!({"challenge_attempts": 1}), json!({"challenge_ttl_seconds": 60})] {
        let world = World::new(|_| {}).await;
        let (_, phone) = world.enrolled().await;
        let challenge = world.challenge().await;
        world.verify(&challenge, WRONG).await;
        set(&world, json!({ "sign_in": stricter })).await;
        world.test.clock.advance_seconds(60);
        set(&world, json!({"sign_in": {"challenge_attempts": 5, "challenge_ttl_seconds": 300}})).await;
        let outcome = world.verify(&challenge, &world.code(&phone)).await;
        assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge), "{stricter}: {outcome:?}");
        assert!(world.signs_in(&world.code(&phone)).await, "{stricter}: the code was not spent");
    }
}

#[tokio::test]
async fn an_enrollment_of_other_parameters_or_too_old_stays_void() {
    for (stricter, looser) in [
        (json!({"totp": {"digits": 8}}), json!({"totp": {"digits": 6}})),
        (json!({"enrollment": {"ttl_seconds": 60}}), json!({"enrollment": {"ttl_seconds": 900}})),
    ] {
        let world = World::new(|_| {}).await;
        let caller = world.caller().await;
        let phone = world.phone(&world.begun(&caller, password()).await);
        set(&world, stricter.clone()).await;
        world.test.clock.advance_seconds(60);
        let realm = set(&world, looser).await;
        let caller = Caller { realm, ..caller };
        let outcome = world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await;
        assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment), "{stricter}: {outcome:?}");
    }
}

#[tokio::test]
async fn recovery_codes_that_were_none_any_more_stay_so() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    set(&world, json!({"recovery_codes": {"count": 0}})).await;
    set(&world, json!({"recovery_codes": {"count": 10}})).await;
    assert!(!world.signs_in(text(&phone.recovery_codes[0])).await);
    assert!(world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn recovery_codes_that_nobody_could_view_are_not_shown_later() {
    let world = World::new(|policy| policy.recovery_codes.viewable = true).await;
    let (caller, phone) = world.enrolled().await;
    let view = async |realm: Realm, code: usize| {
        let caller = Caller { realm, ..caller.clone() };
        ViewRecoveryCodes { proof: password_and_code(text(&phone.recovery_codes[code])) }
            .execute(&world.test.application, &caller)
            .await
            .unwrap()
    };
    assert!(matches!(view(world.realm.clone(), 1).await, ViewRecoveryCodesOutcome::Shown(_)));
    set(&world, json!({"recovery_codes": {"viewable": false}})).await;
    let realm = set(&world, json!({"recovery_codes": {"viewable": true}})).await;
    assert!(matches!(view(realm, 2).await, ViewRecoveryCodesOutcome::NotViewable));
    assert!(world.signs_in(text(&phone.recovery_codes[0])).await, "they are good all the same");
}
