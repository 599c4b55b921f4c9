use countersign_application::account::{
    Account, AccountName, DeleteAccount, FindNamedAccounts, Login, Role, UnlockAccount, UpdateAccount,
    UpdateAccountOutcome,
};
use countersign_application::audit::{AmbiguousName, Audited, EventKind, FindAudited, ListAuditEvents};
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome, TwoFactorStatus};
use countersign_application::verification::GivenProof;
use countersign_application::{AccountId, PageRequest};
use countersign_testing::{a_realm, an_account, keep};

use crate::world::{Administration, World, password};

fn a_subject(world: &World, subject: &str, label: &str) -> Account {
    let login = Login::of_subject(subject, label).unwrap();
    Account { login, subject: Some(subject.to_owned()), password_hash: None, ..an_account(&world.realm, "any") }
}

fn any(text: &str) -> AccountName {
    AccountName::Any(text.to_owned())
}

fn subject(text: &str) -> AccountName {
    AccountName::Subject(text.to_owned())
}

async fn found(world: &World, name: AccountName) -> Vec<AccountId> {
    let found = FindNamedAccounts { name }.execute(&world.test.application, &world.realm).await.unwrap();
    found.into_iter().map(|overview| overview.account.id).collect()
}

async fn audited(world: &World, name: AccountName) -> Result<Audited, AmbiguousName> {
    FindAudited { name }.execute(&world.test.application, &world.realm).await.unwrap()
}

#[tokio::test]
async fn an_account_goes_by_its_login_a_subject_by_its_identifier_and_either_by_its_id() {
    let world = World::new(|_| {}).await;
    let elsewhere = a_realm();
    let stranger = an_account(&elsewhere, "eve");
    let grace = a_subject(&world, "User 42", "Grace Hopper");
    keep(world.store(), &[&elsewhere, &stranger, &grace]).await;
    let ada = world.account.id;
    for (name, expected) in [
        (any("ada@example.org"), vec![ada]),
        (any(" ADA@example.org "), vec![ada]),
        (any(&ada.to_string()), vec![ada]),
        (any("User 42"), vec![grace.id]),
        (subject("User 42"), vec![grace.id]),
        (any(&grace.id.to_string()), vec![grace.id]),
        // A subject is compared exactly, its label is no name, and no text is the key by which a subject is kept.
        (any("user 42"), vec![]),
        (any("Grace Hopper"), vec![]),
        (any(":User 42"), vec![]),
        (subject("ada@example.org"), vec![]),
        (subject(&grace.id.to_string()), vec![]),
        (any("eve"), vec![]),
        (any(&stranger.id.to_string()), vec![]),
        (any(""), vec![]),
        (any("a\0b"), vec![]),
    ] {
        let what = format!("{name:?}");
        assert_eq!(found(&world, name).await, expected, "{what}");
    }
}

#[tokio::test]
async fn what_is_found_by_a_name_tells_the_state_of_its_second_factor() {
    let world = World::new(|_| {}).await;
    let state = async || {
        let find = FindNamedAccounts { name: any("ada@example.org") };
        let found = find.execute(&world.test.application, &world.realm).await.unwrap();
        found[0].two_factor()
    };
    assert_eq!(state().await, TwoFactorStatus::Disabled);
    let caller = world.caller().await;
    world.begun(&caller, password()).await;
    assert_eq!(state().await, TwoFactorStatus::Pending);
}

#[tokio::test]
async fn a_name_of_several_accounts_finds_all_of_them_and_names_none() {
    let world = World::new(|_| {}).await;
    let ada = world.account.id;
    let twin = a_subject(&world, "ada@example.org", "Ada");
    let borrowed = a_subject(&world, &ada.to_string(), "Borrowed");
    keep(world.store(), &[&twin, &borrowed]).await;
    for (text, other) in [("ada@example.org".to_owned(), &twin), (ada.to_string(), &borrowed)] {
        let mut all = found(&world, any(&text)).await;
        all.sort();
        let mut expected = vec![ada, other.id];
        expected.sort();
        assert_eq!(all, expected, "{text}");
        assert_eq!(audited(&world, any(&text)).await, Err(AmbiguousName), "{text}");
        assert_eq!(found(&world, subject(&text)).await, [other.id]);
        assert_eq!(audited(&world, subject(&text)).await, Ok(Audited::Account(other.id)));
    }
    // Who is called by the own id is one all the same.
    let own = a_subject(&world, "own", "Own");
    let own = Account { subject: Some(own.id.to_string()), ..own };
    let own = Account { login: Login::of_subject(&own.id.to_string(), "Own").unwrap(), ..own };
    keep(world.store(), &[&own]).await;
    assert_eq!(found(&world, any(&own.id.to_string())).await, [own.id]);
}

