//! Realms.

use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::{Realm, RealmSlug};
use countersign_policy::Policy;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{a_realm, keep, seconds};

/// A short name is taken once, also for inserts at the same time.
pub async fn a_realm_exists_once(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let first = a_realm();
    keep(bench.store(), &[&first]).await;
    let second = Realm { slug: first.slug.clone(), ..a_realm() };
    let outcome = in_unit!(bench.store(), |unit| unit.realms().insert(&second));
    assert!(matches!(outcome, Err(StoreError::Conflict { what: Conflict::RealmSlug })), "{outcome:?}");
    assert_eq!(bench.store().find_realm(&first.slug).await.unwrap(), Some(first));
    assert_eq!(bench.store().find_realm_by_id(second.id).await.unwrap(), None);

    for _ in bench.rounds() {
        let slug = a_realm().slug;
        let outcomes = bench.contend(|_, store| {
            let realm = Realm { slug: slug.clone(), ..a_realm() };
            async move { in_unit!(store, |unit| unit.realms().insert(&realm)) }
        });
        let outcomes = outcomes.await;
        let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(made, 1, "{made} realms of one short name were made");
        for outcome in outcomes.iter().filter(|outcome| outcome.is_err()) {
            assert!(matches!(outcome, Err(StoreError::Conflict { what: Conflict::RealmSlug })), "{outcome:?}");
        }
    }
}

/// A realm is found by its short name and by its identifier, and no other is.
pub async fn realms_are_found_by_name_and_identifier(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other, never) = (a_realm(), a_realm(), a_realm());
    keep(bench.store(), &[&realm, &other]).await;
    assert_eq!(bench.store().find_realm(&realm.slug).await.unwrap(), Some(realm.clone()));
    assert_eq!(bench.store().find_realm_by_id(realm.id).await.unwrap(), Some(realm.clone()));
    assert_eq!(bench.store().find_realm_by_id(other.id).await.unwrap(), Some(other));
    let within = in_unit!(bench.store(), |unit| unit.realms().find(&realm.slug)).unwrap();
    assert_eq!(within, Some(realm));
    assert_eq!(in_unit!(bench.store(), |unit| unit.realms().find(&never.slug)).unwrap(), None);
    assert_eq!(bench.store().find_realm(&never.slug).await.unwrap(), None);
    assert_eq!(bench.store().find_realm_by_id(never.id).await.unwrap(), None);
}

/// All realms are listed, by short name, compared byte by byte.
pub async fn realms_are_listed_by_short_name(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    assert_eq!(bench.store().list_realms().await.unwrap(), []);
    let named = |slug| Realm { slug: RealmSlug::new(slug).expect("the name follows the rule"), ..a_realm() };
    let [b2, b10, b, ab, a_c] = ["b-2", "b-10", "b", "ab", "a-c"].map(named);
    keep(bench.store(), &[&b2, &b10, &b, &ab, &a_c]).await;
    assert_eq!(bench.store().list_realms().await.unwrap(), [a_c, ab, b, b10, b2]);
}

/// A change of a realm that was changed since it was read is refused and changes nothing, also when both come at once.
pub async fn of_two_changes_of_a_realm_at_once_one_is_refused(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    keep(bench.store(), &[&realm, &other]).await;
    let update = async |realm: &Realm| in_unit!(bench.store(), |unit| unit.realms().update(realm)).unwrap();
    let find = async |id| bench.store().find_realm_by_id(id).await.unwrap();
    let mut document = realm.policy.clone().into_document();
    document.totp.digits = 8;
    let policy = Policy::new(document).expect("the changed policy is valid");
    // Of all this, the issuer, the policy and since when it is enforced are what a change sets.
    let enforced_since = Some(seconds(30));
    let changed = Realm { issuer: "Renamed".to_owned(), policy: policy.clone(), enforced_since, ..realm.clone() };
    let more = Realm { slug: a_realm().slug, created_at: seconds(60), ..changed.clone() };
    assert!(update(&more).await);
    let first = Realm { version: 1, ..changed };
    assert_eq!(find(realm.id).await.as_ref(), Some(&first));
    for version in [0, 2, -1] {
        let stale = Realm { version, issuer: "Stale".to_owned(), ..realm.clone() };
        assert!(!update(&stale).await, "a change of version {version} was made");
    }
    assert_eq!(find(realm.id).await.as_ref(), Some(&first));
    assert!(update(&first).await, "a change to what is there already");
    assert_eq!(find(realm.id).await, Some(Realm { version: 2, ..first }));
    assert!(!update(&a_realm()).await, "a realm was changed that is not there");
    assert_eq!(find(other.id).await, Some(other));

    for _ in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let verdicts = bench.contend(|task, store| {
            let changed = Realm { issuer: format!("Task {task}"), ..realm.clone() };
            async move { in_unit!(store, |unit| unit.realms().update(&changed)).unwrap() }
        });
        let verdicts = verdicts.await;
        assert_eq!(winners(&verdicts), 1, "one of the changes of one version is made");
        let winner = verdicts.iter().position(|won| *won).unwrap_or_default();
        let expected = Realm { issuer: format!("Task {winner}"), version: 1, ..realm };
        assert_eq!(find(expected.id).await, Some(expected));
    }
}
