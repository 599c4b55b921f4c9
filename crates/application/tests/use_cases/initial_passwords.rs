//! A password that someone else gave is changed before anything else.

use countersign_application::account::{ChangePassword, ChangePasswordOutcome, NewPasswordError, UpdateAccount};
use countersign_application::administration::{AuthenticateAdministrator, AuthenticateAdministratorOutcome};
use countersign_application::policy::RequiredFor;
use countersign_application::session::{
    AuthenticateSessionOutcome, AuthenticationMethod, SessionGrant, SessionPurpose,
};
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactorOutcome};
use countersign_application::verification::ProofDenial;
use countersign_testing::PASSWORD;

use crate::world::{NEW_PASSWORD, World};

/// Sets the password of the account on its behalf.
async fn give_password(world: &World) {
    give(world, PASSWORD).await;
}

async fn give(world: &World, password: &str) {
    let update = UpdateAccount {
        password: Some(password.into()),
        password_change_required: Some(true),
        proof: countersign_application::verification::GivenProof::default(),
        ..UpdateAccount::default()
    };
    world.act(&world.on_the_account(), &update).await;
}

async fn restricted(world: &World) -> SessionGrant {
    match world.sign_in().await {
        SignInOutcome::PasswordChangeRequired { grant, account, .. } => {
            assert!(account.password_change_required);
            grant
        }
        other => panic!("the password has to be changed, and not {other:?}"),
    }
}

async fn change(world: &World, grant: &SessionGrant, new: &str, code: Option<&str>) -> ChangePasswordOutcome {
    let caller = match world.recognize_to(SessionPurpose::ChangePassword, &grant.token).await {
        AuthenticateSessionOutcome::Recognized(caller) => *caller,
        other => panic!("it may change the password, and not {other:?}"),
    };
    assert!(!caller.may_administer());
    let change =
        ChangePassword { current_password: PASSWORD.into(), new_password: new.into(), code: code.map(Into::into) };
    change.execute(&world.test.application, &caller).await.unwrap()
}

async fn changed(world: &World, grant: &SessionGrant, code: Option<&str>) -> SessionGrant {
    match change(world, grant, NEW_PASSWORD, code).await {
        ChangePasswordOutcome::Changed { session: Some(session) } => session,
        other => panic!("changed, with a new session, and not {other:?}"),
    }
}

#[tokio::test]
async fn a_given_password_opens_nothing_but_its_change() {
    let world = World::new(|_| {}).await;
    give_password(&world).await;
    let grant = restricted(&world).await;
    for (purpose, allowed) in [
        (SessionPurpose::Look, true),
        (SessionPurpose::ChangePassword, true),
        (SessionPurpose::Enroll, false),
        (SessionPurpose::Anything, false),
    ] {
        match world.recognize_to(purpose, &grant.token).await {
            AuthenticateSessionOutcome::Recognized(_) => assert!(allowed, "{purpose:?}"),
            AuthenticateSessionOutcome::PasswordChangeRequired => assert!(!allowed, "{purpose:?}"),
            other => panic!("{other:?}"),
        }
    }
    let authenticate = AuthenticateAdministrator { token: grant.token.clone(), origin: World::origin(1), realm: None };
    let outcome = authenticate.execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, AuthenticateAdministratorOutcome::PasswordChangeRequired));

    // The same once more is no change.
    let outcome = change(&world, &grant, PASSWORD, None).await;
    assert!(matches!(outcome, ChangePasswordOutcome::Unfit(NewPasswordError::Unchanged)), "{outcome:?}");

    let full = changed(&world, &grant, None).await;
    assert!(world.recognize(&full.token).await.is_some());
    let outcome = world.recognize_to(SessionPurpose::Look, &grant.token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::Unknown), "a new level is a new token: {outcome:?}");
    let outcome = world.sign_in_with(NEW_PASSWORD).execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SignedIn { .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_given_password_in_another_spelling_is_no_change_either() {
    let (composed, decomposed) = ("caf\u{e9} lantern orbit", "cafe\u{301} lantern orbit");
    for (current, new) in [(composed, decomposed), (decomposed, composed), (decomposed, decomposed)] {
        let world = World::new(|_| {}).await;
        give(&world, composed).await;
        let outcome = world.sign_in_with(current).execute(&world.test.application).await.unwrap();
        let SignInOutcome::PasswordChangeRequired { grant, .. } = outcome else { panic!("{outcome:?}") };
        let outcome = world.recognize_to(SessionPurpose::ChangePassword, &grant.token).await;
        let AuthenticateSessionOutcome::Recognized(caller) = outcome else { panic!("{outcome:?}") };
        let change = ChangePassword { current_password: current.into(), new_password: new.into(), code: None };
        let outcome = change.execute(&world.test.application, &caller).await.unwrap();
        assert!(matches!(outcome, ChangePasswordOutcome::Unfit(NewPasswordError::Unchanged)), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_session_that_stands_is_restricted_when_a_change_is_asked_for() {
    let world = World::new(|_| {}).await;
    let token = match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    in_place(&world).await;
    let outcome = world.recognize_to(SessionPurpose::Anything, &token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::PasswordChangeRequired), "{outcome:?}");
}

/// Asks for a change of the password that is there.
async fn in_place(world: &World) {
    let update = UpdateAccount {
        password_change_required: Some(true),
        proof: countersign_application::verification::GivenProof::default(),
        ..UpdateAccount::default()
    };
    world.act(&world.on_the_account(), &update).await;
}

#[tokio::test]
async fn after_the_change_comes_the_enrollment_where_one_is_required() {
    let world = World::new(|policy| {
        policy.enforcement.required_for = RequiredFor::Everyone;
        policy.enforcement.grace_days = 0;
    })
    .await;
    give_password(&world).await;
    let grant = restricted(&world).await;
    let next = changed(&world, &grant, None).await;
    let outcome = world.recognize_to(SessionPurpose::Anything, &next.token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::EnrollmentRequired), "{outcome:?}");
    let outcome = world.recognize_to(SessionPurpose::Enroll, &next.token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::Recognized(_)), "{outcome:?}");
}

#[tokio::test]
async fn with_a_second_factor_it_comes_first_and_is_asked_for_at_the_change() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    give_password(&world).await;
    let challenge = world.challenge().await;
    let grant = match world.verify(&challenge, &world.code(&phone)).await {
        VerifySecondFactorOutcome::SignedIn(done) => done.grant,
        other => panic!("{other:?}"),
    };
    let outcome = world.recognize_to(SessionPurpose::Anything, &grant.token).await;
    assert!(matches!(outcome, AuthenticateSessionOutcome::PasswordChangeRequired), "{outcome:?}");
    let outcome = change(&world, &grant, NEW_PASSWORD, None).await;
    assert!(matches!(outcome, ChangePasswordOutcome::Denied(ProofDenial::Missing { .. })), "{outcome:?}");
    world.test.clock.advance_seconds(60);
    let full = changed(&world, &grant, Some(&world.code(&phone))).await;
    assert_eq!(full.session.methods, AuthenticationMethod::TWO_FACTORS);
    assert!(world.recognize(&full.token).await.is_some());
}
