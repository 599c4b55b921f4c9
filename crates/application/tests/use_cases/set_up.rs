use std::sync::Arc;

use countersign_application::RealmId;
use countersign_application::account::{
    AccountName, CreateAccount, CreateAccountOutcome, DeleteAccount, FindNamedAccounts, Role,
};
use countersign_application::administration::Administrator;
use countersign_application::enrollment::{BeginEnrollment, BeginEnrollmentOutcome};
use countersign_application::policy::{ProofRequirement, RequiredFor};
use countersign_application::realm::{
    CheckSetUpLink, CreateFirstOwner, CreateFirstOwnerOutcome, IssueSetUpLink, Realm, RealmSlug,
};
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionGrant, SessionPurpose};
use countersign_application::sign_in::{SignIn, SignInOutcome};
use countersign_application::verification::GivenProof;
use countersign_testing::{MemoryStore, PASSWORD, TestApplication, a_realm, application, keep};
use secrecy::SecretString;

use crate::world::{World, policy};

const DAY_SECONDS: u64 = 86_400;

/// An application with an empty realm, and its link.
async fn empty(realm: &Realm) -> (TestApplication, SecretString) {
    let test = application(Arc::new(MemoryStore::new()));
    keep(&*test.store, &[realm]).await;
    let issued = IssueSetUpLink { realm: realm.slug.clone() }.execute(&test.application).await.unwrap();
    (test, issued.unwrap())
}

async fn is_good(test: &TestApplication, realm: &RealmSlug, token: &SecretString) -> bool {
    let check = CheckSetUpLink { realm: realm.clone(), token: token.clone() };
    check.execute(&test.application).await.unwrap().is_some()
}

async fn create(test: &TestApplication, realm: &Realm, token: &SecretString, login: &str) -> CreateFirstOwnerOutcome {
    let create = CreateFirstOwner {
        realm: realm.slug.clone(),
        token: token.clone(),
        login: login.to_owned(),
        password: PASSWORD.into(),
        origin: World::origin(1),
    };
    create.execute(&test.application).await.unwrap()
}

async fn may(test: &TestApplication, grant: &SessionGrant, purpose: SessionPurpose) -> bool {
    let authenticate = AuthenticateSession { token: grant.token.clone(), origin: World::origin(1), purpose };
    let outcome = authenticate.execute(&test.application).await.unwrap();
    matches!(outcome, AuthenticateSessionOutcome::Recognized(_))
}

#[tokio::test]
async fn a_set_up_link_makes_one_owner_and_no_second() {
    let realm = a_realm();
    let (test, token) = empty(&realm).await;
    match create(&test, &realm, &token, "ada@example.org").await {
        CreateFirstOwnerOutcome::Created { grant, account } => {
            assert_eq!(account.role, Role::Owner);
            assert!(may(&test, &grant, SessionPurpose::Anything).await);
        }
        other => panic!("{other:?}"),
    }
    assert!(!is_good(&test, &realm.slug, &token).await);
    let second = create(&test, &realm, &token, "eve@example.org").await;
    assert!(matches!(second, CreateFirstOwnerOutcome::InvalidLink));
    let issued = IssueSetUpLink { realm: realm.slug.clone() }.execute(&test.application).await.unwrap();
    assert!(issued.is_none(), "whoever starts the server once more gets none");
}

#[tokio::test]
async fn a_set_up_link_is_void_for_good_once_there_was_an_owner() {
    for by_the_link in [true, false] {
        let realm = a_realm();
        let (test, token) = empty(&realm).await;
        let by = Administrator::operator(realm.clone());
        if by_the_link {
            let made = create(&test, &realm, &token, "ada@example.org").await;
            assert!(matches!(made, CreateFirstOwnerOutcome::Created { .. }));
        } else {
            let operator = CreateAccount {
                login: "ada@example.org".to_owned(),
                password: None,
                password_change_required: false,
                role: Role::Owner,
                proof: GivenProof::default(),
            };
            let made = operator.execute(&test.application, &by).await.unwrap();
            assert!(matches!(made, CreateAccountOutcome::Created(_)));
        }
        let name = AccountName::Any("ada@example.org".to_owned());
        let found = FindNamedAccounts { name }.execute(&test.application, &realm).await.unwrap();
        let delete = DeleteAccount { reason: None, even_the_last_owner: true, proof: GivenProof::default() };
        assert_eq!(delete.execute(&test.application, &by, &found[0].account).await.unwrap(), Ok(()));
        assert!(!is_good(&test, &realm.slug, &token).await, "by the link: {by_the_link}");
        let again = create(&test, &realm, &token, "eve@example.org").await;
        assert!(matches!(again, CreateFirstOwnerOutcome::InvalidLink), "by the link: {by_the_link}");
        let issued = IssueSetUpLink { realm: realm.slug.clone() }.execute(&test.application).await.unwrap();
        assert!(issued.is_none(), "whoever starts the server once more gets none");
    }
}

