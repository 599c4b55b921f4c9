//! Recovery codes.

use countersign_application::recovery::{RecoveryCodeSet, RecoveryDigest, RecoverySetStatus};
use countersign_application::{AccountId, RecoveryCodeSetId};

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_code, a_recovery_set, an_account, keep,
    seconds,
};

async fn redeem(bench: &Bench, account: AccountId, set: RecoveryCodeSetId, digest: &RecoveryDigest) -> bool {
    in_unit!(bench.store(), |unit| unit.recovery_codes().redeem(account, set, digest, NOW)).unwrap()
}

async fn unused(bench: &Bench, set: RecoveryCodeSetId) -> u32 {
    in_unit!(bench.store(), |unit| unit.recovery_codes().count_unused(set)).unwrap()
}

async fn sets(bench: &Bench, account: AccountId) -> Vec<RecoveryCodeSet> {
    bench.store().find_second_factor(account).await.unwrap().unwrap().recovery_sets
}

/// Of any number of redemptions of one code, one succeeds.
pub async fn a_recovery_code_is_redeemed_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    for round in bench.rounds() {
        let account = an_account(&realm, &format!("account {round}"));
        let (set, codes) = a_recovery_set(&account);
        let digest = codes[round % codes.len()].digest;
        keep(bench.store(), &[&account, &(set.clone(), codes)]).await;
        let verdicts = bench.contend(|_, store| async move {
            in_unit!(store, |unit| unit.recovery_codes().redeem(account.id, set.id, &digest, NOW)).unwrap()
        });
        let redeemed = winners(&verdicts.await);
        assert_eq!(redeemed, 1, "one of the redemptions of a code succeeds, not {redeemed}");
        assert_eq!(unused(&bench, set.id).await, 9);
    }
}

/// A redeemed code stays redeemed, its siblings do not mind, and what remains is counted.
pub async fn a_redeemed_code_is_gone_and_the_others_remain(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (set, codes) = a_recovery_set(&account);
    keep(bench.store(), &[&realm, &account, &(set.clone(), codes.clone())]).await;
    for (left, code) in (0..10).rev().zip(&codes) {
        assert!(redeem(&bench, account.id, set.id, &code.digest).await);
        assert!(!redeem(&bench, account.id, set.id, &code.digest).await, "a code was redeemed twice");
        assert_eq!(unused(&bench, set.id).await, left);
        let found = sets(&bench, account.id).await;
        assert_eq!(found, [RecoveryCodeSet { remaining: left, ..set.clone() }]);
        let listed = bench.store().list_unused_recovery_codes(set.id).await.unwrap();
        assert_eq!(listed, codes[10 - left as usize..], "the unused codes in the order in which they were issued");
    }
    assert!(!redeem(&bench, account.id, set.id, &a_recovery_code().digest).await, "a code that was never issued");
}

/// Pending and dormant sets, removed ones and those of other accounts redeem nothing, and lose nothing.
pub async fn only_an_active_set_of_the_account_redeems(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other, third) = (an_account(&realm, "ada"), an_account(&realm, "bob"), an_account(&realm, "cleo"));
    let enrollment = a_pending_authenticator(&account);
    let (active, pending) = (a_recovery_set(&account), a_pending_recovery_set(&account, &enrollment));
    let (others, dormant) = (a_recovery_set(&other), a_recovery_set(&third));
    let dormant = (RecoveryCodeSet { status: RecoverySetStatus::Dormant, ..dormant.0 }, dormant.1);
    keep(bench.store(), &[&realm, &account, &other, &third, &enrollment]).await;
    keep(bench.store(), &[&active, &pending, &others, &dormant]).await;

    let digest = &active.1[0].digest;
    assert!(!redeem(&bench, account.id, pending.0.id, &pending.1[0].digest).await, "a pending set");
    assert!(!redeem(&bench, third.id, dormant.0.id, &dormant.1[0].digest).await, "a dormant set");
    assert!(!redeem(&bench, account.id, others.0.id, &others.1[0].digest).await, "another account's set");
    assert!(!redeem(&bench, other.id, active.0.id, digest).await, "for another account");
    assert!(!redeem(&bench, account.id, active.0.id, &others.1[0].digest).await, "another account's code");
    assert!(!redeem(&bench, account.id, active.0.id, &pending.1[0].digest).await, "another set's code");
    for (set, _) in [&active, &pending, &others, &dormant] {
        assert_eq!(unused(&bench, set.id).await, 10, "a refused redemption costs no code");
    }
    assert!(redeem(&bench, account.id, active.0.id, digest).await, "a code of the account's active set");
    in_unit!(bench.store(), |unit| unit.recovery_codes().remove_all(account.id)).unwrap();
    assert!(!redeem(&bench, account.id, active.0.id, &active.1[1].digest).await, "a removed set");
}

