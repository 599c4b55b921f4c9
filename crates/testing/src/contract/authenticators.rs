//! Authenticators: what makes a code work once.

use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::{Authenticator, AuthenticatorName, AuthenticatorStatus};
use countersign_application::{AccountId, AuthenticatorId};
use countersign_core::Timestamp;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_set, an_account, an_authenticator, keep,
    seconds,
};

async fn accept(bench: &Bench, account: AccountId, id: AuthenticatorId, step: u64) -> bool {
    in_unit!(bench.store(), |unit| unit.authenticators().accept_step(account, id, step, NOW)).unwrap()
}

async fn activate(bench: &Bench, account: AccountId, id: AuthenticatorId, step: u64, at: Timestamp) -> bool {
    in_unit!(bench.store(), |unit| unit.authenticators().activate(account, id, step, at)).unwrap()
}

async fn find(bench: &Bench, authenticator: &Authenticator) -> Option<Authenticator> {
    let factor = bench.store().find_second_factor(authenticator.account_id).await.unwrap()?;
    factor.authenticator(authenticator.id).cloned()
}

/// Of any number of claims of one step, one is accepted.
pub async fn a_code_is_accepted_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for round in bench.rounds() {
        // Every second one has accepted no step yet: the first claim is no different.
        let last_step = (round % 2 == 0).then_some(1_000);
        let authenticator = Authenticator { last_step, ..an_authenticator(&account) };
        keep(bench.store(), &[&authenticator]).await;
        let verdicts = bench.contend(|_, store| async move {
            in_unit!(store, |unit| unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW)).unwrap()
        });
        let accepted = winners(&verdicts.await);
        assert_eq!(accepted, 1, "one of the claims of a step is accepted, not {accepted}");
        let found = find(&bench, &authenticator).await.unwrap();
        assert_eq!(found.last_step, Some(2_000));
    }
}

/// Also when claims of several steps meet, each is accepted at most once, and the greatest stays.
pub async fn the_greatest_step_stays_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for _ in bench.rounds() {
        let authenticator = an_authenticator(&account);
        keep(bench.store(), &[&authenticator]).await;
        let verdicts = bench.contend(|task, store| {
            let step = 2_000 + (task % 3) as u64;
            async move {
                let claim =
                    in_unit!(store, |unit| unit.authenticators().accept_step(account.id, authenticator.id, step, NOW));
                (step, claim.unwrap())
            }
        });
        let verdicts = verdicts.await;
        for step in 2_000..=2_002 {
            let accepted = verdicts.iter().filter(|verdict| **verdict == (step, true)).count();
            assert!(accepted <= 1, "one step was accepted {accepted} times");
        }
        assert!(verdicts.contains(&(2_002, true)), "the greatest step is accepted whatever came before it");
        assert_eq!(find(&bench, &authenticator).await.unwrap().last_step, Some(2_002), "the greatest step stays");
    }
}

/// The step must be greater than the last accepted one; equal or earlier ones are refused for ever.
pub async fn an_earlier_step_is_never_accepted_after_a_later_one(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let authenticator = Authenticator { last_step: None, ..an_authenticator(&account) };
    keep(bench.store(), &[&realm, &account, &authenticator]).await;
    let claims = [(2_000, true), (1_999, false), (0, false), (2_001, true), (2_000, false), (9_000, true)];
    for (step, verdict) in claims {
        assert_eq!(accept(&bench, account.id, authenticator.id, step).await, verdict, "step {step}");
    }
    for step in [2_002, 8_999, 9_000] {
        assert!(!accept(&bench, account.id, authenticator.id, step).await, "step {step}");
    }
    let first = Authenticator { last_step: None, ..an_authenticator(&account) };
    keep(bench.store(), &[&first]).await;
    assert!(accept(&bench, account.id, first.id, 0).await, "the first step may be 0");
    assert!(!accept(&bench, account.id, first.id, 0).await, "the first step is accepted once");
}

