use countersign_application::use_cases::{
    CreateAccount, CreateAccountOutcome, DeleteAccount, FindAccount, ResetTwoFactor, ResetTwoFactorOutcome,
    SetPassword, SetPasswordOutcome, SignInOutcome, UnlockAccount,
};
use countersign_application::{Actor, Administration, EventKind, Origin, Role};

use crate::world::{WRONG, World};

fn administration(world: &World) -> Administration {
    Administration {
        realm: world.realm.slug.clone(),
        login: " ADA@example.org ".to_owned(),
        actor: Actor::Operator,
        origin: Origin::default(),
    }
}

#[tokio::test]
async fn an_administrator_gives_a_way_back_to_who_lost_the_phone() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let reset = ResetTwoFactor { administration: administration(&world), reason: Some("lost phone".to_owned()) };
    assert_eq!(reset.execute(&world.test.application).await.unwrap(), ResetTwoFactorOutcome::Disabled);
    let again = reset.execute(&world.test.application).await.unwrap();
    assert_eq!(again, ResetTwoFactorOutcome::NotEnabled);
    assert!(matches!(world.sign_in().await, SignInOutcome::SignedIn { .. }));
    use countersign_application::use_cases::DisableTwoFactor;
    let disable = DisableTwoFactor { proof: crate::world::password() };
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
    let unlock = UnlockAccount { administration: administration(&world) };
    assert!(unlock.execute(&world.test.application).await.unwrap());
    assert!(world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn a_password_set_by_an_administrator_leaves_the_second_factor_on() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let set = SetPassword { administration: administration(&world), password: "amber lantern harbor".into() };
    assert_eq!(set.execute(&world.test.application).await.unwrap(), SetPasswordOutcome::Changed);
    let outcome = world.sign_in_with("amber lantern harbor").execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SecondFactorRequired { .. }));
}

#[tokio::test]
async fn a_login_is_taken_in_any_spelling() {
    let world = World::new(|_| {}).await;
    let create = |login: &str| CreateAccount {
        realm: world.realm.slug.clone(),
        login: login.to_owned(),
        password: None,
        role: Role::Member,
        actor: Actor::Operator,
        origin: Origin::default(),
    };
    let outcome = create("Ada@Example.org").execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::LoginTaken));
    let outcome = create("bob:smith").execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::InvalidLogin(_)));
    let outcome = create("bob").execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, CreateAccountOutcome::Created(_)));
}

#[tokio::test]
async fn a_deleted_account_is_gone_but_its_events_are_not() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let delete = DeleteAccount { administration: administration(&world) };
    assert!(delete.execute(&world.test.application).await.unwrap());
    assert!(!delete.execute(&world.test.application).await.unwrap());
    let find = FindAccount { realm: world.realm.slug.clone(), login: "ada@example.org".to_owned() };
    assert!(find.execute(&world.test.application).await.unwrap().is_none());
    assert!(matches!(world.sign_in().await, SignInOutcome::InvalidCredentials));
    assert_eq!(world.events(EventKind::TwoFactorEnabled).await, 1);
    assert_eq!(world.events(EventKind::AccountDeleted).await, 1);
}
