//! What needs which master key.

use countersign_application::account::Account;
use countersign_application::idempotency::IdempotencyClaim;
use countersign_application::master_key::{KeyUse, SealedKind, SealedPart, SealedRow};
use countersign_application::ports::{KeyCheck, Sealed, Store};
use countersign_application::recovery::{RecoveryCodeSet, RecoverySetStatus, SealedRecoveryCode};
use countersign_application::second_factor::Authenticator;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_key_check, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_code, a_recovery_set,
    an_account, an_authenticator, an_idempotency_claim, keep, seconds,
};

fn sealed(key_id: &str, byte: u8) -> Sealed {
    Sealed { key_id: key_id.to_owned(), bytes: vec![byte; 57] }
}

fn under(key_id: &str, account: &Account) -> Authenticator {
    let it = an_authenticator(account);
    Authenticator { sealed_secret: Sealed { key_id: key_id.to_owned(), ..it.sealed_secret.clone() }, ..it }
}

fn set_under(key_id: &str, account: &Account, viewable: u8) -> (RecoveryCodeSet, Vec<SealedRecoveryCode>) {
    let (set, _) = a_recovery_set(account);
    let codes =
        (0..viewable).map(|byte| SealedRecoveryCode { sealed: Some(sealed(key_id, byte)), ..a_recovery_code() });
    let codes = if viewable > 0 { codes.collect() } else { vec![a_recovery_code()] };
    (RecoveryCodeSet { key_id: key_id.to_owned(), viewable: viewable > 0, ..set }, codes)
}

async fn all(store: &dyn Store, kind: SealedKind, except: Option<&str>, limit: u32) -> Vec<SealedRow> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let part = store.list_sealed(&SealedPart { kind, except, after, limit }).await.unwrap();
        assert!(part.len() <= limit as usize);
        let Some(last) = part.last() else { return rows };
        after = Some(last.place);
        rows.extend(part);
    }
}

/// Each key is told with all that needs it, and with nothing that does not: dormant sets need none.
pub async fn what_needs_a_master_key_is_counted(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    assert_eq!(store.count_key_uses().await.unwrap(), []);
    let realm = a_realm();
    let people = ["ada", "bob", "cyd"].map(|login| an_account(&realm, login));
    let [ada, bob, cyd] = &people;
    let pending = a_pending_authenticator(ada);
    let (pending_set, pending_codes) = a_pending_recovery_set(ada, &pending);
    let pending_set = (RecoveryCodeSet { key_id: "old".to_owned(), ..pending_set }, pending_codes);
    let (active, viewable) = (set_under("old", ada, 0), set_under("new", bob, 3));
    let (dormant, codes) = set_under("old", cyd, 0);
    let dormant = (RecoveryCodeSet { status: RecoverySetStatus::Dormant, ..dormant }, codes);
    keep(store, &[&realm, ada, bob, cyd, &under("old", ada), &under("old", bob), &under("new", cyd), &pending]).await;
    keep(store, &[&pending_set, &active, &viewable, &dormant]).await;
    let claim = IdempotencyClaim { request: sealed("old", 1), ..an_idempotency_claim() };
    let answered = IdempotencyClaim { request: sealed("old", 2), ..an_idempotency_claim() };
    let answer = sealed("new", 3);
    in_unit!(store, |unit| async {
        unit.idempotency().claim(&claim).await?;
        unit.idempotency().claim(&answered).await?;
        unit.idempotency().keep_answer(&answered.digest, answered.id, &answer).await
    })
    .unwrap();

    let new = KeyUse {
        key_id: "new".to_owned(),
        authenticators: 1,
        recovery_codes: 3,
        kept_answers: 1,
        recovery_sets: 1,
        ..KeyUse::default()
    };
    let old = KeyUse {
        key_id: "old".to_owned(),
        authenticators: 2,
        kept_answers: 2,
        recovery_sets: 1,
        pending_sets: 1,
        ..KeyUse::default()
    };
    let plain = KeyUse { key_id: "plain".to_owned(), authenticators: 1, ..KeyUse::default() };
    assert_eq!(store.count_key_uses().await.unwrap(), [new, old.clone(), plain]);
    assert_eq!(in_unit!(store, |unit| unit.master_keys().lock_uses("old")).unwrap(), old);
    let none = in_unit!(store, |unit| unit.master_keys().lock_uses("none")).unwrap();
    assert!(none.is_none() && none.key_id == "none");

    let mut expected = [pending_set.0.id, active.0.id];
    expected.sort();
    assert_eq!(store.list_sets_of_key("old", None, 10).await.unwrap(), expected);
    assert_eq!(store.list_sets_of_key("old", None, 1).await.unwrap(), expected[..1]);
    assert_eq!(store.list_sets_of_key("old", Some(expected[0]), 10).await.unwrap(), expected[1..]);
}

