//! Master keys: what needs one keeps it.

use std::ops::ControlFlow;
use std::sync::Arc;

use countersign_application::account::Account;
use countersign_application::master_key::{
    CheckSealed, CountUnderOtherKeys, MasterKeyReads, RetireMasterKey, Retirement, RewrapSealed, SealedKind, SealedPart,
};
use countersign_application::ports::{KeyCheckReads, SealContext, SealPurpose, Sealed, SealerError, SecretSealer};
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoveryCodeSet;
use countersign_application::second_factor::{Authenticator, SecondFactorReads};
use countersign_testing::{
    MemoryStore, NOW, OLDER_KEY_ID, TestApplication, a_key_check, a_realm, a_recovery_set, an_account,
    an_authenticator, application, keep,
};

use crate::world::World;

fn world() -> (Arc<MemoryStore>, TestApplication) {
    let store = Arc::new(MemoryStore::new());
    (Arc::clone(&store), application(store))
}

/// A key is retired when nothing needs it. Sets of recovery codes go where that is wanted, and only where nothing else keeps the
/// key.
#[tokio::test]
async fn a_key_that_is_needed_is_not_retired() {
    let (store, test) = world();
    let (realm, other) = (a_realm(), a_realm());
    let (ada, eve) = (an_account(&realm, "ada"), an_account(&other, "eve"));
    let authenticator = an_authenticator(&ada);
    let of_old = |account| {
        let (set, codes) = a_recovery_set(account);
        (RecoveryCodeSet { key_id: "old".to_owned(), ..set }, codes)
    };
    let sealed_secret = Sealed { key_id: "old".to_owned(), bytes: vec![1; 57] };
    let old = Authenticator { sealed_secret, ..authenticator };
    let (hers, theirs) = (of_old(&ada), of_old(&eve));
    keep(&*store, &[&realm, &other, &ada, &eve, &old, &hers, &theirs, &a_key_check("old", NOW)]).await;

    for voids_recovery_codes in [false, true] {
        let retire = RetireMasterKey { key_id: "old".to_owned(), voids_recovery_codes };
        let Retirement::InUse(used) = retire.execute(&test.application).await.unwrap() else {
            panic!("it was retired under an authenticator")
        };
        assert_eq!((used.authenticators, used.recovery_sets), (1, 2));
        let factor = store.find_second_factor(ada.id).await.unwrap().unwrap();
        assert!(factor.active_recovery_set().is_some(), "nothing was put out of use in vain");
    }
    let mut unit = countersign_application::ports::Store::begin(&*store).await.unwrap();
    unit.authenticators().remove(ada.id, old.id).await.unwrap();
    unit.commit().await.unwrap();
    let retire = RetireMasterKey { key_id: "old".to_owned(), voids_recovery_codes: false };
    assert!(
        matches!(retire.execute(&test.application).await.unwrap(), Retirement::InUse(used) if used.recovery_sets == 2)
    );
    assert_eq!(store.list_key_checks().await.unwrap()[0].retired_at, None);
    let retire = RetireMasterKey { voids_recovery_codes: true, ..retire };
    assert_eq!(retire.execute(&test.application).await.unwrap(), Retirement::Retired { voided: 2 });
    assert_eq!(store.list_key_checks().await.unwrap()[0].retired_at, Some(test.application.now()));
    assert!(store.find_second_factor(eve.id).await.unwrap().unwrap().active_recovery_set().is_none());
    // Once more is as well.
    assert_eq!(retire.execute(&test.application).await.unwrap(), Retirement::Retired { voided: 0 });
}

/// Adds an authenticator whose secret opens, under a key.
async fn seal_under(key_id: &str, store: &MemoryStore, test: &TestApplication, realm: &Realm, account: &Account) {
    let authenticator = an_authenticator(account);
    let sealed = test.sealer.seal(&context(realm, &authenticator), b"12345678901234567890").await.unwrap();
    let sealed_secret = Sealed { key_id: key_id.to_owned(), ..sealed };
    keep(store, &[&Authenticator { sealed_secret, ..authenticator }]).await;
}

fn context(realm: &Realm, authenticator: &Authenticator) -> SealContext {
    SealContext {
        realm_id: realm.id,
        account_id: authenticator.account_id,
        row_id: authenticator.id.as_uuid(),
        purpose: SealPurpose::TotpSecret(authenticator.parameters),
    }
}

