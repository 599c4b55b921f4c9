//! The row that stands for an account's second factor.

use countersign_core::{Budget, Counters, Throttle};

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
                let failures = state.counters.codes.failures_in_a_row;
                let counters = failures_in_a_row(failures + 1);
                let set = unit.second_factors().set_counters(account.id, state.revision, &counters).await?;
                assert!(set, "the revision that the lock read is the row's");
                Ok(failures)
            });
            seen.unwrap()
        });
        let mut seen = seen.await;
        seen.sort_unstable();
        let each_once: Vec<u32> = (0..).take(bench.tasks()).collect();
        assert_eq!(seen, each_once, "each unit of work sees the failures that those before it committed");
        let factor = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
        let failures = factor.state.counters.codes.failures_in_a_row as usize;
        assert_eq!(failures, bench.tasks(), "no failure is lost");
    }
}

/// Counters with so many failures in a row.
fn failures_in_a_row(failures_in_a_row: u32) -> Counters {
    Counters { codes: Throttle { failures_in_a_row, blocked_until: None }, ..Counters::default() }
}

/// All counters come back as they were set, at a revision one higher, and nothing else changes.
pub async fn counters_are_set_as_a_whole(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let counted = Counters {
        codes: Throttle { failures_in_a_row: 7, blocked_until: Some(seconds(120)) },
        code_budget: Budget { spent: 11, since: Some(seconds(-30)) },
        consecutive_failures: 123_456,
        consecutive_budget: Budget { spent: 654_321, since: Some(seconds(-31)) },
        recovery_codes: Throttle { failures_in_a_row: 2, blocked_until: Some(seconds(99)) },
    };
    for (revision, counters) in (0..).zip([counted, failures_in_a_row(u32::MAX), Counters::default()]) {
        let set = in_unit!(bench.store(), |unit| unit.second_factors().set_counters(account.id, revision, &counters));
        assert!(set.unwrap(), "at revision {revision}");
        let state = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;
        assert_eq!((state.revision, state.counters), (revision + 1, counters));
        assert_eq!((state.version, state.enabled_at), (0, None), "counting is no change of the second factor");
    }
    let locked = in_unit!(bench.store(), |unit| unit.second_factors().lock(account.id)).unwrap().unwrap();
    let state = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;
    assert_eq!(locked, state, "the lock reads the same");
    assert_eq!(state.revision, 4, "and raises the revision");
    let untouched = bench.store().find_second_factor(other.id).await.unwrap().unwrap().state;
    assert_eq!((untouched.revision, untouched.counters), (0, Counters::default()));
}

/// Who decided on what is not there any more counts nothing: of many that saw the same revision one is heard, without
/// any lock.
pub async fn counters_are_set_only_at_the_revision_that_was_seen(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    for round in bench.rounds() {
        let account = an_account(&realm, &format!("account {round}"));
        keep(bench.store(), &[&account]).await;
        let set = bench.contend(|_, store| async move {
            let set = in_unit!(store, |unit| unit.second_factors().set_counters(account.id, 0, &failures_in_a_row(1)));
            set.unwrap()
        });
        let heard = set.await.into_iter().filter(|set| *set).count();
        assert_eq!(heard, 1, "of those that saw one revision one is heard, not {heard}");
        for stale in [0, 2, -1, i64::MAX] {
            let counters = failures_in_a_row(9);
            let set = in_unit!(bench.store(), |unit| unit.second_factors().set_counters(account.id, stale, &counters));
            assert!(!set.unwrap(), "revision {stale} is not the row's");
        }
        let state = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;
        assert_eq!((state.revision, state.counters), (1, failures_in_a_row(1)), "nothing of the others is left");
    }
}

/// Each switch raises the version by one, keeps the counters, and shows in the account.
pub async fn each_switch_of_a_second_factor_raises_its_version(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let counted = failures_in_a_row(3);
    assert!(in_unit!(bench.store(), |unit| unit.second_factors().set_counters(account.id, 0, &counted)).unwrap());
    for (version, since) in (1..).zip([Some(NOW), Some(NOW), None, Some(seconds(9))]) {
        in_unit!(bench.store(), |unit| unit.second_factors().set_enabled(account.id, since)).unwrap();
        let state = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;
        assert_eq!((state.version, state.enabled_at), (version, since));
        assert_eq!(state.counters, counted, "switching forgives nothing");
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
