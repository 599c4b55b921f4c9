//! Counters of attempts that belong to no account's second factor.

use countersign_application::AccountId;
use countersign_application::verification::{AttemptKey, Attempts};
use countersign_core::{Throttle, Timestamp};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{NOW, seconds};

/// A key for a number.
fn key(number: usize) -> AttemptKey {
    let mut key = [0x5c; 32];
    key[..8].copy_from_slice(&(number as u64).to_be_bytes());
    key
}

/// Two accounts that need not be there: counters outlive them.
fn two_accounts() -> (AccountId, AccountId) {
    (AccountId::new(NOW, 0, [1; 8]), AccountId::new(NOW, 0, [2; 8]))
}

/// Whoever holds the lock is alone, also on a key that was not there before: no failure of a burst is lost.
pub async fn a_locked_counter_is_changed_by_one_unit_of_work_at_a_time(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for round in bench.rounds() {
        let key = key(round);
        let seen = bench.contend(|_, store| async move {
            let seen = in_unit!(store, |unit| async {
                let failures = unit.attempts().lock(&key, NOW).await?.throttle.failures_in_a_row;
                tokio::task::yield_now().await;
                let throttle = Throttle { failures_in_a_row: failures + 1, blocked_until: None };
                unit.attempts().set(&key, &throttle.into(), NOW).await?;
                Ok(failures)
            });
            seen.unwrap()
        });
        let mut seen = seen.await;
        seen.sort_unstable();
        let each_once: Vec<u32> = (0..).take(bench.tasks()).collect();
        assert_eq!(seen, each_once, "each unit of work sees the failures that those before it committed");
        let failures = bench.store().find_attempts(&key).await.unwrap().throttle.failures_in_a_row as usize;
        assert_eq!(failures, bench.tasks(), "no failure is lost");
    }
}

/// Keys are counted apart; a key that nothing was counted for, or that was cleared, begins anew.
pub async fn each_key_has_its_own_counter(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (first, second, third) = (key(1), key(2), key(3));
    let (account, _) = two_accounts();
    let counted = Attempts {
        throttle: Throttle { failures_in_a_row: 6, blocked_until: Some(seconds(60)) },
        account: Some(account),
        network: Some("2001:db8:1:2::/64".to_owned()),
        known_at: Some(seconds(-7)),
    };
    let fewer: Attempts = Throttle { failures_in_a_row: 1, blocked_until: None }.into();
    let set = async |key: AttemptKey, attempts: &Attempts| set(&bench, key, attempts, NOW).await;
    let find = async |key: AttemptKey| bench.store().find_attempts(&key).await.unwrap();
    assert_eq!(find(first).await, Attempts::default());
    set(first, &counted).await;
    set(second, &fewer).await;
    assert_eq!((find(first).await, find(second).await), (counted.clone(), fewer.clone()));
    assert_eq!(find(third).await, Attempts::default());
    let locked = in_unit!(bench.store(), |unit| unit.attempts().lock(&first, seconds(5))).unwrap();
    assert_eq!(locked, counted, "the lock reads what was counted");
    let locked = in_unit!(bench.store(), |unit| unit.attempts().lock(&third, seconds(5))).unwrap();
    assert_eq!(locked, Attempts::default(), "the lock makes what is missing");
    set(first, &fewer).await;
    assert_eq!(find(first).await, fewer);
    in_unit!(bench.store(), |unit| unit.attempts().clear(&first)).unwrap();
    assert_eq!((find(first).await, find(second).await), (Attempts::default(), fewer));
    in_unit!(bench.store(), |unit| unit.attempts().clear(&first)).expect("clearing what is not there is nothing");
    set(first, &counted).await;
    assert_eq!(find(first).await, counted);
}

async fn set(bench: &Bench, key: AttemptKey, attempts: &Attempts, at: Timestamp) {
    in_unit!(bench.store(), |unit| async {
        unit.attempts().lock(&key, at).await?;
        unit.attempts().set(&key, attempts, at).await
    })
    .unwrap();
}

/// Who waits is listed, latest first, and an end of it for one account or one network touches no other. What is known
/// stays known.
pub async fn waiting_counters_are_listed_and_ended_by_account_and_by_network(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (ada, bob) = two_accounts();
    let counted = |account, network: &str, until| Attempts {
        throttle: Throttle { failures_in_a_row: 20, blocked_until: until },
        account,
        network: Some(network.to_owned()),
        known_at: account.map(|_| seconds(-9)),
    };
    let rows = [
        (key(1), counted(Some(ada), "192.0.2.1", Some(seconds(60))), seconds(1)),
        (key(2), counted(Some(ada), "192.0.2.2", Some(seconds(61))), seconds(2)),
        (key(3), counted(Some(bob), "192.0.2.1", Some(seconds(62))), seconds(3)),
        (key(4), counted(None, "192.0.2.1", Some(seconds(63))), seconds(4)),
        (key(5), counted(None, "192.0.2.3", Some(NOW)), seconds(5)),
        (key(6), counted(None, "192.0.2.3", None), seconds(6)),
    ];
    for (key, attempts, at) in &rows {
        set(&bench, *key, attempts, *at).await;
    }
    let waiting = async |most| {
        let waiting = bench.store().list_waiting_attempts(NOW, most).await.unwrap();
        waiting.into_iter().map(|attempts| (attempts.account, attempts.network.unwrap())).collect::<Vec<_>>()
    };
    let (first, second) = ("192.0.2.1".to_owned(), "192.0.2.2".to_owned());
    let all =
        [(None, first.clone()), (Some(bob), first.clone()), (Some(ada), second.clone()), (Some(ada), first.clone())];
    assert_eq!(waiting(10).await, all);
    assert_eq!(waiting(2).await, all[..2]);

    assert_eq!(in_unit!(bench.store(), |unit| unit.attempts().forgive_account(ada)).unwrap(), 2);
    assert_eq!(waiting(10).await, all[..2]);
    let known = bench.store().find_attempts(&key(1)).await.unwrap();
    let expected = Attempts { throttle: Throttle::default(), ..rows[0].1.clone() };
    assert_eq!(known, expected, "where the account is known, it stays known");

    set(&bench, rows[1].0, &rows[1].1, rows[1].2).await;
    assert_eq!(in_unit!(bench.store(), |unit| unit.attempts().forgive_network(Some(&first))).unwrap(), 2);
    assert_eq!(waiting(10).await, [(Some(ada), second)]);
    assert_eq!(in_unit!(bench.store(), |unit| unit.attempts().forgive_network(None)).unwrap(), 3);
    assert_eq!(waiting(10).await, []);
    assert_eq!(in_unit!(bench.store(), |unit| unit.attempts().forgive_network(None)).unwrap(), 0);
    in_unit!(bench.store(), |unit| unit.accounts().delete(ada)).unwrap();
    let left =
        [bench.store().find_attempts(&key(1)).await.unwrap(), bench.store().find_attempts(&key(3)).await.unwrap()];
    assert_eq!(left.map(|attempts| attempts.account), [None, Some(bob)], "an account's counters go with it");
}