#[tokio::test]
async fn a_set_up_link_is_good_for_a_day_and_for_its_realm() {
    let realm = a_realm();
    let (test, token) = empty(&realm).await;
    let other = Realm { slug: RealmSlug::new("other").unwrap(), id: an_id(), ..a_realm() };
    keep(&*test.store, &[&other]).await;
    assert!(is_good(&test, &realm.slug, &token).await);
    assert!(!is_good(&test, &other.slug, &token).await);
    for wrong in ["", "cs_setup_", "cs_setup_AAAA", "nonsense"] {
        assert!(!is_good(&test, &realm.slug, &wrong.into()).await, "{wrong:?}");
    }
    test.clock.advance_seconds(DAY_SECONDS - 1);
    assert!(is_good(&test, &realm.slug, &token).await);
    test.clock.advance_seconds(2);
    assert!(!is_good(&test, &realm.slug, &token).await);
    let late = create(&test, &realm, &token, "ada@example.org").await;
    assert!(matches!(late, CreateFirstOwnerOutcome::InvalidLink));
}

fn an_id() -> RealmId {
    RealmId::from_uuid(uuid::Uuid::from_u128(7))
}

#[tokio::test]
async fn the_first_owner_is_held_to_enforcement_like_everyone() {
    for (grace_days, anything) in [(0, false), (7, true)] {
        let changed = policy(|policy| {
            policy.enforcement.required_for = RequiredFor::Everyone;
            policy.enforcement.grace_days = grace_days;
        });
        let realm = Realm { policy: changed, ..a_realm() };
        let (test, token) = empty(&realm).await;
        match create(&test, &realm, &token, "ada@example.org").await {
            CreateFirstOwnerOutcome::Created { grant, account } => {
                assert!(account.grace_started_at.is_some());
                assert_eq!(may(&test, &grant, SessionPurpose::Anything).await, anything, "{grace_days} days");
                assert!(may(&test, &grant, SessionPurpose::Enroll).await);
                test.clock.advance_seconds(7 * DAY_SECONDS);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_login_or_password_that_breaks_a_rule_leaves_the_link_good() {
    let realm = a_realm();
    let (test, token) = empty(&realm).await;
    let wrong = create(&test, &realm, &token, "").await;
    assert!(matches!(wrong, CreateFirstOwnerOutcome::InvalidLogin(_)));
    assert!(is_good(&test, &realm.slug, &token).await);
}

async fn caller(test: &TestApplication, token: &SecretString) -> countersign_application::caller::Caller {
    let (token, origin, purpose) = (token.clone(), World::origin(1), SessionPurpose::Anything);
    match (AuthenticateSession { token, origin, purpose }).execute(&test.application).await.unwrap() {
        AuthenticateSessionOutcome::Recognized(caller) => *caller,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_password_that_was_chosen_a_moment_ago_is_not_asked_for_once_more() {
    let begins = async |test: &TestApplication, token: &SecretString| {
        let begun = BeginEnrollment::default().execute(&test.application, &caller(test, token).await).await.unwrap();
        matches!(begun, BeginEnrollmentOutcome::Begun(_))
    };
    let realm = Realm { policy: policy(|policy| policy.proofs.begin = ProofRequirement::Password), ..a_realm() };
    let (test, token) = empty(&realm).await;
    let grant = match create(&test, &realm, &token, "ada@example.org").await {
        CreateFirstOwnerOutcome::Created { grant, .. } => grant,
        other => panic!("{other:?}"),
    };
    // Another session of the same moment is none that chose it.
    test.clock.advance_seconds(1);
    let sign_in = SignIn {
        realm: realm.slug.to_string(),
        login: "ada@example.org".to_owned(),
        password: PASSWORD.into(),
        device_tokens: Vec::new(),
        known_devices: Vec::new(),
        origin: World::origin(1),
    };
    let other = match sign_in.execute(&test.application).await.unwrap() {
        SignInOutcome::SignedIn { grant, .. } => grant,
        other => panic!("{other:?}"),
    };
    assert!(begins(&test, &grant.token).await);
    assert!(!begins(&test, &other.token).await, "signing in is not choosing");
    test.clock.advance_seconds(600);
    assert!(!begins(&test, &grant.token).await, "it was chosen too long ago");
}
