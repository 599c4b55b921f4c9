//! Counters of attempts that belong to no account's second factor.

use countersign_application::ports::AttemptKey;
use countersign_core::Throttle;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{NOW, seconds};

/// A key for a number.
fn key(number: usize) -> AttemptKey {
    let mut key = [0x5c; 32];
    key[..8].copy_from_slice(&(number as u64).to_be_bytes());
    key
}

/// Whoever holds the lock is alone, also on a key that was not there before: no failure of a burst is lost.
pub async fn a_locked_counter_is_changed_by_one_unit_of_work_at_a_time(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for round in bench.rounds() {
        let key = key(round);
        let seen = bench.contend(|_, store| async move {
            let seen = in_unit!(store, |unit| async {
                let failures = unit.attempts().lock(&key, NOW).await?.failures_in_a_row;
                tokio::task::yield_now().await;
                let throttle = Throttle { failures_in_a_row: failures + 1, blocked_until: None };
                unit.attempts().set(&key, throttle, NOW).await?;
                Ok(failures)
            });
            seen.unwrap()
        });
        let mut seen = seen.await;
        seen.sort_unstable();
        let each_once: Vec<u32> = (0..).take(bench.tasks()).collect();
        assert_eq!(seen, each_once, "each unit of work sees the failures that those before it committed");
        let failures = bench.store().find_attempts(&key).await.unwrap().failures_in_a_row as usize;
        assert_eq!(failures, bench.tasks(), "no failure is lost");
    }
}

/// Keys are counted apart; a key that nothing was counted for, or that was cleared, begins anew.
pub async fn each_key_has_its_own_counter(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (first, second, third) = (key(1), key(2), key(3));
    let counted = Throttle { failures_in_a_row: 6, blocked_until: Some(seconds(60)) };
    let fewer = Throttle { failures_in_a_row: 1, blocked_until: None };
    let set = async |key: AttemptKey, throttle| {
        in_unit!(bench.store(), |unit| async {
            unit.attempts().lock(&key, NOW).await?;
            unit.attempts().set(&key, throttle, NOW).await
        })
        .unwrap();
    };
    let find = async |key: AttemptKey| bench.store().find_attempts(&key).await.unwrap();
    assert_eq!(find(first).await, Throttle::default());
    set(first, counted).await;
    set(second, fewer).await;
    assert_eq!((find(first).await, find(second).await), (counted, fewer));
    assert_eq!(find(third).await, Throttle::default());
    let locked = in_unit!(bench.store(), |unit| unit.attempts().lock(&first, seconds(5))).unwrap();
    assert_eq!(locked, counted, "the lock reads what was counted");
    let locked = in_unit!(bench.store(), |unit| unit.attempts().lock(&third, seconds(5))).unwrap();
    assert_eq!(locked, Throttle::default(), "the lock makes what is missing");
    set(first, fewer).await;
    assert_eq!(find(first).await, fewer);
    in_unit!(bench.store(), |unit| unit.attempts().clear(&first)).unwrap();
    assert_eq!((find(first).await, find(second).await), (Throttle::default(), fewer));
    in_unit!(bench.store(), |unit| unit.attempts().clear(&first)).expect("clearing what is not there is nothing");
    set(first, counted).await;
    assert_eq!(find(first).await, counted);
}
