//! "This wasn't me", and one sign-in as one story.

use countersign_application::PageRequest;
use countersign_application::account::{NewPasswordError, SecureAccount, SecureAccountOutcome};
use countersign_application::audit::{EventKind, ListActivity, SignInFactor, SignInStory, Told, told};
use countersign_application::caller::Caller;
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome};
use countersign_application::verification::ProofDenial;
use countersign_testing::PASSWORD;
use secrecy::SecretString;

use crate::world::{Phone, WRONG, World};

const NEW: &str = "a password that nobody knows";

fn secure(password: &str, code: Option<String>) -> SecureAccount {
    SecureAccount { current_password: password.into(), new_password: NEW.into(), code: code.map(SecretString::from) }
}

async fn run(world: &World, caller: &Caller, secure: &SecureAccount) -> SecureAccountOutcome {
    secure.execute(&world.test.application, caller).await.unwrap()
}

/// The owner, in a session beside which somebody else has one and a trusted browser.
async fn intruded() -> (World, Caller, Caller, Phone) {
    let world = World::new(|_| {}).await;
    let (owner, phone) = world.enrolled().await;
    world.test.clock.advance_seconds(30);
    let challenge = world.challenge().await;
    let verify =
        VerifySecondFactor { code: world.code(&phone).into(), remember_device: true, origin: World::origin(9) };
    let intruder = match world.answer(&world.test.application, &challenge, &verify).await.unwrap() {
        VerifySecondFactorOutcome::SignedIn(done) => world.recognize(&done.grant.token).await.unwrap(),
        other => panic!("signed in, and not {other:?}"),
    };
    world.test.clock.advance_seconds(30);
    (world, owner, intruder, phone)
}

#[tokio::test]
async fn the_owner_shuts_everybody_else_out_in_one_act() {
    let (world, owner, intruder, phone) = intruded().await;
    let half_way = world.challenge().await;
    let store = world.store();
    let devices = store.list_trusted_devices(owner.account.id, PageRequest::first()).await.unwrap();
    assert_eq!(devices.items.len(), 1);
    let outcome = run(&world, &owner, &secure(PASSWORD, Some(world.code(&phone)))).await;
    let SecureAccountOutcome::Secured { recovery_codes: Some(codes) } = outcome else { panic!("{outcome:?}") };
    let sessions = store.list_sessions(owner.account.id, PageRequest::first()).await.unwrap().items;
    assert!(sessions.iter().map(|session| session.id).eq(owner.session_id()), "the own session stands alone");
    assert!(intruder.session_id().is_some());
    assert!(store.list_trusted_devices(owner.account.id, PageRequest::first()).await.unwrap().items.is_empty());
    let verdict = world.verify(&half_way, &world.code(&phone)).await;
    assert!(matches!(verdict, VerifySecondFactorOutcome::InvalidChallenge), "{verdict:?}");
    assert!(matches!(world.sign_in().await, SignInOutcome::InvalidCredentials), "the old password is void");
    let SignInOutcome::SecondFactorRequired { challenge_token, .. } =
        world.sign_in_with(NEW).execute(&world.test.application).await.unwrap()
    else {
        panic!("the new password is right")
    };
    // The codes from before are void, and the new ones are good.
    let old = world.verify(&challenge_token, crate::world::text(&phone.recovery_codes[0])).await;
    assert!(matches!(old, VerifySecondFactorOutcome::InvalidCode { .. }), "{old:?}");
    let new = world.verify(&challenge_token, crate::world::text(&codes[0])).await;
    assert!(matches!(new, VerifySecondFactorOutcome::SignedIn(_)), "{new:?}");
    for event in [EventKind::AccountSecured, EventKind::PasswordChanged] {
        assert_eq!(world.events(event).await, 1, "{event}");
    }
}

#[tokio::test]
async fn without_a_proof_or_with_the_same_password_nothing_is_shut_out() {
    let (world, owner, intruder, phone) = intruded().await;
    let same = SecureAccount { new_password: PASSWORD.into(), ..secure(PASSWORD, Some(world.code(&phone))) };
    let outcome = run(&world, &owner, &same).await;
    assert!(matches!(outcome, SecureAccountOutcome::Unfit(NewPasswordError::Unchanged)), "{outcome:?}");
    let common = SecureAccount { new_password: "password1".into(), ..secure(PASSWORD, Some(world.code(&phone))) };
    let outcome = run(&world, &owner, &common).await;
    assert!(matches!(outcome, SecureAccountOutcome::Unfit(_)), "{outcome:?}");
    for (password, code) in [("wrong", None), (PASSWORD, None), (PASSWORD, Some(WRONG.to_owned()))] {
        let outcome = run(&world, &owner, &secure(password, code)).await;
        let SecureAccountOutcome::Denied(denial) = outcome else { panic!("{outcome:?}") };
        assert!(!matches!(denial, ProofDenial::Throttled { .. }), "{denial:?}");
    }
    let sessions = world.store().list_sessions(intruder.account.id, PageRequest::first()).await.unwrap();
    assert!(sessions.items.iter().any(|session| Some(session.id) == intruder.session_id()), "it still stands");
    assert_eq!((world.events(EventKind::AccountSecured).await, world.events(EventKind::PasswordChanged).await), (0, 0));
}

#[tokio::test]
async fn the_events_of_one_sign_in_are_told_as_one_and_no_others_with_them() {
    let world = World::new(|_| {}).await;
    let (owner, phone) = world.enrolled().await;
    world.test.clock.advance_seconds(30);
    // Two at once: each has its own story, whatever comes between.
    let (mine, theirs) = (world.challenge().await, world.challenge().await);
    for challenge in [&theirs, &mine, &theirs] {
        world.test.clock.advance_seconds(1);
        world.verify(challenge, WRONG).await;
    }
    world.test.clock.advance_seconds(30);
    let verdict = world.verify(&mine, &world.code(&phone)).await;
    assert!(matches!(verdict, VerifySecondFactorOutcome::SignedIn(_)), "{verdict:?}");
    let list = ListActivity { page: PageRequest::first() };
    let events = list.execute(&world.test.application, &owner).await.unwrap().items;
    let number = events.len();
    let parts = told(events);
    let stories: Vec<&SignInStory> = parts
        .iter()
        .filter_map(|part| match part {
            Told::SignIn(story) => Some(story),
            Told::Event(_) => None,
        })
        .collect();
    let summary: Vec<_> = stories.iter().map(|story| (story.factor(), story.wrong_codes())).collect();
    assert_eq!(summary, [(Some(SignInFactor::Totp), 1), (None, 2)]);
    assert!(stories.iter().all(|story| !story.is_remembered()));
    let told_of: usize = stories.iter().map(|story| story.events.len()).sum();
    assert_eq!(told_of + parts.len() - stories.len(), number, "nothing is left out");
    assert!(told_of < number, "turning two-factor on is no part of a sign-in");
}
