use countersign_application::core::RequiredFor;
use countersign_application::use_cases::{
    AuthenticateSessionOutcome, ConfirmEnrollmentOutcome, SessionPurpose, SignInOutcome,
};
use countersign_application::{Account, Caller, GivenProof, Role, SessionGrant, Timestamp};
use countersign_testing::{NOW, an_account, keep};

use crate::world::{World, password};

const DAY: u64 = 86_400;

async fn required(grace_days: u32) -> World {
    World::new(|policy| {
        policy.enforcement.required_for = RequiredFor::Everyone;
        policy.enforcement.grace_days = grace_days;
        policy.sign_in.session_ttl_seconds = 7_776_000;
        policy.sign_in.session_idle_seconds = 7_776_000;
    })
    .await
}

async fn deadline(world: &World) -> Option<Timestamp> {
    match world.sign_in().await {
        SignInOutcome::SignedIn { enrollment_deadline, .. } => enrollment_deadline,
        other => panic!("signed in, and not {other:?}"),
    }
}

async fn restricted(world: &World) -> SessionGrant {
    match world.sign_in().await {
        SignInOutcome::EnrollmentRequired { grant, .. } => grant,
        other => panic!("enrollment is required, and not {other:?}"),
    }
}

async fn to_enroll(world: &World, grant: &SessionGrant) -> Caller {
    match world.recognize_to(SessionPurpose::Enroll, &grant.token).await {
        AuthenticateSessionOutcome::Recognized(caller) => *caller,
        other => panic!("it may enroll, and not {other:?}"),
    }
}

#[tokio::test]
async fn the_grace_period_counts_from_the_first_sign_in_under_the_rule_and_is_never_renewed() {
    let world = required(14).await;
    world.test.clock.advance_seconds(100 * DAY);
    let first = deadline(&world).await.unwrap();
    assert_eq!(first, NOW.plus_seconds(114 * DAY), "the first sign-in counts, and not the account's age");
    world.test.clock.advance_seconds(13 * DAY);
    assert_eq!(deadline(&world).await, Some(first));
    world.test.clock.advance_seconds(DAY);
    restricted(&world).await;
}

#[tokio::test]
async fn an_enrollment_session_may_only_enroll_and_completing_it_yields_a_full_one() {
    let world = required(0).await;
    let grant = restricted(&world).await;
    let outcome = world.recognize_to(SessionPurpose::Anything, &grant.token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::EnrollmentRequired));
    let caller = to_enroll(&world, &grant).await;
    let begun = world.begun(&caller, password()).await;
    let phone = world.phone(&begun);
    let full = match world.confirm(&caller, phone.id, &world.code(&phone), GivenProof::default()).await {
        ConfirmEnrollmentOutcome::Confirmed { session, .. } => session.unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(world.recognize(&full.token).await.is_some());
    // The old one never showed a second factor: it may look, and no more.
    for (purpose, allowed) in
        [(SessionPurpose::Look, true), (SessionPurpose::Enroll, false), (SessionPurpose::Anything, false)]
    {
        let outcome = world.recognize_to(purpose, &grant.token).await;
        assert_eq!(matches!(outcome, AuthenticateSessionOutcome::Recognized(_)), allowed, "{purpose:?}");
    }
}

#[tokio::test]
async fn a_session_that_stands_is_restricted_when_the_grace_period_ends() {
    let world = required(1).await;
    let token = match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    world.test.clock.advance_seconds(DAY - 1);
    assert!(world.recognize(&token).await.is_some());
    world.test.clock.advance_seconds(1);
    let outcome = world.recognize_to(SessionPurpose::Anything, &token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::EnrollmentRequired));
    let outcome = world.recognize_to(SessionPurpose::Enroll, &token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::Recognized(_)), "nobody is locked out");
}

#[tokio::test]
async fn a_rule_for_administrators_asks_nothing_of_members() {
    let world = World::new(|policy| {
        policy.enforcement.required_for = RequiredFor::Admins;
        policy.enforcement.grace_days = 0;
    })
    .await;
    assert_eq!(deadline(&world).await, None);
    let admin = Account { role: Role::Admin, ..an_account(&world.realm, "root") };
    keep(world.store(), &[&admin]).await;
    let mut sign_in = world.sign_in_with(countersign_testing::PASSWORD);
    sign_in.login = "root".to_owned();
    let outcome = sign_in.execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::EnrollmentRequired { .. }));
}

#[tokio::test]
async fn who_has_a_second_factor_has_no_deadline() {
    let world = required(14).await;
    let caller = world.caller().await;
    let phone = world.enroll(&caller, password(), GivenProof::default()).await;
    world.test.clock.advance_seconds(30 * DAY);
    assert!(world.signs_in(&world.code(&phone)).await);
}