/// A pass that is ended goes on where it was; what is under the primary key is left alone, and what does not open as well.
#[tokio::test]
async fn sealing_anew_goes_on_where_it_ended() {
    let (store, test) = world();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(&*store, &[&realm, &account]).await;
    seal_under("plain", &store, &test, &realm, &account).await;
    for _ in 0..120 {
        seal_under(OLDER_KEY_ID, &store, &test, &realm, &account).await;
    }
    let broken = an_authenticator(&account);
    let sealed_secret = Sealed { key_id: OLDER_KEY_ID.to_owned(), ..broken.sealed_secret.clone() };
    keep(&*store, &[&Authenticator { sealed_secret, ..broken.clone() }]).await;

    let first = RewrapSealed.execute(&test.application, &mut |_| ControlFlow::Break(())).await.unwrap();
    assert!(first.interrupted && (1..120).contains(&first.resealed), "{first:?}");
    let left = CountUnderOtherKeys.execute(&test.application).await.unwrap();
    assert_eq!(left[OLDER_KEY_ID], 121 - first.resealed);
    let mut told = Vec::new();
    let goes_on = &mut |done| {
        told.push(done);
        ControlFlow::Continue(())
    };
    let second = RewrapSealed.execute(&test.application, goes_on).await.unwrap();
    assert_eq!((second.resealed, second.passed, second.interrupted), (120 - first.resealed, 0, false));
    assert!(told.len() > 1, "piece by piece: {told:?}");
    let [fault] = &second.broken[..] else { panic!("{second:?}") };
    assert_eq!(fault.row, broken.id.to_string());

    let mut check =
        CheckSealed::default().execute(&test.application, &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!((check.opened, check.broken.len()), (121, 1));
    check = CheckSealed { most: Some(7) }.execute(&test.application, &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(check.looked_at(), 7);
    check = CheckSealed::default().execute(&test.application, &mut |_| ControlFlow::Break(())).await.unwrap();
    assert!(check.interrupted);
}

/// A row that says what cannot be is a fault of the row, and ends no pass.
#[tokio::test]
async fn what_a_value_is_sealed_to_follows_from_its_row() {
    let (store, test) = world();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let authenticator = an_authenticator(&account);
    let context = context(&realm, &authenticator);
    let sealed_secret = test.sealer.seal(&context, b"12345678901234567890").await.unwrap();
    keep(&*store, &[&realm, &account, &Authenticator { sealed_secret, ..authenticator }]).await;
    let part = SealedPart { kind: SealedKind::Secret, except: None, after: None, limit: 10 };
    let rows = store.list_sealed(&part).await.unwrap();
    assert_eq!(rows[0].place.context(), Some(context));
    let found = CheckSealed::default().execute(&test.application, &mut |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!((found.opened, found.broken.len()), (1, 0));

    let set = a_recovery_set(&account);
    let lost = (RecoveryCodeSet { key_id: "lost".to_owned(), ..set.0 }, set.1);
    keep(&*store, &[&lost]).await;
    let found = CheckSealed::default().execute(&test.application, &mut |_| ControlFlow::Continue(())).await.unwrap();
    let [fault] = &found.broken[..] else { panic!("{found:?}") };
    assert_eq!((fault.table, &fault.row), ("recovery_code_set", &lost.0.id.to_string()));
    assert!(matches!(&fault.error, SealerError::KeyMissing { key_id } if key_id == "lost"));
}

#[tokio::test]
async fn what_is_sealed_opens_where_it_stands_and_is_named_where_it_does_not() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let all = async || {
        let check = CheckSealed { most: Some(1_000) };
        check.execute(&world.test.application, &mut |_| ControlFlow::Continue(())).await.unwrap()
    };
    let found = all().await;
    assert_eq!((found.opened, found.broken.len()), (1, 0));
    // Of another account in another realm, whose secret was sealed to neither.
    let other = a_realm();
    let account = an_account(&other, "eve");
    let sealed = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
    let mut moved = an_authenticator(&account);
    moved.sealed_secret = sealed.authenticator(phone.id).unwrap().sealed_secret.clone();
    keep(world.store(), &[&other, &account, &moved]).await;
    let found = all().await;
    assert_eq!(found.opened, 1);
    let broken = found.broken.first().unwrap();
    assert_eq!((broken.table, broken.row.as_str()), ("authenticator", moved.id.to_string().as_str()));
}
