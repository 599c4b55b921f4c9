use countersign_application::Timestamp;
use countersign_application::account::{Account, Role, UpdateAccount, UpdateAccountOutcome};
use countersign_application::administration::{
    AdministrationDenial, AuthenticateAdministrator, AuthenticateAdministratorOutcome, Authority,
};
use countersign_application::caller::Caller;
use countersign_application::enrollment::ConfirmEnrollmentOutcome;
use countersign_application::policy::RequiredFor;
use countersign_application::realm::{PolicyChange, UpdateRealm, UpdateRealmOutcome, effective_role};
use countersign_application::second_factor::{DisableTwoFactor, ResetTwoFactor};
use countersign_application::session::{AuthenticateSessionOutcome, SessionGrant, SessionPurpose};
use countersign_application::sign_in::SignInOutcome;
use countersign_application::verification::GivenProof;
use countersign_testing::{NOW, an_account, keep};
use secrecy::SecretString;
use serde_json::json;

use crate::world::{Administration, World, password, password_and_code};

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

/// A realm that requires nothing, with sessions that last.
async fn lenient() -> World {
    World::new(|policy| {
        policy.sign_in.session_ttl_seconds = 7_776_000;
        policy.sign_in.session_idle_seconds = 7_776_000;
    })
    .await
}

async fn token(world: &World) -> SecretString {
    match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("signed in, and not {other:?}"),
    }
}

async fn require_of(world: &World, required_for: &str) {
    let update = UpdateRealm {
        issuer: None,
        policy: PolicyChange { preset: None, patch: Some(json!({ "enforcement": { "required_for": required_for } })) },
        expected_version: None,
        proof: GivenProof::default(),
    };
    let outcome = update.execute(&world.test.application, &world.operator().await).await.unwrap();
    assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "{outcome:?}");
}

fn update() -> UpdateAccount {
    UpdateAccount { proof: password(), ..UpdateAccount::default() }
}

fn administration(world: &World, authority: Authority) -> Administration {
    Administration { account: world.account.id, authority }
}

async fn updated(world: &World, update: UpdateAccount) -> Account {
    updated_by(world, &Authority::Operator, update).await
}

async fn updated_by(world: &World, by: &Authority, update: UpdateAccount) -> Account {
    match world.act(&administration(world, by.clone()), &update).await {
        UpdateAccountOutcome::Updated(account) => *account,
        other => panic!("updated, and not {other:?}"),
    }
}

async fn kept(world: &World) -> Account {
    world.store().find_account(world.account.id).await.unwrap().unwrap()
}

