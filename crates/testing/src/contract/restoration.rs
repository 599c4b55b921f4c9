//! A realm that was restored from a backup.

use countersign_application::restoration::{Distrust, Distrusted};
use countersign_application::second_factor::Authenticator;
use countersign_core::{Budget, Counters};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_challenge, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_set, a_session,
    a_trusted_device, an_account, an_authenticator, an_idempotency_claim, keep,
};

const DISTRUST: Distrust =
    Distrust { at: NOW, steps_ahead: 1, guesses_spent: 19, password_versions: 1_000, keeps_recovery_codes: false };

/// Whatever was used since the backup is out of use, in this realm alone; a step and a budget that say more stay as they are.
pub async fn a_restored_realm_opens_nothing_a_second_time(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&other, "eve"));
    let least = DISTRUST.last_step(30).unsigned_abs();
    let earlier = Authenticator { last_step: Some(least - 5), ..an_authenticator(&account) };
    let later = Authenticator { last_step: Some(least + 5), ..an_authenticator(&account) };
    let theirs = Authenticator { last_step: None, ..an_authenticator(&stranger) };
    let pending = a_pending_authenticator(&account);
    let (codes, their_codes) = (a_recovery_set(&account), a_recovery_set(&stranger));
    let (session, their_session) = (a_session(&account), a_session(&stranger));
    let (challenge, device) = (a_challenge(&account), a_trusted_device(&account));
    let claim = an_idempotency_claim();
    keep(store, &[&realm, &other, &account, &stranger, &earlier, &later, &theirs, &pending]).await;
    keep(store, &[&a_pending_recovery_set(&account, &pending), &codes, &their_codes]).await;
    keep(store, &[&session, &their_session, &challenge, &device]).await;
    in_unit!(store, |unit| unit.idempotency().claim(&claim)).unwrap();

    let distrusted = in_unit!(store, |unit| unit.restoration().distrust(&realm, &DISTRUST)).unwrap();
    let expected = Distrusted { authenticators: 1, recovery_sets: 1, sessions: 1, trusted_devices: 1, enrollments: 1 };
    assert_eq!(distrusted, expected);

    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    let last = |id| factor.authenticator(id).map(|it| it.last_step);
    assert_eq!(last(earlier.id), Some(Some(least)));
    assert_eq!(last(later.id), Some(Some(least + 5)), "a later step is not lowered");
    assert_eq!(last(pending.id), None);
    assert_eq!(factor.recovery_sets.len(), 1, "pending codes go with their enrollment");
    assert!(factor.active_recovery_set().is_none());
    let (set, code) = (codes.0.id, &codes.1[0].digest);
    assert!(!in_unit!(store, |unit| unit.recovery_codes().redeem(account.id, set, code, NOW)).unwrap());
    let step = least;
    assert!(!in_unit!(store, |unit| unit.authenticators().accept_step(account.id, earlier.id, step, NOW)).unwrap());
    assert!(in_unit!(store, |unit| unit.authenticators().accept_step(account.id, earlier.id, step + 1, NOW)).unwrap());
    assert_eq!(factor.state.counters.code_budget, Budget { spent: 19, since: Some(NOW) });
    let read = store.find_account(account.id).await.unwrap().unwrap();
    assert_eq!(read.password_version, account.password_version + 1_000);
    assert!(store.find_session(&session.token_digest).await.unwrap().is_none());
    assert!(store.find_challenge(&challenge.token_digest).await.unwrap().is_none());
    assert!(store.find_trusted_device(&device.token_digest).await.unwrap().is_none());
    assert!(store.find_idempotency_claim(&claim.digest).await.unwrap().is_none());

    let untouched = store.find_second_factor(stranger.id).await.unwrap().unwrap();
    assert_eq!(untouched.authenticator(theirs.id).map(|it| it.last_step), Some(None));
    assert_eq!(untouched.active_recovery_set().map(|set| set.id), Some(their_codes.0.id));
    assert_eq!(untouched.state.counters, Counters::default());
    assert!(store.find_session(&their_session.token_digest).await.unwrap().is_some());

    let kept = Distrust { keeps_recovery_codes: true, guesses_spent: 3, ..DISTRUST };
    let again = in_unit!(store, |unit| unit.restoration().distrust(&other, &kept)).unwrap();
    assert_eq!((again.authenticators, again.recovery_sets), (1, 0));
    let again = in_unit!(store, |unit| unit.restoration().distrust(&realm, &kept)).unwrap();
    assert_eq!(again.recovery_sets, 0);
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!(factor.state.counters.code_budget.spent, 19, "nothing that is spent comes back");
    let untouched = store.find_second_factor(stranger.id).await.unwrap().unwrap();
    assert!(untouched.active_recovery_set().is_some(), "codes that are kept stay good");
}