#[tokio::test]
async fn the_audit_trail_is_asked_for_by_name_and_of_who_is_gone_by_id() {
    let world = World::new(|_| {}).await;
    let grace = a_subject(&world, "user-42", "Grace");
    keep(world.store(), &[&grace]).await;
    let on_grace = Administration { account: grace.id, ..world.on_the_account() };
    assert_eq!(world.act(&on_grace, &UnlockAccount).await, Ok(()));
    let events = async |account: Audited| {
        let list = ListAuditEvents::about(account, PageRequest::first());
        let page = list.execute(&world.test.application, &world.realm).await.unwrap();
        page.items.iter().map(|event| event.event.kind().unwrap()).collect::<Vec<_>>()
    };
    for name in [any("user-42"), subject("user-42"), any(&grace.id.to_string())] {
        let audited = audited(&world, name).await.unwrap();
        assert_eq!((audited, events(audited).await), (Audited::Account(grace.id), vec![EventKind::AccountUnlocked]));
    }
    assert_eq!(audited(&world, any("Grace")).await, Ok(Audited::Nobody));
    assert!(events(Audited::Nobody).await.is_empty() && events(Audited::All).await.len() == 1);
    let delete = DeleteAccount { reason: None, even_the_last_owner: false, proof: GivenProof::default() };
    assert_eq!(world.act(&on_grace, &delete).await, Ok(()));
    assert_eq!(audited(&world, any("user-42")).await, Ok(Audited::Nobody));
    let gone = audited(&world, any(&grace.id.to_string())).await.unwrap();
    assert_eq!(events(gone).await, [EventKind::AccountDeleted, EventKind::AccountUnlocked]);
}

#[tokio::test]
async fn a_subject_gets_nothing_that_only_those_have_who_sign_in() {
    let world = World::new(|_| {}).await;
    let grace = a_subject(&world, "user-42", "Grace");
    keep(world.store(), &[&grace]).await;
    let on_grace = Administration { account: grace.id, ..world.on_the_account() };
    let nothing = UpdateAccount::default();
    for (field, update) in [
        ("login", UpdateAccount { login: Some("grace".to_owned()), ..nothing.clone() }),
        ("role", UpdateAccount { role: Some(Role::Owner), ..nothing.clone() }),
        ("password", UpdateAccount { password: Some("amber lantern harbor".into()), ..nothing.clone() }),
        ("two_factor_required", UpdateAccount { two_factor_required: Some(None), ..nothing.clone() }),
        ("password_change_required", UpdateAccount { password_change_required: Some(true), ..nothing.clone() }),
    ] {
        let update = UpdateAccount { disabled: Some(true), ..update };
        let outcome = world.act(&on_grace, &update).await;
        assert!(matches!(outcome, UpdateAccountOutcome::NotOfASubject(named) if named == field), "{outcome:?}");
    }
    let kept = world.store().find_account(grace.id).await.unwrap().unwrap();
    assert_eq!((kept.role, kept.disabled_at, kept.password_hash.is_some()), (Role::Member, None, false));
    let disable = UpdateAccount { disabled: Some(true), ..nothing };
    let outcome = world.act(&on_grace, &disable).await;
    assert!(matches!(outcome, UpdateAccountOutcome::Updated(account) if account.disabled_at.is_some()));

    let reset = ResetTwoFactor { reason: None, proof: GivenProof::default() };
    assert_eq!(world.act(&on_grace, &reset).await, ResetTwoFactorOutcome::NotEnabled);
    assert_eq!((grace.whom().as_str(), world.account.whom().as_str()), ("the subject user-42", "ada@example.org"));
}