/// The codes shown at the beginning of an enrollment replace those of before, active or dormant, when it is confirmed.
pub async fn an_activated_set_replaces_the_one_before(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let other = an_account(&realm, "other");
    let others = a_recovery_set(&other);
    keep(bench.store(), &[&realm, &other, &others]).await;
    for (login, status) in [("ada", RecoverySetStatus::Active), ("bob", RecoverySetStatus::Dormant)] {
        let account = an_account(&realm, login);
        let enrollment = a_pending_authenticator(&account);
        let before = a_recovery_set(&account);
        let before = (RecoveryCodeSet { status, ..before.0 }, before.1);
        let pending = a_pending_recovery_set(&account, &enrollment);
        keep(bench.store(), &[&account, &enrollment, &before, &pending]).await;
        let activate = async |account| {
            in_unit!(bench.store(), |unit| unit.recovery_codes().activate(account, pending.0.id)).unwrap();
        };
        activate(other.id).await;
        assert_eq!(sets(&bench, account.id).await.len(), 2, "another account activated the set");
        assert_eq!(sets(&bench, other.id).await, std::slice::from_ref(&others.0));

        activate(account.id).await;
        let found = sets(&bench, account.id).await;
        assert_eq!(found.len(), 1, "the set before is gone");
        assert_eq!((found[0].id, found[0].status, found[0].remaining), (pending.0.id, RecoverySetStatus::Active, 10));
        assert!(bench.store().list_unused_recovery_codes(before.0.id).await.unwrap().is_empty());
        assert!(redeem(&bench, account.id, pending.0.id, &pending.1[3].digest).await, "its codes are redeemed now");
        assert!(!redeem(&bench, account.id, before.0.id, &before.1[3].digest).await, "the old codes are worthless");
    }
}

/// A dormant set is kept and seen, and worthless; what is pending, and other accounts', stays as it is.
pub async fn a_dormant_set_is_kept_and_worthless(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let enrollment = a_pending_authenticator(&account);
    let (active, pending) = (a_recovery_set(&account), a_pending_recovery_set(&account, &enrollment));
    let others = a_recovery_set(&other);
    keep(bench.store(), &[&realm, &account, &other, &enrollment, &active, &pending, &others]).await;
    in_unit!(bench.store(), |unit| unit.recovery_codes().make_dormant(account.id)).unwrap();
    let mut found: Vec<_> = sets(&bench, account.id).await.iter().map(|set| (set.id, set.status)).collect();
    found.sort_unstable();
    assert_eq!(found, [(active.0.id, RecoverySetStatus::Dormant), (pending.0.id, RecoverySetStatus::Pending)]);
    assert!(!redeem(&bench, account.id, active.0.id, &active.1[0].digest).await, "a dormant set");
    assert_eq!(bench.store().list_unused_recovery_codes(active.0.id).await.unwrap(), active.1);
    assert_eq!(sets(&bench, other.id).await, std::slice::from_ref(&others.0));
    in_unit!(bench.store(), |unit| unit.recovery_codes().make_dormant(account.id)).expect("nothing is active");
}

