//! Claims of idempotency keys.

use countersign_application::idempotency::IdempotencyClaim;
use countersign_application::ports::{Sealed, Store, StoreError};
use countersign_core::Timestamp;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{NOW, an_idempotency_claim, seconds};

async fn claim(store: &dyn Store, claim: &IdempotencyClaim) -> bool {
    in_unit!(store, |unit| unit.idempotency().claim(claim)).expect("a claim is answered")
}

async fn found(store: &dyn Store, claim: &IdempotencyClaim) -> Option<IdempotencyClaim> {
    store.find_idempotency_claim(&claim.digest).await.expect("a claim can be looked for")
}

fn answer(bytes: Vec<u8>) -> Sealed {
    Sealed { key_id: "key 2".to_owned(), bytes }
}

/// Of many requests with the same key one is carried out.
pub async fn an_idempotency_key_is_claimed_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for _ in bench.rounds() {
        let digest = an_idempotency_claim().digest;
        let claimed = bench
            .contend(|_, store| async move {
                let claim = IdempotencyClaim { digest, ..an_idempotency_claim() };
                let held = in_unit!(store, |unit| async {
                    let held = unit.idempotency().claim(&claim).await?;
                    tokio::task::yield_now().await;
                    Ok::<_, StoreError>(held)
                });
                held.expect("a claim is answered")
            })
            .await;
        assert_eq!(winners(&claimed), 1, "one of the claims of a key is held, not {}", winners(&claimed));
    }
}

/// Whoever claimed a key holds it until it is given back; what was dropped was never claimed.
pub async fn an_idempotency_key_stays_with_the_first(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let first = an_idempotency_claim();
    let second = IdempotencyClaim { digest: first.digest, claimed_at: seconds(1), ..an_idempotency_claim() };
    let other = an_idempotency_claim();
    let mut dropped = store.begin().await.unwrap();
    assert!(dropped.idempotency().claim(&second).await.unwrap());
    drop(dropped);
    assert!(claim(store, &first).await, "what was dropped was not claimed");
    assert!(claim(store, &first).await, "its holder claims it again");
    assert!(!claim(store, &second).await, "another request does not hold it");
    assert!(claim(store, &other).await, "another key is another matter");
    assert_eq!(found(store, &first).await, Some(first.clone()), "a refused claim changes nothing");
    let within = in_unit!(store, |unit| async {
        Ok::<_, StoreError>((unit.idempotency().claim(&second).await?, unit.idempotency().claim(&first).await?))
    });
    assert_eq!(within.unwrap(), (false, true));

    let release = async |claim: &IdempotencyClaim| {
        in_unit!(store, |unit| unit.idempotency().release(&claim.digest, claim.id)).unwrap()
    };
    assert!(!release(&second).await, "only its holder gives it back");
    assert!(release(&first).await);
    assert!(!release(&first).await, "and once");
    assert_eq!(found(store, &first).await, None);
    assert_eq!(found(store, &other).await, Some(other), "another key stays claimed");
    assert!(claim(store, &second).await, "what was given back may be claimed");
}

/// A claim that has expired, or that a clock which was ahead has made, is as good as none.
pub async fn an_expired_idempotency_claim_makes_room(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let micros = |after: i64| Timestamp::from_micros(NOW.as_micros() + after);
    // A claim of 15 minutes ends in 15 minutes, and one that ends after 30 minutes is none of this time.
    let ends = [(micros(0), true), (micros(1), false), (seconds(1_800), false), (seconds(1_801), true)];
    for (expires_at, makes_room) in ends {
        let older = IdempotencyClaim {
            claimed_at: expires_at.minus_seconds(900),
            expires_at,
            answer: Some(answer(vec![1])),
            ..an_idempotency_claim()
        };
        let newer = IdempotencyClaim { digest: older.digest, ..an_idempotency_claim() };
        assert!(claim(store, &older).await);
        assert_eq!(claim(store, &newer).await, makes_room, "an end at {expires_at:?}");
        let holder = if makes_room { newer } else { older };
        assert_eq!(found(store, &holder).await, Some(holder), "an end at {expires_at:?}");
    }
}

/// An answer is kept for the claim that it belongs to, and stays as it is.
pub async fn an_answer_is_kept_once_and_by_its_holder_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (held, other) = (an_idempotency_claim(), an_idempotency_claim());
    assert!(claim(store, &held).await && claim(store, &other).await);
    let keep = async |id, bytes: &[u8]| {
        let answer = answer(bytes.to_vec());
        in_unit!(store, |unit| unit.idempotency().keep_answer(&held.digest, id, &answer)).unwrap()
    };
    assert!(!keep(other.id, b"another's").await);
    assert!(keep(held.id, b"the first").await);
    assert!(!keep(held.id, b"the second").await);
    let expected = IdempotencyClaim { answer: Some(answer(b"the first".to_vec())), ..held.clone() };
    assert_eq!(found(store, &held).await, Some(expected));
    assert_eq!(found(store, &other).await, Some(other));
}

/// With an answer longer than any that is given, and with none.
pub async fn an_idempotency_claim_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let odd = Timestamp::from_micros(1_750_000_000_123_457);
    let long: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    let full = IdempotencyClaim {
        request: Sealed { key_id: "key 2".to_owned(), bytes: (0..=255).chain([0, 0]).collect() },
        answer: Some(answer(long)),
        claimed_at: odd,
        expires_at: odd.plus_seconds(900),
        ..an_idempotency_claim()
    };
    for written in [full, an_idempotency_claim()] {
        assert_eq!(found(store, &written).await, None);
        assert!(claim(store, &written).await);
        assert_eq!(found(store, &written).await, Some(written));
    }
}
