//! Owners of realms: the first, and the last.

use countersign_application::account::{Account, Role};
use countersign_application::realm::Realm;
use countersign_core::Timestamp;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{NOW, a_realm, an_account, keep, seconds};

fn an_owner(realm: &Realm, login: &str) -> Account {
    Account { role: Role::Owner, ..an_account(realm, login) }
}

async fn mark(bench: &Bench, realm: &Realm, at: Timestamp) -> bool {
    in_unit!(bench.store(), |unit| unit.realms().mark_set_up(realm.id, at)).unwrap()
}

/// That a realm got its first owner is noted once, of no other realm, and stays when the owner is gone.
pub async fn a_realm_is_set_up_once_and_for_good(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other, never) = (a_realm(), a_realm(), a_realm());
    let owner = an_owner(&realm, "ada");
    keep(bench.store(), &[&realm, &other]).await;
    let is_set_up = async |realm: &Realm| bench.store().is_set_up(realm.id).await.unwrap();
    assert!(!is_set_up(&realm).await);
    assert!(mark(&bench, &realm, NOW).await);
    assert!(is_set_up(&realm).await && !is_set_up(&other).await && !is_set_up(&never).await);
    keep(bench.store(), &[&owner]).await;
    in_unit!(bench.store(), |unit| unit.accounts().delete(owner.id)).unwrap();
    assert!(is_set_up(&realm).await, "the owner is gone");
    assert!(!mark(&bench, &realm, seconds(60)).await, "it was noted before");
    assert!(!mark(&bench, &never, NOW).await, "there is no such realm");
    let found = bench.store().find_realm_by_id(realm.id).await.unwrap();
    assert_eq!(found, Some(realm), "the realm itself is as it was");
}

/// Of many that note it at once, one is told that it was the first.
pub async fn of_many_that_set_a_realm_up_one_does(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for _ in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let id = realm.id;
        let verdicts = bench
            .contend(|_, store| async move { in_unit!(store, |unit| unit.realms().mark_set_up(id, NOW)).unwrap() });
        assert_eq!(winners(&verdicts.await), 1, "one was the first");
    }
}

/// Another owner is one of the same realm who is not disabled.
pub async fn another_owner_is_one_of_the_realm_that_may_sign_in(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    let (owner, admin) = (an_owner(&realm, "ada"), Account { role: Role::Admin, ..an_account(&realm, "bob") });
    let second = an_owner(&realm, "cleo");
    keep(bench.store(), &[&realm, &other, &owner, &admin, &an_owner(&other, "dan")]).await;
    let beside = async || in_unit!(bench.store(), |unit| unit.accounts().has_owner_beside(realm.id, owner.id)).unwrap();
    assert!(!beside().await, "an administrator and a stranger are none");
    keep(bench.store(), &[&second]).await;
    assert!(beside().await);
    in_unit!(bench.store(), |unit| unit.accounts().set_disabled(second.id, Some(NOW))).unwrap();
    assert!(!beside().await, "one that is disabled is none");
    in_unit!(bench.store(), |unit| unit.accounts().set_disabled(second.id, None)).unwrap();
    assert!(beside().await);
    in_unit!(bench.store(), |unit| unit.accounts().set_role(second.id, Role::Admin)).unwrap();
    assert!(!beside().await);
    in_unit!(bench.store(), |unit| unit.accounts().set_role(second.id, Role::Operator)).unwrap();
    assert!(beside().await, "an operator administers everyone as well");
}

/// As many owners as contend go at once, each unless it is the last: one stays.
pub async fn of_two_owners_that_go_at_once_one_stays(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for _ in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let mut owners = Vec::new();
        for task in 0..bench.tasks() {
            let owner = an_owner(&realm, &format!("owner{task}"));
            keep(bench.store(), &[&owner]).await;
            owners.push(owner.id);
        }
        let id = realm.id;
        let verdicts = bench.contend(|task, store| {
            let owner = owners[task];
            async move {
                in_unit!(store, |unit| async {
                    unit.second_factors().lock(owner).await?;
                    unit.realms().lock_owners(id).await?;
                    let may_go = unit.accounts().has_owner_beside(id, owner).await?;
                    if may_go {
                        unit.accounts().set_role(owner, Role::Member).await?;
                    }
                    Ok(may_go)
                })
                .unwrap()
            }
        });
        assert_eq!(winners(&verdicts.await), bench.tasks() - 1, "all but one have gone");
    }
}