/// A code that is added in place of a redeemed one comes last, and is as good as the others.
pub async fn an_added_code_is_as_good_as_the_others(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    // Made first, so that its identifier sorts before those of the set.
    let added = a_recovery_code();
    let (set, codes) = a_recovery_set(&account);
    keep(bench.store(), &[&realm, &account, &(set.clone(), codes.clone())]).await;
    let replaced = in_unit!(bench.store(), |unit| async {
        let redeemed = unit.recovery_codes().redeem(account.id, set.id, &codes[4].digest, NOW).await?;
        unit.recovery_codes().add_code(set.id, &added).await?;
        Ok((redeemed, unit.recovery_codes().count_unused(set.id).await?))
    });
    assert_eq!(replaced.unwrap(), (true, 10));
    let expected = [&codes[..4], &codes[5..], std::slice::from_ref(&added)].concat();
    assert_eq!(bench.store().list_unused_recovery_codes(set.id).await.unwrap(), expected);
    assert_eq!(sets(&bench, account.id).await, std::slice::from_ref(&set), "issued with ten, ten remain");
    assert!(redeem(&bench, account.id, set.id, &added.digest).await);
    assert!(!redeem(&bench, account.id, set.id, &added.digest).await, "the added code was redeemed twice");
    assert_eq!(unused(&bench, set.id).await, 9);
}

/// Codes are listed in the order in which they were issued, whatever their identifiers and digests.
pub async fn unused_codes_are_listed_in_the_order_of_issue(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (set, mut codes) = a_recovery_set(&account);
    codes.reverse();
    codes.swap(1, 7);
    keep(bench.store(), &[&realm, &account, &(set.clone(), codes.clone())]).await;
    assert_eq!(bench.store().list_unused_recovery_codes(set.id).await.unwrap(), codes);
    let never = a_recovery_set(&account).0.id;
    assert!(bench.store().list_unused_recovery_codes(never).await.unwrap().is_empty());
    assert_eq!(unused(&bench, never).await, 0);
}

/// Removing takes all sets of the account, whatever their status, and no other's.
pub async fn removing_recovery_codes_touches_only_the_account(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let enrollment = a_pending_authenticator(&account);
    let (active, pending) = (a_recovery_set(&account), a_pending_recovery_set(&account, &enrollment));
    let others = a_recovery_set(&other);
    keep(bench.store(), &[&realm, &account, &other, &enrollment, &active, &pending, &others]).await;
    in_unit!(bench.store(), |unit| unit.recovery_codes().remove_all(account.id)).unwrap();
    assert!(sets(&bench, account.id).await.is_empty());
    for (set, _) in [&active, &pending] {
        assert!(bench.store().list_unused_recovery_codes(set.id).await.unwrap().is_empty());
    }
    assert_eq!(sets(&bench, other.id).await, std::slice::from_ref(&others.0));
    assert_eq!(bench.store().list_unused_recovery_codes(others.0.id).await.unwrap(), others.1);
}

/// That the codes of a set were viewed for the password alone is noted for that set, and only for its own account.
pub async fn an_unproven_view_is_noted_for_its_set_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (set, others) = (a_recovery_set(&account), a_recovery_set(&other));
    keep(bench.store(), &[&realm, &account, &other, &set, &others]).await;
    let view = async |account, at| {
        in_unit!(bench.store(), |unit| unit.recovery_codes().note_unproven(account, set.0.id, at)).unwrap();
    };
    view(other.id, seconds(60)).await;
    assert_eq!(sets(&bench, account.id).await, std::slice::from_ref(&set.0), "another account viewed the set");
    view(account.id, seconds(61)).await;
    let viewed = RecoveryCodeSet { unproven_at: Some(seconds(61)), ..set.0.clone() };
    assert_eq!(sets(&bench, account.id).await, [viewed]);
    assert_eq!(sets(&bench, other.id).await, [others.0]);
}