/// Every sealed value is listed once, with its place and its bytes, in parts of any size; but for those of a key, where they are
/// not wanted.
pub async fn sealed_values_are_listed_part_by_part(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(store, &[&realm, &account]).await;
    let mut secrets = Vec::new();
    for key_id in ["old", "new", "old", "old", "new"] {
        let authenticator = under(key_id, &account);
        keep(store, &[&authenticator]).await;
        secrets.push(authenticator);
    }
    keep(store, &[&set_under("old", &account, 5)]).await;
    for byte in 0..5 {
        let claim = IdempotencyClaim { request: sealed("old", byte), ..an_idempotency_claim() };
        let answer = sealed("new", byte);
        in_unit!(store, |unit| async {
            unit.idempotency().claim(&claim).await?;
            unit.idempotency().keep_answer(&claim.digest, claim.id, &answer).await
        })
        .unwrap();
    }
    for limit in [1, 2, 100] {
        let rows = all(store, SealedKind::Secret, None, limit).await;
        let found: Vec<_> = rows.iter().map(|row| (row.place.row(), row.sealed.clone())).collect();
        let expected: Vec<_> = secrets.iter().map(|it| (it.id.to_string(), it.sealed_secret.clone())).collect();
        assert_eq!(found, expected);
        let context = rows[0].place.context().unwrap();
        assert_eq!((context.realm_id, context.account_id), (realm.id, account.id));
        assert_eq!(all(store, SealedKind::Secret, Some("old"), limit).await.len(), 2);
        for (kind, key_id) in
            [(SealedKind::RecoveryCode, "old"), (SealedKind::Request, "old"), (SealedKind::Answer, "new")]
        {
            let rows = all(store, kind, None, limit).await;
            let mut bytes: Vec<u8> = rows.iter().map(|row| row.sealed.bytes[0]).collect();
            bytes.sort_unstable();
            assert_eq!(bytes, [0, 1, 2, 3, 4], "{kind:?}");
            assert!(rows.iter().all(|row| row.sealed.key_id == key_id));
            assert_eq!(all(store, kind, Some(key_id), limit).await, []);
        }
    }
}

/// A value is put in the place of the one that was read, and of no other: whoever changed the row meanwhile knows better.
pub async fn a_value_that_changed_meanwhile_is_not_resealed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (authenticator, codes) = (under("old", &account), set_under("old", &account, 1));
    keep(store, &[&realm, &account, &authenticator, &codes]).await;
    let claim = IdempotencyClaim { request: sealed("old", 1), ..an_idempotency_claim() };
    let answer = sealed("old", 2);
    in_unit!(store, |unit| async {
        unit.idempotency().claim(&claim).await?;
        unit.idempotency().keep_answer(&claim.digest, claim.id, &answer).await
    })
    .unwrap();
    for kind in SealedKind::ALL {
        let [row] = all(store, kind, None, 10).await.try_into().unwrap();
        let (first, second) = (sealed("new", 8), sealed("newer", 9));
        assert!(in_unit!(store, |unit| unit.master_keys().reseal(&row, &first)).unwrap(), "{kind:?}");
        let [now] = all(store, kind, None, 10).await.try_into().unwrap();
        assert_eq!(now, SealedRow { sealed: first.clone(), ..row.clone() });
        assert!(!in_unit!(store, |unit| unit.master_keys().reseal(&row, &second)).unwrap(), "{kind:?}");
        assert_eq!(all(store, kind, None, 10).await, [now]);
    }
    let [row] = all(store, SealedKind::Secret, None, 10).await.try_into().unwrap();
    in_unit!(store, |unit| unit.authenticators().remove(account.id, authenticator.id)).unwrap();
    assert!(!in_unit!(store, |unit| unit.master_keys().reseal(&row, &sealed("newer", 9))).unwrap(), "it is gone");
    assert_eq!(all(store, SealedKind::Secret, None, 10).await, []);
}

