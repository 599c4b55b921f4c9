//! Realms.

use countersign_application::Realm;
use countersign_application::ports::{Conflict, StoreError};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{a_realm, keep};

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
    assert_eq!(bench.store().find_realm_by_id(realm.id).await.unwrap(), Some(realm));
    assert_eq!(bench.store().find_realm_by_id(other.id).await.unwrap(), Some(other));
    assert_eq!(bench.store().find_realm(&never.slug).await.unwrap(), None);
    assert_eq!(bench.store().find_realm_by_id(never.id).await.unwrap(), None);
}