async fn is_restricted(world: &World, token: &SecretString) -> bool {
    match world.recognize_to(SessionPurpose::Anything, token).await {
        AuthenticateSessionOutcome::Recognized(_) => false,
        AuthenticateSessionOutcome::EnrollmentRequired => true,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_stays_signed_in_does_not_sit_a_new_rule_out() {
    let world = lenient().await;
    let token = token(&world).await;
    world.test.clock.advance_seconds(DAY);
    require_of(&world, "everyone").await;
    // Nothing is asked in that session for most of the grace.
    world.test.clock.advance_seconds(14 * DAY - 1);
    assert!(!is_restricted(&world, &token).await);
    assert_eq!(kept(&world).await.grace_started_at, Some(NOW.plus_seconds(DAY)), "it runs since the rule came");
    world.test.clock.advance_seconds(1);
    assert!(is_restricted(&world, &token).await);
    // Lifting the rule and setting it again renews nothing.
    require_of(&world, "nobody").await;
    assert!(!is_restricted(&world, &token).await);
    require_of(&world, "everyone").await;
    assert!(is_restricted(&world, &token).await);
    restricted(&world).await;
}

#[tokio::test]
async fn without_a_record_of_when_the_rule_came_the_next_request_begins_the_grace() {
    // As in a realm that an older version kept.
    let world = required(14).await;
    let token = token(&world).await;
    assert_eq!(kept(&world).await.grace_started_at, Some(NOW));
    let lenient = lenient().await;
    let other = self::token(&lenient).await;
    let before = kept(&lenient).await;
    updated(&lenient, UpdateAccount { two_factor_required: Some(Some(true)), ..update() }).await;
    assert_eq!((before.grace_started_at, kept(&lenient).await.grace_started_at), (None, Some(NOW)));
    assert!(!is_restricted(&lenient, &other).await && !is_restricted(&world, &token).await);
}

#[tokio::test]
async fn a_requirement_of_one_account_holds_for_it_and_its_exemption_as_well() {
    let world = lenient().await;
    let session = token(&world).await;
    let account = updated(&world, UpdateAccount { two_factor_required: Some(Some(true)), ..update() }).await;
    assert_eq!((account.two_factor_required, account.grace_started_at), (Some(true), Some(NOW)));
    world.test.clock.advance_seconds(14 * DAY);
    assert!(is_restricted(&world, &session).await);

    require_of(&world, "everyone").await;
    updated(&world, UpdateAccount { two_factor_required: Some(Some(false)), ..update() }).await;
    assert!(!is_restricted(&world, &session).await, "exempt");
    updated(&world, UpdateAccount { two_factor_required: Some(None), ..update() }).await;
    assert!(is_restricted(&world, &session).await, "as the policy says");
}

#[tokio::test]
async fn only_an_owner_exempts_an_administrator() {
    let world = lenient().await;
    updated(&world, UpdateAccount { role: Some(Role::Admin), ..update() }).await;
    let (admin, owner) = (world.administrator(Role::Admin).await, world.administrator(Role::Owner).await);
    let exempt = || UpdateAccount { two_factor_required: Some(Some(false)), ..update() };
    let outcome = world.act(&administration(&world, admin.clone()), &exempt()).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly)), "{outcome:?}");
    assert_eq!(updated_by(&world, &owner, exempt()).await.two_factor_required, Some(false));
    // What an owner decided keeps an administrator from nothing else.
    let disable = UpdateAccount { disabled: Some(true), ..update() };
    assert!(updated_by(&world, &admin, disable).await.disabled_at.is_some());
}

#[tokio::test]
async fn in_two_requests_only_an_owner_makes_an_exempt_administrator_either() {
    let (mark, promote) = ((Some(Some(false)), None), (None, Some(Role::Admin)));
    for [first, second] in [[mark, promote], [promote, mark]] {
        let world = lenient().await;
        let (admin, owner) = (world.administrator(Role::Admin).await, world.administrator(Role::Owner).await);
        let change = |(two_factor_required, role): (Option<Option<bool>>, Option<Role>)| UpdateAccount {
            role,
            two_factor_required,
            ..update()
        };
        updated_by(&world, &admin, change(first)).await;
        let before = kept(&world).await;
        let outcome = world.act(&administration(&world, admin.clone()), &change(second)).await;
        assert!(matches!(outcome, UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly)), "{outcome:?}");
        let unchanged = kept(&world).await;
        assert_eq!((unchanged.role, unchanged.two_factor_required), (before.role, before.two_factor_required));
        let after = updated_by(&world, &owner, change(second)).await;
        assert_eq!((after.role, after.two_factor_required), (Role::Admin, Some(false)));
    }
}

#[tokio::test]
async fn only_an_owner_lowers_what_is_required_of_an_administrator() {
    let world = lenient().await;
    let required = UpdateAccount { two_factor_required: Some(Some(true)), ..update() };
    updated(&world, UpdateAccount { role: Some(Role::Admin), ..required }).await;
    let (admin, owner) = (world.administrator(Role::Admin).await, world.administrator(Role::Owner).await);
    let lower = || UpdateAccount { two_factor_required: Some(None), ..update() };
    let outcome = world.act(&administration(&world, admin), &lower()).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly)), "{outcome:?}");
    assert_eq!(updated_by(&world, &owner, lower()).await.two_factor_required, None);
}