/// An accepted step notes itself and its time, and a refused one nothing at all.
pub async fn a_refused_step_changes_nothing(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (authenticator, other) = (an_authenticator(&account), an_authenticator(&account));
    let pending = a_pending_authenticator(&account);
    keep(bench.store(), &[&realm, &account, &authenticator, &other, &pending]).await;
    let claim = async |id, step, at| {
        in_unit!(bench.store(), |unit| unit.authenticators().accept_step(account.id, id, step, at)).unwrap()
    };
    assert!(claim(authenticator.id, 2_000, seconds(1)).await);
    let after = find(&bench, &authenticator).await.unwrap();
    let expected = Authenticator { last_step: Some(2_000), last_used_at: Some(seconds(1)), ..authenticator.clone() };
    assert_eq!(format!("{after:?}"), format!("{expected:?}"), "the step and the time are noted, and nothing else");

    let before = bench.store().find_second_factor(account.id).await.unwrap();
    for (id, step) in [(authenticator.id, 2_000), (authenticator.id, 5), (pending.id, 3_000)] {
        assert!(!claim(id, step, seconds(2)).await, "a claim of step {step} was accepted, and must be refused");
    }
    let after = bench.store().find_second_factor(account.id).await.unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"), "refused claims leave everything as it was");
}

/// Pending ones, removed ones and those of other accounts accept nothing.
pub async fn only_an_active_authenticator_of_the_account_accepts_steps(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (active, removed) = (an_authenticator(&account), an_authenticator(&account));
    let pending = a_pending_authenticator(&account);
    keep(bench.store(), &[&realm, &account, &stranger, &active, &removed, &pending]).await;
    assert!(in_unit!(bench.store(), |unit| unit.authenticators().remove(account.id, removed.id)).unwrap());

    assert!(!accept(&bench, account.id, pending.id, 2_000).await, "a pending one");
    assert!(!accept(&bench, account.id, removed.id, 2_000).await, "a removed one");
    assert!(!accept(&bench, account.id, an_authenticator(&account).id, 2_000).await, "one that never was");
    assert!(!accept(&bench, stranger.id, active.id, 2_000).await, "another account's");
    assert!(accept(&bench, account.id, active.id, 2_000).await, "an active one of the account");
    assert_eq!(find(&bench, &pending).await.unwrap().last_step, None);
}

/// Of any number of confirmations of one enrollment, one succeeds.
pub async fn an_enrollment_is_confirmed_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for _ in bench.rounds() {
        let pending = a_pending_authenticator(&account);
        keep(bench.store(), &[&pending]).await;
        let verdicts = bench.contend(|task, store| {
            let step = 2_000 + task as u64;
            async move {
                let claim = in_unit!(store, |unit| unit.authenticators().activate(account.id, pending.id, step, NOW));
                (step, claim.unwrap())
            }
        });
        let verdicts = verdicts.await;
        let confirming: Vec<u64> = verdicts.iter().filter(|(_, won)| *won).map(|(step, _)| *step).collect();
        let confirmed = confirming.len();
        assert_eq!(confirmed, 1, "one of the confirmations of an enrollment succeeds, not {confirmed}");
        let found = find(&bench, &pending).await.unwrap();
        assert_eq!(found.last_step, Some(confirming[0]), "the step that confirmed is the one that is spent");
    }
}

/// Disabling ends every active authenticator of the account, and nothing else.
pub async fn a_disabled_authenticator_accepts_no_step(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (first, second, pending) =
        (an_authenticator(&account), an_authenticator(&account), a_pending_authenticator(&account));
    let theirs = an_authenticator(&stranger);
    keep(bench.store(), &[&realm, &account, &stranger, &first, &second, &pending, &theirs]).await;
    let disable = async || in_unit!(bench.store(), |unit| unit.authenticators().disable_all(account.id)).unwrap();
    assert_eq!(disable().await, 2);
    assert_eq!(disable().await, 0, "there are none left");
    let step = u64::MAX / 4;
    for (authenticator, accepts) in [(&first, false), (&second, false), (&pending, false), (&theirs, true)] {
        let (account, id) = (authenticator.account_id, authenticator.id);
        let accepted = in_unit!(bench.store(), |unit| unit.authenticators().accept_step(account, id, step, NOW));
        assert_eq!(accepted.unwrap(), accepts);
        let status = if accepts || id == pending.id { authenticator.status } else { AuthenticatorStatus::Disabled };
        assert_eq!(find(&bench, authenticator).await.unwrap().status, status);
    }
    assert!(activate(&bench, account.id, pending.id, 2_000, NOW).await, "another one can be enrolled");
    assert!(in_unit!(bench.store(), |unit| unit.authenticators().remove(account.id, first.id)).unwrap());
}

