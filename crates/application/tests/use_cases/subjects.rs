use countersign_application::api_key::{
    ApiKey, ApiKeyName, AuthenticateApiKey, AuthenticateApiKeyOutcome, CreateApiKey, CreateApiKeyOutcome, RevokeApiKey,
    RevokeApiKeyOutcome, Scope,
};
use countersign_application::audit::{AuditFilter, EventKind};
use countersign_application::caller::{Caller, Credential};
use countersign_application::enrollment::ConfirmEnrollmentOutcome;
use countersign_application::text::Subject;
use countersign_application::verification::{
    AskAboutSubject, GivenProof, SubjectScene, VerifySubject, VerifySubjectOutcome,
};
use countersign_application::{Origin, PageRequest, Timestamp};
use countersign_testing::NOW;
use secrecy::SecretString;

use crate::world::{Phone, WRONG, World, text};

async fn key(world: &World, scopes: &[Scope], expires_at: Option<Timestamp>) -> (SecretString, ApiKey) {
    let create = CreateApiKey {
        name: ApiKeyName::new("shop").unwrap(),
        scopes: scopes.to_vec(),
        expires_at,
        proof: GivenProof::default(),
    };
    match create.execute(&world.test.application, &world.operator().await).await.unwrap() {
        CreateApiKeyOutcome::Created { token, key } => (token, *key),
        other => panic!("{other:?}"),
    }
}

async fn scene(world: &World, subject: &str) -> SubjectScene {
    let (token, _) = key(world, &[Scope::Verify, Scope::Enroll], None).await;
    asked(world, subject, token, &[Scope::Verify]).await
}

async fn asked(world: &World, subject: &str, token: SecretString, scopes: &[Scope]) -> SubjectScene {
    let subject = Subject::new(subject).unwrap();
    let ask = AskAboutSubject { token, scopes, subject, origin: World::origin(7) };
    match ask.execute(&world.test.application).await.unwrap() {
        AuthenticateApiKeyOutcome::Recognized(scene) => *scene,
        other => panic!("{other:?}"),
    }
}

async fn enrolled(world: &World, subject: &str) -> (Caller, Phone) {
    let caller = scene(world, subject).await.ensure(&world.test.application, None).await.unwrap();
    let phone = world.enroll(&caller, GivenProof::default(), GivenProof::default()).await;
    (caller, phone)
}

async fn verify(world: &World, caller: &Caller, code: &str) -> VerifySubjectOutcome {
    let Credential::ApiKey(key) = caller.credential else { panic!("an application asks") };
    let account = world.store().find_account(caller.account.id).await.unwrap().unwrap();
    let factor = world.store().find_second_factor(account.id).await.unwrap().unwrap();
    let subject = Subject::new(account.subject.as_deref().unwrap()).unwrap();
    let (realm, origin) = (caller.realm.clone(), caller.origin.clone());
    let scene = SubjectScene { key, realm, subject, origin, found: Some((account, factor)) };
    let verify = VerifySubject { code: code.into(), purpose: None };
    verify.execute(&world.test.application, &scene).await.unwrap()
}

fn verified(outcome: &VerifySubjectOutcome) -> bool {
    matches!(outcome, VerifySubjectOutcome::Verified { .. })
}

#[tokio::test]
async fn an_application_enrolls_and_verifies_without_proofs() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = enrolled(&world, "user:42/ä").await;
    let code = world.code(&phone);
    assert!(verified(&verify(&world, &caller, &code).await));
    assert!(
        matches!(verify(&world, &caller, &code).await, VerifySubjectOutcome::InvalidCode { .. }),
        "a code works once"
    );
    assert!(verified(&verify(&world, &caller, text(&phone.recovery_codes[0])).await));
    assert_eq!(world.events(EventKind::AccountCreated).await, 1);
}

#[tokio::test]
async fn subjects_are_compared_exactly_and_never_meet_logins() {
    let world = World::new(|_| {}).await;
    enrolled(&world, "Ada").await;
    for other in ["ada", "ADA", " Ada", "Ada "] {
        assert!(scene(&world, other).await.found.is_none(), "{other:?}");
    }
    let login = world.account.login.to_string();
    assert!(scene(&world, &login).await.found.is_none());
    let mut sign_in = world.sign_in_with(countersign_testing::PASSWORD);
    for login in ["Ada", ":Ada"] {
        sign_in.login = login.to_owned();
        let outcome = sign_in.execute(&world.test.application).await.unwrap();
        use countersign_application::sign_in::SignInOutcome;
        assert!(matches!(outcome, SignInOutcome::InvalidCredentials), "a subject has no password");
    }
}

#[tokio::test]
async fn guesses_at_a_subject_are_bounded() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = enrolled(&world, "7").await;
    for _ in 0..5 {
        assert!(matches!(verify(&world, &caller, WRONG).await, VerifySubjectOutcome::InvalidCode { .. }));
    }
    let outcome = verify(&world, &caller, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySubjectOutcome::Throttled { retry_after_seconds: 30, .. }));
}

