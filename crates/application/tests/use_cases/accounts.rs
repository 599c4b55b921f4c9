use countersign_application::account::{
    Account, CreateAccount, CreateAccountOutcome, DeleteAccount, FindAccount, Role, UnlockAccount, UpdateAccount,
    UpdateAccountOutcome,
};
use countersign_application::administration::{AdministrationDenial, Authority};
use countersign_application::audit::EventKind;
use countersign_application::caller::Caller;
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::sign_in::SignInOutcome;
use countersign_application::text::Remark;
use countersign_application::verification::GivenProof;

use crate::world::{Administration, WRONG, World, password};

#[tokio::test]
async fn an_administrator_gives_a_way_back_to_who_lost_the_phone() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let (on, reset) =
        (world.on_the_account(), ResetTwoFactor { reason: Remark::new("lost phone").ok(), proof: password() });
    assert_eq!(world.act(&on, &reset).await, ResetTwoFactorOutcome::Disabled { whom: "ada@example.org".to_owned() });
    let again = world.act(&on, &reset).await;
    assert_eq!(again, ResetTwoFactorOutcome::NotEnabled);
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));
    use countersign_application::second_factor::DisableTwoFactor;
    let disable = DisableTwoFactor { proof: password(), reason: None };
    assert!(disable.execute(&world.test.application, &caller).await.is_ok());
    assert_eq!(world.events(EventKind::TwoFactorDisabled).await, 1);
}

#[tokio::test]
async fn unlocking_ends_the_wait() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    for _ in 0..5 {
        world.signs_in(WRONG).await;
    }
    assert!(!world.signs_in(&world.code(&phone)).await);
    assert_eq!(world.act(&world.on_the_account(), &UnlockAccount).await, Ok(()));
    assert!(world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn a_password_set_by_an_administrator_leaves_the_second_factor_on() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let set = UpdateAccount { password: Some("amber lantern harbor".into()), ..update() };
    let outcome = world.act(&world.on_the_account(), &set).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Updated(_)));
    let outcome = world.sign_in_with("amber lantern harbor").execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SecondFactorRequired { .. }));
}

#[tokio::test]
async fn a_login_is_taken_in_any_spelling() {
    let world = World::new(|_| {}).await;
    let create = |login: &str| CreateAccount {
        login: login.to_owned(),
        password: None,
        password_change_required: false,
        role: Role::Member,
        proof: GivenProof::default(),
    };
    let by = world.operator().await;
    let outcome = create("Ada@Example.org").execute(&world.test.application, &by).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::LoginTaken));
    let outcome = create("bob:smith").execute(&world.test.application, &by).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::InvalidLogin(_)));
    let outcome = create("bob").execute(&world.test.application, &by).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::Created(_)));
}

#[tokio::test]
async fn a_deleted_account_is_gone_but_its_events_are_not() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    assert_eq!(world.act(&world.on_the_account(), &delete()).await, Ok(()));
    let again = world.act(&world.on_the_account(), &delete()).await;
    assert_eq!(again, Err(AdministrationDenial::NotFound));
    let find = FindAccount { account: world.account.id };
    assert!(find.execute(&world.test.application, &world.realm).await.unwrap().is_none());
    assert!(matches!(world.sign_in().await, SignInOutcome::InvalidCredentials));
    assert_eq!(world.events(EventKind::TwoFactorEnabled).await, 1);
    assert_eq!(world.events(EventKind::AccountDeleted).await, 1);
}

fn update() -> UpdateAccount {
    UpdateAccount { proof: password(), ..UpdateAccount::default() }
}

fn delete() -> DeleteAccount {
    DeleteAccount { reason: None, even_the_last_owner: false, proof: password() }
}

fn by(world: &World, authority: Authority) -> Administration {
    Administration { authority, ..world.on_the_account() }
}

