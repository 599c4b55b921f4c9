use countersign_application::account::Role;
use countersign_application::administration::Authority;
use countersign_application::appearance::{
    Appearance, AppearanceChange, FindAppearance, SetAppearance, SetAppearanceOutcome, Setting,
};
use countersign_application::audit::{AuditFilter, EventKind};
use countersign_application::{ApiKeyId, PageRequest};

use crate::world::{World, password};

async fn set(world: &World, authority: Authority, change: AppearanceChange) -> SetAppearanceOutcome {
    let set = SetAppearance { change, proof: password() };
    set.execute(&world.test.application, &world.by(authority).await).await.unwrap()
}

async fn present(world: &World) -> Appearance {
    FindAppearance { realm: world.realm.id }.execute(&world.test.application).await.unwrap()
}

fn named(name: &str) -> AppearanceChange {
    AppearanceChange { name: Setting::Set(name.to_owned()), ..AppearanceChange::default() }
}

#[tokio::test]
async fn a_change_holds_at_once_and_the_trail_says_what_changed_but_never_the_picture() {
    let world = World::new(|_| {}).await;
    assert_eq!(present(&world).await, Appearance::default());
    let change = AppearanceChange {
        accent: Setting::Set("#0a7d55".to_owned()),
        logo: Setting::Set(b"<svg>hunter2</svg>".to_vec()),
        return_addresses: Setting::Set(vec!["https://panel.example".to_owned()]),
        ..named("Panel")
    };
    let outcome = set(&world, Authority::Operator, change.clone()).await;
    let SetAppearanceOutcome::Set(after) = outcome else { panic!("set, and not {outcome:?}") };
    assert_eq!(Ok(&*after), change.apply(&Appearance::default()).as_ref());
    assert_eq!(present(&world).await, *after);

    let events = world.store().list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap().items;
    let [event] = events.as_slice() else { panic!("one event, and not {events:?}") };
    assert_eq!((event.event.kind(), event.realm_id), (Some(EventKind::RealmAppearanceChanged), world.realm.id));
    let details = event.details();
    let keys: Vec<&str> = details.keys().map(String::as_str).collect();
    assert_eq!(keys, ["accent", "logo", "name", "return_addresses_added"]);
    assert!(!format!("{event:?}").contains("hunter2"), "{event:?}");

    set(&world, Authority::Operator, named("Store")).await;
    let renamed = present(&world).await;
    assert_eq!(renamed.name.as_ref().unwrap().as_str(), "Store");
    assert_eq!(renamed, Appearance { name: renamed.name.clone(), ..*after });
}

#[tokio::test]
async fn what_breaks_a_rule_changes_nothing_and_leaves_no_trail() {
    let world = World::new(|_| {}).await;
    let change = AppearanceChange { accent: Setting::Set("hunter2".to_owned()), ..named("Panel") };
    match set(&world, Authority::Operator, change).await {
        SetAppearanceOutcome::Invalid(violations) => {
            let [violation] = violations.as_slice() else { panic!("one, and not {violations:?}") };
            assert_eq!(violation.key, "accent");
            assert!(!violation.rule.contains("hunter2"));
        }
        other => panic!("invalid, and not {other:?}"),
    }
    assert_eq!(present(&world).await, Appearance::default());
    assert_eq!(world.events(EventKind::RealmAppearanceChanged).await, 0);
}

#[tokio::test]
async fn only_owners_the_operator_and_keys_that_they_made_dress_a_realm() {
    let world = World::new(|_| {}).await;
    for role in [Role::Admin, Role::Member] {
        let outcome = set(&world, world.administrator(role).await, named("Panel")).await;
        assert!(matches!(outcome, SetAppearanceOutcome::OwnersOnly), "{outcome:?}");
    }
    let key_id = ApiKeyId::from_uuid(uuid::Uuid::nil());
    let outcome = set(&world, Authority::Application { key_id, made_by_owner: false }, named("Panel")).await;
    assert!(matches!(outcome, SetAppearanceOutcome::OwnersOnly), "{outcome:?}");
    assert_eq!(present(&world).await, Appearance::default());
    for (name, authority) in [
        ("administrator", world.administrator(Role::Owner).await),
        ("application", Authority::Application { key_id, made_by_owner: true }),
        ("operator", Authority::Operator),
    ] {
        let outcome = set(&world, authority, named(name)).await;
        assert!(matches!(outcome, SetAppearanceOutcome::Set(_)), "{outcome:?}");
        assert_eq!(present(&world).await.name.unwrap().as_str(), name);
    }
    assert_eq!(world.events(EventKind::RealmAppearanceChanged).await, 3);
}