#[tokio::test]
async fn turning_it_off_begins_the_grace_and_never_renews_it() {
    for by_administrator in [false, true] {
        let world = World::new(|policy| {
            policy.enforcement.required_for = RequiredFor::Everyone;
            policy.sign_in.session_ttl_seconds = 7_776_000;
            policy.sign_in.session_idle_seconds = 7_776_000;
        })
        .await;
        let (caller, phone) = world.enrolled().await;
        // The grace of the first sign-in is long over.
        world.test.clock.advance_seconds(20 * DAY);
        if by_administrator {
            let reset = ResetTwoFactor { reason: None, proof: GivenProof::default() };
            world.act(&world.on_the_account(), &reset).await;
        } else {
            let proof = password_and_code(&world.code(&phone));
            DisableTwoFactor { proof, reason: None }.execute(&world.test.application, &caller).await.unwrap();
        }
        restricted(&world).await;
    }
    // Without an earlier one, it begins with turning it off, in the session that did so.
    let world = lenient().await;
    let (caller, phone) = world.enrolled().await;
    require_of(&world, "everyone").await;
    let at = kept(&world).await;
    assert_eq!(at.grace_started_at, None);
    let caller = Caller { realm: world.store().find_realm(&world.realm.slug).await.unwrap().unwrap(), ..caller };
    let proof = password_and_code(&world.code(&phone));
    DisableTwoFactor { proof, reason: None }.execute(&world.test.application, &caller).await.unwrap();
    assert_eq!(kept(&world).await.grace_started_at, Some(NOW.plus_seconds(60)));
}

async fn administers(world: &World, token: &SecretString) -> bool {
    let authenticate = AuthenticateAdministrator { token: token.clone(), origin: World::origin(1), realm: None };
    match authenticate.execute(&world.test.application).await.unwrap() {
        AuthenticateAdministratorOutcome::Recognized(_) => true,
        AuthenticateAdministratorOutcome::EnrollmentRequired => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nobody_administers_without_a_second_factor_that_is_required_of_them() {
    let world = lenient().await;
    let token = token(&world).await;
    updated(&world, UpdateAccount { role: Some(Role::Admin), ..update() }).await;
    assert!(administers(&world, &token).await, "nothing is required");
    require_of(&world, "admins").await;
    assert!(!administers(&world, &token).await, "there is time to enroll, and none to administer");
    assert!(!is_restricted(&world, &token).await, "everything else goes on");
    let caller = world.recognize(&token).await.unwrap();
    assert!(!caller.may_administer());
    world.enroll(&caller, password(), GivenProof::default()).await;
    assert!(administers(&world, &token).await);
}

#[tokio::test]
async fn a_promotion_makes_no_administrator_before_they_have_enrolled() {
    let world = lenient().await;
    require_of(&world, "admins").await;
    let token = token(&world).await;
    let promoted = updated(&world, UpdateAccount { role: Some(Role::Owner), ..update() }).await;
    let realm = world.store().find_realm(&world.realm.slug).await.unwrap().unwrap();
    assert_eq!((promoted.role, effective_role(&realm.policy, &promoted)), (Role::Owner, Role::Member));
    assert_eq!(promoted.grace_started_at, Some(NOW), "the promotion begins the grace");
    assert!(!administers(&world, &token).await);
    let caller = world.recognize(&token).await.unwrap();
    world.enroll(&caller, password(), GivenProof::default()).await;
    assert!(administers(&world, &token).await);
    assert_eq!(effective_role(&realm.policy, &kept(&world).await), Role::Owner);
}

#[tokio::test]
async fn a_rule_for_owners_asks_nothing_of_administrators() {
    let world = lenient().await;
    require_of(&world, "owners").await;
    let token = token(&world).await;
    updated(&world, UpdateAccount { role: Some(Role::Admin), ..update() }).await;
    assert!(administers(&world, &token).await);
    updated(&world, UpdateAccount { role: Some(Role::Owner), ..update() }).await;
    assert!(!administers(&world, &token).await);
}