#[tokio::test]
async fn without_an_active_authenticator_there_is_nothing_to_verify() {
    let world = World::new(|_| {}).await;
    let caller = scene(&world, "7").await.ensure(&world.test.application, Some("Seven")).await.unwrap();
    assert_eq!(caller.account.login.as_str(), "Seven");
    let begun = world.begun(&caller, GivenProof::default()).await;
    let phone = world.phone(&begun);
    let outcome = verify(&world, &caller, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySubjectOutcome::NotEnabled));
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_say_until_it_expires_or_is_revoked() {
    let world = World::new(|_| {}).await;
    let (token, key) = key(&world, &[Scope::Verify], Some(NOW.plus_seconds(3_600))).await;
    let recognize = async |scopes: &[Scope]| {
        let authenticate = AuthenticateApiKey { token: token.clone(), scopes };
        authenticate.execute(&world.test.application).await.unwrap()
    };
    assert!(matches!(recognize(&[Scope::Verify, Scope::Manage]).await, AuthenticateApiKeyOutcome::Recognized(_)));
    assert!(matches!(recognize(&[Scope::Enroll]).await, AuthenticateApiKeyOutcome::MissingScope));
    world.test.clock.advance_seconds(3_600);
    assert!(matches!(recognize(&[Scope::Verify]).await, AuthenticateApiKeyOutcome::Unknown));
    world.test.clock.turn_back_seconds(60);
    assert!(matches!(recognize(&[Scope::Verify]).await, AuthenticateApiKeyOutcome::Recognized(_)));
    let (revoke, by) = (RevokeApiKey { id: key.id, proof: GivenProof::default() }, world.operator().await);
    assert_eq!(revoke.execute(&world.test.application, &by).await.unwrap(), RevokeApiKeyOutcome::Revoked);
    assert!(matches!(recognize(&[Scope::Verify]).await, AuthenticateApiKeyOutcome::Unknown));
    assert_eq!(revoke.execute(&world.test.application, &by).await.unwrap(), RevokeApiKeyOutcome::NotFound);
}

#[tokio::test]
async fn one_user_of_an_application_never_closes_the_way_out_for_the_others() {
    let world = World::new(|_| {}).await;
    let (ada, phone) = enrolled(&world, "ada").await;
    for n in 0..6 {
        let (guesser, _) = enrolled(&world, &format!("guesser {n}")).await;
        for _ in 0..5 {
            verify(&world, &guesser, "0000-0000-0000-0000").await;
        }
    }
    assert!(verified(&verify(&world, &ada, text(&phone.recovery_codes[0])).await));
}

#[tokio::test]
async fn what_an_application_states_of_its_end_users_is_recorded_as_such() {
    let world = World::new(|_| {}).await;
    let (ada, phone) = enrolled(&world, "ada").await;
    let address = "203.0.113.200".parse().ok();
    let stated =
        |caller: &Caller| Caller { origin: Origin::stated(world.realm.id, address, Some("browser")), ..caller.clone() };
    assert!(verified(&verify(&world, &stated(&ada), &world.code(&phone)).await));
    let filter = AuditFilter { event: Some(EventKind::SecondFactorAccepted), ..AuditFilter::default() };
    let events = world.store().list_audit_events(&filter, PageRequest::first()).await.unwrap().items;
    assert_eq!((events[0].ip.as_deref(), events[0].user_agent.as_deref()), (Some("203.0.113.200"), Some("browser")));
    assert_eq!(events[0].details()["client"], "stated");
}

#[tokio::test]
async fn any_subject_can_be_shown_in_an_app() {
    let world = World::new(|_| {}).await;
    for subject in [
        ":",
        "a\u{ff1a}b",
        "a\u{fe55}b",
        "a\u{fe13}b",
        "a\u{2a74}b",
        "\u{e000}",
        "\u{fffd}",
        " ",
        "\u{fb2c}".repeat(200).as_str(),
    ] {
        let caller = scene(&world, subject).await.ensure(&world.test.application, None).await.unwrap();
        world.begun(&caller, GivenProof::default()).await;
    }
}

#[tokio::test]
async fn a_key_that_only_enrolls_adds_no_authenticator_to_a_subject_that_has_one() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = enrolled(&world, "7").await;
    let (token, _) = key(&world, &[Scope::Enroll, Scope::Manage], None).await;
    let again = world.phone(&world.begun(&caller, GivenProof::default()).await);
    let outcome = world.confirm(&caller, again.id, &world.code(&again), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::MayNotAdd), "{outcome:?}");
    assert!(!verified(&verify(&world, &caller, &world.code(&again)).await), "what is pending opens nothing");
    let managing = asked(&world, "7", token, &[Scope::Manage]).await.caller().unwrap();
    let outcome = world.confirm(&managing, again.id, &world.code(&again), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::Confirmed { .. }), "{outcome:?}");
    assert!(verified(&verify(&world, &caller, &world.code(&phone)).await), "the first one works as before");
}