/// Confirming notes its time and its step, makes the authenticator active for good, and changes nothing else.
pub async fn a_confirmed_enrollment_is_an_active_authenticator(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let active = an_authenticator(&account);
    let pending = Authenticator { replaces: Some(active.id), ..a_pending_authenticator(&account) };
    let other = a_pending_authenticator(&account);
    keep(bench.store(), &[&realm, &account, &stranger, &pending, &other, &active]).await;
    assert!(!activate(&bench, stranger.id, pending.id, 2_000, seconds(60)).await, "another account's");
    assert!(!activate(&bench, account.id, active.id, 2_000, seconds(60)).await, "one that is active already");
    assert!(
        !activate(&bench, account.id, an_authenticator(&account).id, 2_000, seconds(60)).await,
        "one that never was"
    );
    assert!(activate(&bench, account.id, pending.id, 2_000, seconds(60)).await);
    let expected = Authenticator {
        status: AuthenticatorStatus::Active,
        last_step: Some(2_000),
        expires_at: None,
        replaces: None,
        confirmed_at: Some(seconds(60)),
        last_used_at: Some(seconds(60)),
        ..pending.clone()
    };
    let found = find(&bench, &pending).await.unwrap();
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    assert_eq!(find(&bench, &other).await.unwrap().status, AuthenticatorStatus::Pending, "another one stays pending");
    assert_eq!(find(&bench, &active).await.unwrap().last_step, active.last_step);
}

/// The end of an enrollment is no part of it.
pub async fn an_expired_enrollment_is_not_confirmed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let pending = Authenticator { expires_at: Some(seconds(900)), ..a_pending_authenticator(&account) };
    keep(bench.store(), &[&realm, &account, &pending]).await;
    for late in [seconds(900), seconds(901), seconds(86_400)] {
        assert!(!activate(&bench, account.id, pending.id, 2_000, late).await, "confirmed at {late:?}");
    }
    let found = find(&bench, &pending).await.unwrap();
    assert_eq!((found.status, found.last_step), (AuthenticatorStatus::Pending, None));
    let just_in_time = Timestamp::from_micros(seconds(900).as_micros() - 1);
    assert!(activate(&bench, account.id, pending.id, 2_000, just_in_time).await, "refused before its end");
}

/// The code that confirmed does not sign in.
pub async fn the_confirming_step_is_spent(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let pending = a_pending_authenticator(&account);
    keep(bench.store(), &[&realm, &account, &pending]).await;
    assert!(activate(&bench, account.id, pending.id, 2_000, NOW).await);
    assert!(!accept(&bench, account.id, pending.id, 2_000).await, "the confirming step was accepted again");
    assert!(!accept(&bench, account.id, pending.id, 1_999).await, "a step before the confirming one was accepted");
    assert!(accept(&bench, account.id, pending.id, 2_001).await, "the next step was refused");
}

/// What is active, and what is other accounts', is not touched by beginning an enrollment again.
pub async fn beginning_again_touches_only_what_is_pending(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (active, pending) = (an_authenticator(&account), a_pending_authenticator(&account));
    let others = a_pending_authenticator(&other);
    let (codes, pending_codes) = (a_recovery_set(&account), a_pending_recovery_set(&account, &pending));
    let others_codes = a_pending_recovery_set(&other, &others);
    keep(bench.store(), &[&realm, &account, &other, &active, &pending, &others]).await;
    keep(bench.store(), &[&codes, &pending_codes, &others_codes]).await;
    let others_before = bench.store().find_second_factor(other.id).await.unwrap();
    let state_before = bench.store().find_second_factor(account.id).await.unwrap().unwrap().state;

    in_unit!(bench.store(), |unit| unit.authenticators().remove_pending(account.id)).unwrap();

    let factor = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!(format!("{:?}", factor.authenticators), format!("{:?}", [active]));
    assert_eq!(factor.recovery_sets, std::slice::from_ref(&codes.0));
    assert_eq!(factor.state, state_before);
    assert_eq!(bench.store().list_unused_recovery_codes(codes.0.id).await.unwrap(), codes.1);
    assert!(bench.store().list_unused_recovery_codes(pending_codes.0.id).await.unwrap().is_empty());
    let others_after = bench.store().find_second_factor(other.id).await.unwrap();
    assert_eq!(format!("{others_after:?}"), format!("{others_before:?}"));
    in_unit!(bench.store(), |unit| unit.authenticators().remove_pending(account.id)).expect("nothing is pending");
}

