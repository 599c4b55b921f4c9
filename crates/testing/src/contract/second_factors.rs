//! The row that stands for an account's second factor.

use countersign_application::ThrottleLane;
use countersign_core::Throttle;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{NOW, a_realm, a_recovery_set, an_account, an_authenticator, keep, seconds};

/// Whoever holds the lock is alone, and sees what the last holder committed: no failure of a burst is lost.
pub async fn a_locked_second_factor_is_changed_by_one_unit_of_work_at_a_time(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    for round in bench.rounds() {
        let account = an_account(&realm, &format!("account {round}"));
        keep(bench.store(), &[&account]).await;
        let seen = bench.contend(|_, store| async move {
            let seen = in_unit!(store, |unit| async {
                let state = unit.second_factors().lock(account.id).await?.expect("the account is there");
                // Others come by while the lock is held.
                tokio::task::yield_now().await;
                let failures = state.code_throttle.failures_in_a_row;
                let throttle = Throttle { failures_in_a_row: failures + 1, blocked_until: None };
                unit.second_factors().set_throttle(account.id, ThrottleLane::Code, throttle).await?;
                Ok(failures)
            });
            seen.unwrap()
        });
        let mut seen = seen.await;
        seen.sort_unstable();
        let each_once: Vec<u32> = (0..).take(bench.tasks()).collect();
        assert_eq!(seen, each_once, "each unit of work sees the failures that those before it committed");
        let factor = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
        let failures = factor.state.code_throttle.failures_in_a_row as usize;
        assert_eq!(failures, bench.tasks(), "no failure is lost");
    }
}

/// The counters of the lanes are set apart from each other, and from those of other accounts.
pub async fn each_lane_has_its_own_counter(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let codes = Throttle { failures_in_a_row: 7, blocked_until: Some(seconds(120)) };
    let recovery = Throttle { failures_in_a_row: 2, blocked_until: None };
    let set = async |lane, throttle| {
        in_unit!(bench.store(), |unit| unit.second_factors().set_throttle(account.id, lane, throttle)).unwrap();
        bench.store().find_second_factor(account.id).await.unwrap().unwrap().state
    };
    let state = set(ThrottleLane::Code, codes).await;
    assert_eq!((state.code_throttle, state.recovery_throttle), (codes, Throttle::default()));
    let state = set(ThrottleLane::RecoveryCode, recovery).await;
    assert_eq!((state.code_throttle, state.recovery_throttle), (codes, recovery));
    let state = set(ThrottleLane::Code, Throttle::default()).await;
    assert_eq!((state.code_throttle, state.recovery_throttle), (Throttle::default(), recovery));
    assert_eq!((state.version, state.enabled_at), (0, None), "counting is no change of the second factor");

    let locked = in_unit!(bench.store(), |unit| unit.second_factors().lock(account.id)).unwrap().unwrap();
    assert_eq!(locked, state, "the lock reads the same");
    let untouched = bench.store().find_second_factor(other.id).await.unwrap().unwrap().state;
    assert_eq!(untouched.recovery_throttle, Throttle::default());
}

/// Each switch raises the version by one, keeps the counters, and shows in the account.
pub async fn each_switch_of_a_second_factor_raises_its_version(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let counted = Throttle { failures_in_a_row: 3, blocked_until: Some(seconds(30)) };
    in_unit!(bench.store(), |unit| unit.second_factors().set_throttle(account.id, ThrottleLane::Code, counted))
        .unwrap();
    for (version, since) in (1..).zip([Some(NOW), Some(NOW), None, Some(seconds(9))]) {
        in_unit!(bench.store(), |unit| unit.second_factors().set_enabled(account.id, since)).unwrap();
        let state = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;
        assert_eq!((state.version, state.enabled_at), (version, since));
        assert_eq!(state.code_throttle, counted, "switching forgives nothing");
        let shown = bench.store().find_account(account.id).await.unwrap().unwrap().two_factor_enabled_at;
        assert_eq!(shown, since, "what the account shows");
        let shown = bench.store().find_account_by_login(realm.id, "ada").await.unwrap().unwrap();
        assert_eq!(shown.two_factor_enabled_at, since, "what the account shows by its login");
    }
    let untouched = bench.store().find_second_factor(other.id).await.unwrap().unwrap().state;
    assert_eq!((untouched.version, untouched.enabled_at), (0, None));
}

/// One account's second factor shows its own authenticators and recovery codes, and no other's.
pub async fn nothing_of_one_account_is_seen_from_another(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (ada, bob, none) = (an_account(&realm, "ada"), an_account(&realm, "bob"), an_account(&realm, "none"));
    keep(bench.store(), &[&realm, &ada, &bob, &none]).await;
    let mut own = Vec::new();
    for account in [&ada, &bob] {
        let (first, second, codes) = (an_authenticator(account), an_authenticator(account), a_recovery_set(account));
        keep(bench.store(), &[&first, &second, &codes]).await;
        own.push((account.id, [first.id, second.id], codes.0.id));
    }
    for (account, authenticators, set) in own {
        let read = bench.store().find_second_factor(account).await.unwrap().unwrap();
        let loaded = in_unit!(bench.store(), |unit| unit.second_factors().load(account)).unwrap().unwrap();
        for factor in [read, loaded] {
            assert_eq!(factor.state.account_id, account);
            let seen: Vec<_> = factor.authenticators.iter().map(|it| it.id).collect();
            assert_eq!(seen, authenticators, "the account's authenticators, oldest first");
            let seen: Vec<_> = factor.recovery_sets.iter().map(|it| it.id).collect();
            assert_eq!(seen, [set], "the account's recovery codes");
        }
    }
    let factor = bench.store().find_second_factor(none.id).await.unwrap().unwrap();
    assert!(factor.authenticators.is_empty() && factor.recovery_sets.is_empty());
}

/// Where there is no account there is no second factor.
pub async fn an_absent_account_has_no_second_factor(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    let absent = an_account(&realm, "nobody").id;
    assert!(bench.store().find_second_factor(absent).await.unwrap().is_none());
    let within = in_unit!(bench.store(), |unit| async {
        let locked = unit.second_factors().lock(absent).await?;
        let loaded = unit.second_factors().load(absent).await?;
        let found = unit.accounts().find(absent).await?;
        Ok(locked.is_none() && loaded.is_none() && found.is_none())
    });
    assert!(within.unwrap());
}