#[tokio::test]
async fn on_owners_only_owners_act_and_only_they_make_owners() {
    let world = World::new(|_| {}).await;
    let promote = UpdateAccount { role: Some(Role::Owner), ..update() };
    let outcome = world.act(&by(&world, world.administrator(Role::Admin).await), &promote).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly)));
    let outcome = world.act(&by(&world, world.administrator(Role::Owner).await), &promote).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Updated(account) if account.role == Role::Owner));

    let admin = by(&world, world.administrator(Role::Admin).await);
    let denied = Err(AdministrationDenial::OwnersOnly);
    assert_eq!(world.act(&admin, &UnlockAccount).await, denied);
    assert_eq!(world.act(&admin, &delete()).await, denied);
    let outcome = world.act(&admin, &ResetTwoFactor { reason: None, proof: password() }).await;
    assert_eq!(outcome, ResetTwoFactorOutcome::Denied(AdministrationDenial::OwnersOnly));
}

#[tokio::test]
async fn who_may_turn_off_the_two_factor_of_others_is_the_policys() {
    use countersign_application::policy::MayDisableTwoFactor::{Admins, Nobody, Owners};
    let key_id = countersign_application::ApiKeyId::from_uuid(uuid::Uuid::nil());
    for (may, admin, owner, key) in
        [(Admins, true, true, true), (Owners, false, true, false), (Nobody, false, false, false)]
    {
        let world = World::new(|policy| policy.administration.may_disable_two_factor = may).await;
        let rights = [
            (world.administrator(Role::Admin).await, admin),
            (world.administrator(Role::Owner).await, owner),
            (Authority::Application { key_id, made_by_owner: true }, key),
            (Authority::Operator, true),
        ];
        for (authority, allowed) in rights {
            let reset = ResetTwoFactor { reason: None, proof: password() };
            let outcome = world.act(&by(&world, authority.clone()), &reset).await;
            let denied = outcome == ResetTwoFactorOutcome::Denied(AdministrationDenial::MayNotDisableTwoFactor);
            assert_eq!(denied, !allowed, "{may:?} {authority:?}");
        }
    }
}

#[tokio::test]
async fn a_disabled_account_has_no_session_and_gets_none() {
    let world = World::new(|_| {}).await;
    let token = match world.sign_in().await {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    let disable = UpdateAccount { disabled: Some(true), ..update() };
    world.act(&world.on_the_account(), &disable).await;
    assert!(world.recognize(&token).await.is_none());
    assert!(matches!(world.sign_in().await, SignInOutcome::InvalidCredentials));
    let enable = UpdateAccount { disabled: Some(false), ..update() };
    world.act(&world.on_the_account(), &enable).await;
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));
    assert_eq!(world.events(EventKind::AccountUpdated).await, 2);
}

#[tokio::test]
async fn an_account_of_another_realm_is_not_found() {
    let world = World::new(|_| {}).await;
    let elsewhere = countersign_testing::a_realm();
    let stranger: Account = countersign_testing::an_account(&elsewhere, "eve");
    countersign_testing::keep(world.store(), &[&elsewhere, &stranger]).await;
    let on_the_stranger = Administration { account: stranger.id, ..world.on_the_account() };
    assert_eq!(world.act(&on_the_stranger, &delete()).await, Err(AdministrationDenial::NotFound));
    // Nor is it acted on by who has found it elsewhere.
    let outcome = delete().execute(&world.test.application, &world.operator().await, &stranger).await.unwrap();
    assert_eq!(outcome, Err(AdministrationDenial::NotFound));
}

#[tokio::test]
async fn acting_on_oneself_is_no_way_around_a_proof() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let owner = Account { role: Role::Owner, ..caller.account.clone() };
    let own = by(&world, Authority::Administrator(Box::new(Caller { account: owner, ..caller })));
    let denied = AdministrationDenial::OwnAccount;
    let reset = ResetTwoFactor { reason: None, proof: password() };
    assert_eq!(world.act(&own, &reset).await, ResetTwoFactorOutcome::Denied(denied.clone()));
    assert_eq!(world.act(&own, &UnlockAccount).await, Err(denied));
    let set = UpdateAccount { password: Some("amber lantern harbor".into()), ..update() };
    let outcome = world.act(&own, &set).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Denied(AdministrationDenial::OwnAccount)));
    world.challenge().await;
}
