//! Challenges.

use countersign_application::sign_in::Challenge;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{a_challenge, a_realm, an_account, keep};

/// How many refused codes a challenge takes.
const LIMIT: u32 = 5;

/// Of any number of calls that spend one challenge, one succeeds.
pub async fn a_challenge_is_spent_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for _ in bench.rounds() {
        let (challenge, other) = (a_challenge(&account), a_challenge(&account));
        keep(bench.store(), &[&challenge, &other]).await;
        let id = challenge.id;
        let verdicts = bench
            .contend(|_, store| async move { in_unit!(store, |unit| unit.challenges().spend(id, LIMIT)).unwrap() })
            .await;
        let spent = winners(&verdicts);
        assert_eq!(spent, 1, "one of the calls spends a challenge, not {spent}");
        assert_eq!(bench.store().find_challenge(&challenge.token_digest).await.unwrap(), None);
        assert_eq!(bench.store().find_challenge(&other.token_digest).await.unwrap(), Some(other));
    }
}

/// However many codes are refused at once, no more tries are counted than the limit, and none is lost.
pub async fn a_challenge_counts_no_more_tries_than_its_limit(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;

    let (challenge, other) = (a_challenge(&account), a_challenge(&account));
    keep(bench.store(), &[&challenge, &other]).await;
    for failed_tries in 1..=LIMIT {
        let counted = in_unit!(bench.store(), |unit| unit.challenges().record_failed_try(challenge.id, LIMIT));
        assert!(counted.unwrap(), "try {failed_tries} is within the limit");
        let found = bench.store().find_challenge(&challenge.token_digest).await.unwrap();
        assert_eq!(found, Some(Challenge { failed_tries, ..challenge.clone() }));
    }
    let beyond = in_unit!(bench.store(), |unit| unit.challenges().record_failed_try(challenge.id, LIMIT));
    assert!(!beyond.unwrap(), "a try beyond the limit was counted");
    let lower = in_unit!(bench.store(), |unit| unit.challenges().record_failed_try(challenge.id, LIMIT - 2));
    assert!(!lower.unwrap(), "a limit below what was counted");
    assert_eq!(bench.store().find_challenge(&other.token_digest).await.unwrap(), Some(other));

    assert!(in_unit!(bench.store(), |unit| unit.challenges().spend(challenge.id, LIMIT + 1)).unwrap());
    let gone = in_unit!(bench.store(), |unit| unit.challenges().record_failed_try(challenge.id, LIMIT));
    assert!(!gone.unwrap(), "a try of a challenge that is gone was counted");

    for _ in bench.rounds() {
        let challenge = a_challenge(&account);
        keep(bench.store(), &[&challenge]).await;
        let id = challenge.id;
        let verdicts = bench.contend(|_, store| async move {
            in_unit!(store, |unit| unit.challenges().record_failed_try(id, LIMIT)).unwrap()
        });
        let counted = winners(&verdicts.await);
        assert_eq!(counted, bench.tasks().min(LIMIT as usize), "as many tries are counted as the limit allows");
        let found = bench.store().find_challenge(&challenge.token_digest).await.unwrap().unwrap();
        assert_eq!(found.failed_tries as usize, counted, "each counted try is noted");
    }
}

/// A challenge that had as many refused codes as it takes is worthless, also to a right code that comes with the last
/// wrong one.
pub async fn an_exhausted_challenge_is_not_spent(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for (failed_tries, verdict) in [(0, true), (LIMIT - 1, true), (LIMIT, false), (LIMIT + 1, false)] {
        let challenge = Challenge { failed_tries, ..a_challenge(&account) };
        keep(bench.store(), &[&challenge]).await;
        let spent = in_unit!(bench.store(), |unit| unit.challenges().spend(challenge.id, LIMIT)).unwrap();
        assert_eq!(spent, verdict, "after {failed_tries} refused codes");
    }

    for _ in bench.rounds() {
        let challenge = Challenge { failed_tries: LIMIT - 1, ..a_challenge(&account) };
        keep(bench.store(), &[&challenge]).await;
        let id = challenge.id;
        let verdicts = bench.contend(|task, store| async move {
            if task % 2 == 0 {
                in_unit!(store, |unit| unit.challenges().spend(id, LIMIT)).unwrap()
            } else {
                in_unit!(store, |unit| unit.challenges().record_failed_try(id, LIMIT)).unwrap()
            }
        });
        let admitted = winners(&verdicts.await);
        assert_eq!(admitted, 1, "a last try is either right or wrong, and there is one, not {admitted}");
    }
}

/// A challenge is found by the digest of its own token only, and removing all takes those of the account only.
pub async fn removing_challenges_touches_only_the_account(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (first, second, others) = (a_challenge(&account), a_challenge(&account), a_challenge(&other));
    keep(bench.store(), &[&realm, &account, &other, &first, &second, &others]).await;
    for challenge in [&first, &second, &others] {
        let found = bench.store().find_challenge(&challenge.token_digest).await.unwrap();
        assert_eq!(found.as_ref(), Some(challenge));
    }
    assert_eq!(bench.store().find_challenge(&a_challenge(&account).token_digest).await.unwrap(), None);
    in_unit!(bench.store(), |unit| unit.challenges().remove_all(account.id)).unwrap();
    assert_eq!(bench.store().find_challenge(&first.token_digest).await.unwrap(), None);
    assert_eq!(bench.store().find_challenge(&second.token_digest).await.unwrap(), None);
    assert_eq!(bench.store().find_challenge(&others.token_digest).await.unwrap(), Some(others));
}
