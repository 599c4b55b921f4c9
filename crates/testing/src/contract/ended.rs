//! What a policy ended.

use countersign_application::account::Account;
use countersign_application::housekeeping::Ended;
use countersign_application::ports::Sealed;
use countersign_application::realm::Realm;
use countersign_application::recovery::{RecoveryCodeSet, SealedRecoveryCode};
use countersign_application::second_factor::Authenticator;
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;
use countersign_core::{Algorithm, TotpParameters};
use countersign_policy::{Policy, PolicyDocument};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_challenge, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_set, a_session,
    a_trusted_device, an_account, an_authenticator, keep, seconds,
};

/// Far more than there is.
const ALL: u32 = 100;

fn with(realm: &Realm, change: impl FnOnce(&mut PolicyDocument)) -> Realm {
    let mut document = realm.policy.clone().into_document();
    change(&mut document);
    Realm { policy: Policy::new(document).expect("the changed policy is valid"), ..realm.clone() }
}

fn sorted(mut ended: Ended) -> Ended {
    ended.sessions.sort();
    ended.challenges.sort();
    ended.trusted_devices.sort();
    ended.enrollments.sort();
    ended.recovery_sets.sort();
    ended.viewable_sets.sort();
    ended
}

fn a_viewable_set(account: &Account) -> (RecoveryCodeSet, Vec<SealedRecoveryCode>) {
    let (set, codes) = a_recovery_set(account);
    let sealed = |code: SealedRecoveryCode| SealedRecoveryCode {
        sealed: Some(Sealed { key_id: "plain".to_owned(), bytes: vec![1, 2, 3] }),
        ..code
    };
    (RecoveryCodeSet { viewable: true, ..set }, codes.into_iter().map(sealed).collect())
}

/// What has ended under the policy is found, and nothing else, nor in another realm; what is found is removed with all
/// that belongs to it, and of codes that nobody may view the sealed copy.
pub async fn what_a_policy_ended_is_found_and_removed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&other, "eve"));
    keep(store, &[&realm, &other, &account, &stranger]).await;
    // Things that end one microsecond before, at, and after now, by every rule there is.
    let at = seconds(100);
    let strict = with(&realm, |policy| {
        policy.sign_in.session_ttl_seconds = 300;
        policy.sign_in.session_idle_seconds = 60;
        policy.sign_in.challenge_ttl_seconds = 60;
        policy.sign_in.challenge_attempts = 2;
        policy.sign_in.trusted_device_days = 1;
        policy.enrollment.ttl_seconds = 60;
    });
    let mut expected = Ended::default();
    for whose in [&account, &stranger] {
        let ours = whose.id == account.id;
        for (created_at, last_seen_at, expires_at, ended) in [
            (NOW, seconds(90), seconds(400), false),
            (NOW, seconds(40), seconds(400), true),
            (NOW, seconds(41), seconds(400), false),
            (seconds(-200), seconds(99), seconds(400), true),
            (seconds(-199), seconds(99), seconds(400), false),
            (NOW, seconds(90), seconds(100), true),
        ] {
            let session = Session { created_at, last_seen_at, expires_at, ..a_session(whose) };
            keep(store, &[&session]).await;
            expected.sessions.extend((ours && ended).then_some(session.id));
        }
        for (created_at, failed_tries, expires_at, ended) in [
            (seconds(90), 0, seconds(400), false),
            (seconds(90), 2, seconds(400), true),
            (seconds(40), 0, seconds(400), true),
            (seconds(41), 1, seconds(400), false),
            (seconds(90), 0, seconds(100), true),
        ] {
            let challenge = Challenge { created_at, failed_tries, expires_at, ..a_challenge(whose) };
            keep(store, &[&challenge]).await;
            expected.challenges.extend((ours && ended).then_some(challenge.id));
        }
        let day = 86_400;
        for (created_at, ended) in [(seconds(100 - day), true), (seconds(101 - day), false)] {
            let device = TrustedDevice { created_at, ..a_trusted_device(whose) };
            keep(store, &[&device]).await;
            expected.trusted_devices.extend((ours && ended).then_some(device.id));
        }
        let digits = TotpParameters::DEFAULT.digits();
        let sha256 = TotpParameters::new(Algorithm::Sha256, digits, 30).expect("the parameters are valid");
        let minute = TotpParameters::new(Algorithm::Sha1, digits, 60).expect("the parameters are valid");
        for (created_at, parameters, ended) in [
            (seconds(90), TotpParameters::DEFAULT, false),
            (seconds(40), TotpParameters::DEFAULT, true),
            (seconds(90), sha256, true),
            (seconds(90), minute, true),
        ] {
            let pending = Authenticator { created_at, parameters, ..a_pending_authenticator(whose) };
            let codes = a_pending_recovery_set(whose, &pending);
            keep(store, &[&pending, &codes]).await;
            expected.enrollments.extend((ours && ended).then_some(pending.id));
        }
        keep(store, &[&Authenticator { parameters: sha256, created_at: seconds(-900), ..an_authenticator(whose) }])
            .await;
    }
    let expected = sorted(expected);
    let list = async |realm: &Realm, limit| sorted(store.list_ended(realm, at, limit).await.unwrap());
    assert_eq!(list(&strict, ALL).await, expected);
    let part = list(&strict, 1).await;
    assert_eq!((part.sessions.len(), part.challenges.len(), part.enrollments.len()), (1, 1, 1), "at most so many");

    in_unit!(store, |unit| unit.housekeeping().remove_ended(&expected)).unwrap();
    assert_eq!(list(&strict, ALL).await, Ended::default());
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!(factor.authenticators.len(), 2, "the active one and the one that is pending are there");
    assert_eq!(factor.recovery_sets.len(), 1, "and the codes of the latter");
    let strangers = list(&Realm { id: other.id, ..strict.clone() }, ALL).await;
    assert_eq!(strangers.sessions.len(), expected.sessions.len(), "nothing of another realm was removed");

    // Recovery codes, where the policy has none, or lets nobody view them.
    let (viewable, plain) = (a_viewable_set(&account), a_recovery_set(&stranger));
    keep(store, &[&viewable, &plain]).await;
    let hidden = list(&with(&realm, |policy| policy.recovery_codes.viewable = false), ALL).await;
    assert_eq!(hidden.viewable_sets, [viewable.0.id]);
    in_unit!(store, |unit| unit.housekeeping().remove_ended(&hidden)).unwrap();
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    let left = factor.recovery_sets.iter().find(|set| set.id == viewable.0.id).expect("the set is there");
    assert!(!left.viewable && left.remaining == 10);
    let codes = store.list_unused_recovery_codes(viewable.0.id).await.unwrap();
    assert!(codes.len() == 10 && codes.iter().all(|code| code.sealed.is_none()));
    let none = list(&with(&realm, |policy| policy.recovery_codes.count = 0), ALL).await;
    assert!(none.recovery_sets.contains(&viewable.0.id) && none.viewable_sets.is_empty());
    in_unit!(store, |unit| unit.housekeeping().remove_ended(&none)).unwrap();
    assert!(store.find_second_factor(account.id).await.unwrap().unwrap().recovery_sets.is_empty());
    let strangers = store.find_second_factor(stranger.id).await.unwrap().unwrap();
    assert!(strangers.recovery_sets.iter().any(|set| set.id == plain.0.id));
}
