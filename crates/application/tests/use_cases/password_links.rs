//! Links by which someone sets a password: used once, by whoever has it, for the account and the role that it was made for.

use countersign_application::account::{
    CheckPasswordLink, IssuePasswordLink, IssuePasswordLinkOutcome, Role, UpdateAccount, UpdateAccountOutcome,
    UsePasswordLink, UsePasswordLinkOutcome,
};
use countersign_application::administration::{AdministrationDenial, Authority};
use countersign_application::audit::EventKind;
use countersign_application::sign_in::SignInOutcome;
use countersign_application::verification::GivenProof;
use countersign_testing::PASSWORD;
use secrecy::SecretString;

use crate::world::{World, password};

const NEW: &str = "lantern-orbit-77x";

async fn issue(world: &World, by: Authority, proof: GivenProof) -> IssuePasswordLinkOutcome {
    let by = world.by(by).await;
    let account = by.account(&world.test.application, world.account.id).await.unwrap().unwrap();
    IssuePasswordLink { proof }.execute(&world.test.application, &by, &account).await.unwrap()
}

async fn link(world: &World) -> SecretString {
    match issue(world, Authority::Operator, GivenProof::default()).await {
        IssuePasswordLinkOutcome::Issued(link) => link.token,
        other => panic!("{other:?}"),
    }
}

async fn is_good(world: &World, token: &SecretString) -> bool {
    CheckPasswordLink { token: token.clone() }.execute(&world.test.application).await.unwrap().is_some()
}

async fn set(world: &World, token: &SecretString, password: &str) -> UsePasswordLinkOutcome {
    let set = UsePasswordLink { token: token.clone(), password: password.into(), origin: World::origin(3) };
    set.execute(&world.test.application).await.unwrap()
}

async fn update(world: &World, change: impl FnOnce(&mut UpdateAccount)) {
    let mut update = UpdateAccount { even_the_last_owner: true, ..UpdateAccount::default() };
    change(&mut update);
    let by = world.operator().await;
    let account = by.account(&world.test.application, world.account.id).await.unwrap().unwrap();
    let outcome = update.execute(&world.test.application, &by, &account).await.unwrap();
    assert!(matches!(outcome, UpdateAccountOutcome::Updated(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_leaves_the_second_factor_as_it_is() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let (token, other) = (link(&world).await, link(&world).await);
    assert_eq!(world.events(EventKind::PasswordLinkIssued).await, 2);
    assert!(
        matches!(world.sign_in().await, SignInOutcome::SecondFactorRequired { .. }),
        "the old one holds until then"
    );
    assert!(matches!(set(&world, &token, "short").await, UsePasswordLinkOutcome::UnfitPassword(_)));
    assert!(is_good(&world, &token).await, "a password that was refused uses nothing up");
    assert!(matches!(set(&world, &token, NEW).await, UsePasswordLinkOutcome::Set { .. }));
    for void in [&token, &other] {
        assert!(!is_good(&world, void).await);
        assert!(matches!(set(&world, void, "another-good-one-9").await, UsePasswordLinkOutcome::InvalidLink));
    }
    let attempt = |password| world.sign_in_with(password);
    let application = &world.test.application;
    assert!(matches!(attempt(PASSWORD).execute(application).await.unwrap(), SignInOutcome::InvalidCredentials));
    let challenged = attempt(NEW).execute(application).await.unwrap();
    let SignInOutcome::SecondFactorRequired { challenge_token, .. } = challenged else { panic!("{challenged:?}") };
    let verified = world.verify(&challenge_token, &world.code(&phone)).await;
    assert!(format!("{verified:?}").starts_with("SignedIn"), "{verified:?}");
}

#[tokio::test]
async fn what_rested_on_the_password_before_ends_and_a_change_that_was_due_is_made() {
    let world = World::new(|_| {}).await;
    let SignInOutcome::SignedIn { grant, .. } = world.sign_in().await else { panic!("no second factor is due") };
    update(&world, |update| update.password_change_required = Some(true)).await;
    let token = link(&world).await;
    assert!(matches!(set(&world, &token, NEW).await, UsePasswordLinkOutcome::Set { .. }));
    assert!(world.recognize(&grant.token).await.is_none());
    let outcome = world.sign_in_with(NEW).execute(&world.test.application).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SignedIn { .. }), "the password is their own: {outcome:?}");
}

#[tokio::test]
async fn a_link_is_void_after_three_days_another_password_another_role_or_disabling() {
    let world = World::new(|_| {}).await;
    let token = link(&world).await;
    world.test.clock.advance_seconds(72 * 60 * 60 - 1);
    assert!(is_good(&world, &token).await);
    world.test.clock.advance_seconds(1);
    assert!(!is_good(&world, &token).await);

    let token = link(&world).await;
    update(&world, |update| update.password = Some(NEW.into())).await;
    assert!(!is_good(&world, &token).await);

    // Whoever made a link for a member must not have made one for an owner.
    let token = link(&world).await;
    update(&world, |update| update.role = Some(Role::Owner)).await;
    assert!(!is_good(&world, &token).await);
    assert!(matches!(set(&world, &token, NEW).await, UsePasswordLinkOutcome::InvalidLink));

    let token = link(&world).await;
    update(&world, |update| update.disabled = Some(true)).await;
    assert!(!is_good(&world, &token).await);
}

#[tokio::test]
async fn a_link_that_was_made_up_or_changed_is_none() {
    let world = World::new(|_| {}).await;
    let token = link(&world).await;
    let text = secrecy::ExposeSecret::expose_secret(&token).to_owned();
    let (id, rest) = text.split_once('.').unwrap();
    let flipped = if text.ends_with('0') {
        format!("{}1", &text[..text.len() - 1])
    } else {
        format!("{}0", &text[..text.len() - 1])
    };
    let other = world.someone(Role::Member).await.account.id;
    for forged in [
        String::new(),
        ".".to_owned(),
        id.to_owned(),
        rest.to_owned(),
        format!("{other}.{rest}"),
        format!("{id}.other-key.{}", rest.rsplit_once('.').unwrap().1),
        flipped,
        format!("{text}00"),
        "ä".repeat(40),
    ] {
        assert!(!is_good(&world, &forged.as_str().into()).await, "{forged}");
    }
    assert!(is_good(&world, &token).await);
}

#[tokio::test]
async fn an_administrator_makes_links_with_a_proof_and_none_for_owners() {
    let world = World::new(|_| {}).await;
    let admin = world.administrator(Role::Admin).await;
    let refused = issue(&world, admin.clone(), GivenProof::default()).await;
    assert!(matches!(refused, IssuePasswordLinkOutcome::Denied(AdministrationDenial::Unproven(_))), "{refused:?}");
    assert!(matches!(issue(&world, admin.clone(), password()).await, IssuePasswordLinkOutcome::Issued(_)));
    update(&world, |update| update.role = Some(Role::Owner)).await;
    let refused = issue(&world, admin, password()).await;
    assert!(matches!(refused, IssuePasswordLinkOutcome::Denied(AdministrationDenial::OwnersOnly)), "{refused:?}");
}