/// Removing takes one authenticator of the account and the recovery codes that were pending with it, no active ones.
pub async fn removing_an_authenticator_takes_only_what_is_pending_with_it(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (active, pending) = (an_authenticator(&account), a_pending_authenticator(&account));
    let (codes, pending_codes) = (a_recovery_set(&account), a_pending_recovery_set(&account, &pending));
    keep(bench.store(), &[&realm, &account, &stranger, &active, &pending, &codes, &pending_codes]).await;
    let remove = async |account, id| in_unit!(bench.store(), |unit| unit.authenticators().remove(account, id)).unwrap();
    let sets = async || {
        let factor = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
        let mut sets: Vec<_> = factor.recovery_sets.iter().map(|set| (set.id, set.status)).collect();
        sets.sort_unstable();
        sets
    };
    assert!(!remove(stranger.id, active.id).await, "another account's");
    assert!(!remove(account.id, an_authenticator(&account).id).await, "one that never was");
    assert_eq!(sets().await.len(), 2);
    assert!(remove(account.id, pending.id).await);
    assert!(find(&bench, &pending).await.is_none());
    assert_eq!(sets().await, [(codes.0.id, RecoverySetStatus::Active)]);
    assert!(bench.store().list_unused_recovery_codes(pending_codes.0.id).await.unwrap().is_empty());
    assert!(!remove(account.id, pending.id).await, "it is gone already");
    assert!(remove(account.id, active.id).await);
    assert_eq!(sets().await, [(codes.0.id, RecoverySetStatus::Active)], "the active codes are not the authenticator's");
}

/// Removing all takes those of the account, and only those.
pub async fn removing_all_authenticators_touches_only_the_account(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (active, pending, others) =
        (an_authenticator(&account), a_pending_authenticator(&account), an_authenticator(&other));
    let (codes, pending_codes) = (a_recovery_set(&account), a_pending_recovery_set(&account, &pending));
    keep(bench.store(), &[&realm, &account, &other, &active, &pending, &others, &codes, &pending_codes]).await;
    in_unit!(bench.store(), |unit| unit.authenticators().remove_all(account.id)).unwrap();
    let factor = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
    assert!(factor.authenticators.is_empty());
    let sets: Vec<_> = factor.recovery_sets.iter().map(|set| set.id).collect();
    assert_eq!(sets, [codes.0.id], "what was pending with them is gone, what was active stays");
    assert!(find(&bench, &others).await.is_some());
}

/// A new name is given to an authenticator of the account, pending or active, and changes nothing else.
pub async fn only_an_authenticator_of_the_account_is_renamed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (authenticator, other) = (an_authenticator(&account), an_authenticator(&account));
    keep(bench.store(), &[&realm, &account, &stranger, &authenticator, &other]).await;
    let name = AuthenticatorName::new("Ada’s phone 📱").unwrap();
    let rename = async |account| {
        in_unit!(bench.store(), |unit| unit.authenticators().rename(account, authenticator.id, &name)).unwrap()
    };
    assert!(!rename(stranger.id).await, "another account's");
    assert_eq!(find(&bench, &authenticator).await.unwrap().name, authenticator.name);
    assert!(rename(account.id).await);
    let expected = Authenticator { name: name.clone(), ..authenticator.clone() };
    assert_eq!(format!("{:?}", find(&bench, &authenticator).await.unwrap()), format!("{expected:?}"));
    assert_eq!(find(&bench, &other).await.unwrap().name, other.name);
    assert!(rename(account.id).await, "the same name again");
    let gone = an_authenticator(&account).id;
    assert!(!in_unit!(bench.store(), |unit| unit.authenticators().rename(account.id, gone, &name)).unwrap());
}
