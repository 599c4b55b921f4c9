use countersign_application::account::{ChangePassword, ChangePasswordOutcome, NewPasswordError};
use countersign_application::audit::EventKind;
use countersign_application::realm::RealmSlug;
use countersign_application::second_factor::DisableTwoFactor;
use countersign_application::session::{EndOtherSessions, EndSession, ListSessions};
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactorOutcome};
use countersign_application::{PageRequest, UseCaseError};
use countersign_testing::PASSWORD;

use crate::world::{World, password_and_code};

#[tokio::test]
async fn a_session_ends_with_its_idle_time_or_its_life_whichever_is_first() {
    let world = World::new(|policy| {
        policy.sign_in.session_ttl_seconds = 7_200;
        policy.sign_in.session_idle_seconds = 3_600;
    })
    .await;
    let token = match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    world.test.clock.advance_seconds(3_599);
    assert!(world.recognize(&token).await.is_some(), "and from now on it is idle for an hour again");
    world.test.clock.advance_seconds(3_599);
    assert!(world.recognize(&token).await.is_some());
    world.test.clock.advance_seconds(2);
    assert!(world.recognize(&token).await.is_none(), "two hours are its life");

    let token = match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    world.test.clock.advance_seconds(3_600);
    assert!(world.recognize(&token).await.is_none(), "an hour without use");
}

#[tokio::test]
async fn enabling_ends_the_other_sessions_where_the_policy_says_so() {
    for (end_others, stands) in [(true, false), (false, true)] {
        let world = World::new(|policy| policy.sign_in.end_other_sessions_on_change = end_others).await;
        let other = match world.sign_in().await {
            SignInOutcome::SignedIn { grant, .. } => grant.token,
            other => panic!("{other:?}"),
        };
        world.enrolled().await;
        assert_eq!(world.recognize(&other).await.is_some(), stands);
    }
}

#[tokio::test]
async fn a_change_of_password_ends_challenges_and_other_sessions_and_refills_the_budget() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let other = match world.verify(&challenge, &world.code(&phone)).await {
        VerifySecondFactorOutcome::SignedIn(done) => done.grant.token,
        other => panic!("{other:?}"),
    };
    world.test.clock.advance_seconds(30);
    let challenge = world.challenge().await;
    let change = ChangePassword {
        current_password: PASSWORD.into(),
        new_password: "amber lantern harbor".into(),
        code: Some(world.code(&phone).into()),
    };
    let outcome = change.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, ChangePasswordOutcome::Changed { session: None }), "{outcome:?}");
    assert!(world.recognize(&other).await.is_none());
    world.test.clock.advance_seconds(30);
    let outcome = world.verify(&challenge, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge));
    assert!(matches!(world.sign_in().await, SignInOutcome::InvalidCredentials));
    assert_eq!(world.events(EventKind::PasswordChanged).await, 1);
}

#[tokio::test]
async fn while_two_factor_is_on_a_password_is_changed_only_with_a_code() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let change =
        ChangePassword { current_password: PASSWORD.into(), new_password: "amber lantern harbor".into(), code: None };
    let outcome = change.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, ChangePasswordOutcome::Denied(_)));
    world.challenge().await;
}

#[tokio::test]
async fn common_and_short_passwords_are_refused() {
    let world = World::new(|_| {}).await;
    let mut caller = world.caller().await;
    caller.realm.issuer = "Example Corporation".to_owned();
    caller.realm.slug = RealmSlug::new("acme-widgets").unwrap();
    for (password, error) in [
        ("password1", NewPasswordError::Common),
        ("example corporation", NewPasswordError::Common),
        ("acme-widgets", NewPasswordError::Common),
        ("seven77", NewPasswordError::Length),
    ] {
        let change = ChangePassword { current_password: PASSWORD.into(), new_password: password.into(), code: None };
        let outcome = change.execute(&world.test.application, &caller).await.unwrap();
        assert!(matches!(outcome, ChangePasswordOutcome::Unfit(why) if why == error), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_new_password_is_judged_only_after_a_right_proof() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let change = |current: &str| ChangePassword {
        current_password: current.into(),
        new_password: "password1".into(),
        code: None,
    };
    for _ in 0..4 {
        let outcome = change("not the password").execute(&world.test.application, &caller).await.unwrap();
        assert!(matches!(outcome, ChangePasswordOutcome::Denied(_)));
    }
    assert_eq!(world.test.password_screen.judged(), 0, "whoever proves nothing has nothing judged");
    let outcome = change(PASSWORD).execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, ChangePasswordOutcome::Unfit(NewPasswordError::Common)), "{outcome:?}");
    assert_eq!(world.test.password_screen.judged(), 1);
}

#[tokio::test]
async fn a_session_that_was_ended_meanwhile_changes_nothing() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let end = EndSession { session_id: caller.session_id().unwrap() };
    assert!(end.execute(&world.test.application, &caller).await.unwrap());
    let disable = DisableTwoFactor { proof: password_and_code(&world.code(&phone)), reason: None };
    let outcome = disable.execute(&world.test.application, &caller).await;
    assert!(matches!(outcome, Err(UseCaseError::SessionEnded)));
    world.challenge().await;
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_this_one_stands() {
    let world = World::new(|_| {}).await;
    let (first, second, this) = (world.caller().await, world.caller().await, world.caller().await);
    let others = [first.session_id(), second.session_id()];
    assert_eq!(EndOtherSessions.execute(&world.test.application, &this).await.unwrap(), 2);
    let list = ListSessions { page: PageRequest::first() };
    let left = list.execute(&world.test.application, &this).await.unwrap().items;
    assert!(left.len() == 1 && left[0].id == this.session_id().unwrap() && !others.contains(&Some(left[0].id)));
    assert_eq!(world.events(EventKind::SessionEnded).await, 1);
    assert_eq!(EndOtherSessions.execute(&world.test.application, &this).await.unwrap(), 0);
    assert_eq!(world.events(EventKind::SessionEnded).await, 1, "nothing ended, nothing to record");
}

#[tokio::test]
async fn sessions_are_listed_newest_first_and_only_while_they_stand() {
    let world = World::new(|_| {}).await;
    let first = world.caller().await;
    world.test.clock.advance_seconds(3_000);
    let second = world.caller().await;
    let list = ListSessions { page: PageRequest::first() };
    let ids =
        |sessions: Vec<countersign_application::session::Session>| sessions.iter().map(|s| s.id).collect::<Vec<_>>();
    let page = list.execute(&world.test.application, &second).await.unwrap();
    assert_eq!(ids(page.items), [second.session_id().unwrap(), first.session_id().unwrap()]);
    world.test.clock.advance_seconds(700);
    let page = list.execute(&world.test.application, &second).await.unwrap();
    assert_eq!(ids(page.items), [second.session_id().unwrap()]);
}

#[tokio::test]
async fn an_account_has_so_many_sessions_and_no_more() {
    let world = World::new(|_| {}).await;
    let first = world.caller().await;
    let most = countersign_application::session::Session::MOST_OF_AN_ACCOUNT;
    let mut last = first.session_id();
    for _ in 0..most {
        world.test.clock.advance_seconds(1);
        last = world.caller().await.session_id();
    }
    let page = PageRequest { limit: PageRequest::LIMIT, after: None };
    let sessions = world.store().list_sessions(world.account.id, page).await.unwrap().items;
    assert_eq!(sessions.len(), most as usize);
    let is_there = |id| sessions.iter().any(|session| Some(session.id) == id);
    assert!(is_there(last) && !is_there(first.session_id()), "what was unused for longest makes room");
}