/// Sets in force that were made with a key become dormant, in this realm alone; those of other keys and pending ones stay.
pub async fn sets_of_a_key_are_put_out_of_use_in_their_realm(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    let (ada, bob, eve) = (an_account(&realm, "ada"), an_account(&realm, "bob"), an_account(&other, "eve"));
    let (hers, his, theirs) = (set_under("old", &ada, 0), set_under("new", &bob, 0), set_under("old", &eve, 0));
    let pending = a_pending_authenticator(&bob);
    let (set, codes) = a_pending_recovery_set(&bob, &pending);
    let pending_set = (RecoveryCodeSet { key_id: "old".to_owned(), ..set }, codes);
    keep(store, &[&realm, &other, &ada, &bob, &eve, &hers, &his, &theirs, &pending, &pending_set]).await;
    assert_eq!(in_unit!(store, |unit| unit.master_keys().void_sets(&realm, "old")).unwrap(), 1);
    let digest = &hers.1[0].digest;
    assert!(!in_unit!(store, |unit| unit.recovery_codes().redeem(ada.id, hers.0.id, digest, NOW)).unwrap());
    for (account, (set, codes)) in [(&bob, &his), (&eve, &theirs)] {
        let digest = &codes[0].digest;
        assert!(in_unit!(store, |unit| unit.recovery_codes().redeem(account.id, set.id, digest, NOW)).unwrap());
    }
    let factor = store.find_second_factor(bob.id).await.unwrap().unwrap();
    let status = factor.recovery_sets.iter().find(|set| set.id == pending_set.0.id).map(|set| set.status);
    assert_eq!(status, Some(RecoverySetStatus::Pending));
    assert_eq!(in_unit!(store, |unit| unit.master_keys().void_sets(&realm, "old")).unwrap(), 0);
}

/// Once a key is retired, no store takes what needs it, whatever key ring its node has.
pub async fn nothing_is_sealed_under_a_retired_key(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let kept = under("new", &account);
    keep(store, &[&realm, &account, &a_key_check("old", NOW), &a_key_check("new", seconds(1)), &kept]).await;
    in_unit!(store, |unit| unit.master_keys().mark_retired("old", seconds(9))).unwrap();
    in_unit!(store, |unit| unit.master_keys().mark_retired("old", seconds(99))).unwrap();
    let checks = store.list_key_checks().await.unwrap();
    assert_eq!(checks.iter().map(|check| check.retired_at).collect::<Vec<_>>(), [Some(seconds(9)), None]);

    let (late, set) = (under("old", &account), set_under("old", &account, 0));
    assert!(in_unit!(store, |unit| unit.authenticators().insert(&late)).is_err());
    assert!(in_unit!(store, |unit| unit.recovery_codes().insert(&set.0, &set.1)).is_err());
    let good = set_under("new", &account, 0);
    in_unit!(store, |unit| unit.recovery_codes().insert(&good.0, &good.1)).unwrap();
    let code = SealedRecoveryCode { sealed: Some(sealed("old", 1)), ..a_recovery_code() };
    assert!(in_unit!(store, |unit| unit.recovery_codes().add_code(good.0.id, &code)).is_err());
    let [row] = all(store, SealedKind::Secret, None, 10).await.try_into().unwrap();
    assert!(in_unit!(store, |unit| unit.master_keys().reseal(&row, &sealed("old", 1))).is_err());
    let used = in_unit!(store, |unit| unit.master_keys().lock_uses("old")).unwrap();
    assert!(used.is_none(), "{used:?}");
}

/// Those who seal under a key and one who retires it meet: either all of theirs is seen and the key stays, or nothing of it was
/// taken.
pub async fn a_key_is_not_retired_while_something_is_sealed_under_it(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for round in bench.rounds() {
        let key_id = format!("key of round {round}");
        let realm = a_realm();
        let account = an_account(&realm, "ada");
        let check = KeyCheck { created_at: seconds(i64::try_from(round).unwrap()), ..a_key_check(&key_id, NOW) };
        keep(bench.store(), &[&realm, &account, &check]).await;
        let met = bench
            .contend(|task, store| {
                let (key_id, late) = (key_id.clone(), under(&key_id, &account));
                async move {
                    if task == 0 {
                        let retired = in_unit!(store, |unit| async {
                            let used = unit.master_keys().lock_uses(&key_id).await?;
                            if used.is_none() {
                                unit.master_keys().mark_retired(&key_id, NOW).await?;
                            }
                            Ok(used.is_none())
                        });
                        (retired.unwrap(), 0)
                    } else {
                        let taken = in_unit!(store, |unit| unit.authenticators().insert(&late));
                        (false, u64::from(taken.is_ok()))
                    }
                }
            })
            .await;
        let (retired, taken) = (met[0].0, met.iter().map(|(_, taken)| taken).sum::<u64>());
        assert!(!retired || taken == 0, "round {round}: retired with {taken} values under it");
    }
}
