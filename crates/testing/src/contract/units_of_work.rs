//! What holds of every unit of work.

use countersign_application::PageRequest;
use countersign_application::audit::AuditFilter;
use countersign_application::ports::{Conflict, StoreError};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    Kept, NOW, a_challenge, a_key_check, a_realm, a_recovery_set, a_session, a_trusted_device, an_account, an_api_key,
    an_authenticator, an_event, keep,
};

/// What is dropped without commit was never there, in no table.
pub async fn a_dropped_unit_of_work_leaves_no_trace(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (kept, realm) = (a_realm(), a_realm());
    let (account, other) = (an_account(&kept, "ada"), an_account(&kept, "bob"));
    let (authenticator, dropped) = (an_authenticator(&account), an_authenticator(&account));
    let (challenge, session, device) = (a_challenge(&account), a_session(&account), a_trusted_device(&account));
    let (codes, key) = (a_recovery_set(&account), an_api_key(&kept));
    keep(store, &[&kept, &account, &authenticator]).await;

    let mut unit = store.begin().await.unwrap();
    let event = an_event(&kept, &account);
    let check = a_key_check("first", NOW);
    let written: [&dyn Kept; 10] =
        [&realm, &other, &dropped, &challenge, &session, &device, &codes, &key, &event, &check];
    for thing in written {
        thing.keep_in(unit.as_mut()).await.unwrap();
    }
    assert!(unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW).await.unwrap());
    unit.second_factors().set_enabled(account.id, Some(NOW)).await.unwrap();
    assert!(unit.realms().update(&kept).await.unwrap());
    drop(unit);

    // A unit of work that waits for the dropped one, and reads what it left.
    let factor = in_unit!(store, |unit| async {
        unit.second_factors().lock(account.id).await?;
        unit.second_factors().load(account.id).await
    });
    let factor = factor.unwrap().expect("the account is still there");
    assert_eq!(factor.state.version, 0, "the second factor's version");
    assert_eq!(factor.state.enabled_at, None);
    assert_eq!(factor.authenticators.len(), 1, "authenticators");
    assert_eq!(factor.authenticators[0].last_step, authenticator.last_step, "the accepted step");
    assert!(factor.recovery_sets.is_empty(), "recovery code sets");
    assert!(store.find_realm(&realm.slug).await.unwrap().is_none(), "the realm");
    assert_eq!(store.find_realm(&kept.slug).await.unwrap(), Some(kept), "the other realm's version");
    assert!(store.find_account(other.id).await.unwrap().is_none(), "the account");
    assert!(store.find_challenge(&challenge.token_digest).await.unwrap().is_none(), "the challenge");
    assert!(store.find_session(&session.token_digest).await.unwrap().is_none(), "the session");
    assert!(store.find_trusted_device(&device.token_digest).await.unwrap().is_none(), "the trusted device");
    assert!(store.list_unused_recovery_codes(codes.0.id).await.unwrap().is_empty(), "the recovery codes");
    assert!(store.find_api_key(&key.digest).await.unwrap().is_none(), "the API key");
    assert!(store.list_key_checks().await.unwrap().is_empty(), "the key check");
    let events = store.list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap();
    assert!(events.items.is_empty(), "the audit event");
}

/// After an act that failed, what came before it is not committed either: whoever goes on as if nothing had happened gets
/// an error, on every engine.
pub async fn a_unit_of_work_with_a_failed_act_is_not_committed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let (first, again) = (an_account(&realm, "ada"), an_account(&realm, "ada"));
    let other = an_account(&realm, "bob");
    keep(store, &[&realm, &first]).await;

    let mut unit = store.begin().await.unwrap();
    unit.accounts().insert(&other).await.unwrap();
    let refused = unit.accounts().insert(&again).await;
    assert!(matches!(refused, Err(StoreError::Conflict { what: Conflict::Login })), "{refused:?}");
    assert!(unit.commit().await.is_err(), "the unit of work was committed without its failed act");
    assert!(store.find_account(other.id).await.unwrap().is_none(), "what came before the failed act");
    // And the store is as good as before.
    in_unit!(store, |unit| unit.accounts().insert(&other)).unwrap();
}

/// What a unit of work wrote it reads, before it is committed.
pub async fn a_unit_of_work_sees_its_own_writes(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (authenticator, codes, session) = (an_authenticator(&account), a_recovery_set(&account), a_session(&account));
    let seen = in_unit!(bench.store(), |unit| async {
        let written: [&dyn Kept; 5] = [&realm, &account, &authenticator, &codes, &session];
        for thing in written {
            thing.keep_in(unit.as_mut()).await?;
        }
        unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW).await?;
        unit.recovery_codes().redeem(account.id, codes.0.id, &codes.1[0].digest, NOW).await?;
        let found = unit.accounts().find(account.id).await?;
        let locked = unit.second_factors().lock(account.id).await?;
        let loaded = unit.second_factors().load(account.id).await?;
        let unused = unit.recovery_codes().count_unused(codes.0.id).await?;
        let exists = unit.sessions().exists(session.id).await?;
        Ok((found, locked, loaded, unused, exists))
    });
    let (found, locked, loaded, unused, exists) = seen.unwrap();
    assert_eq!(found.map(|account| account.id), Some(account.id));
    assert_eq!(locked.map(|state| state.account_id), Some(account.id));
    let loaded = loaded.expect("the second factor is there");
    assert_eq!(loaded.authenticators[0].last_step, Some(2_000));
    assert_eq!(loaded.recovery_codes_remaining(), 9);
    assert_eq!(unused, 9);
    assert!(exists);
}

/// What is not committed is not seen from outside.
pub async fn what_is_not_committed_is_not_seen_from_outside(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    let session = a_session(&account);

    let mut unit = bench.store().begin().await.unwrap();
    unit.sessions().insert(&session).await.unwrap();
    for node in 0..bench.tasks() {
        let seen = bench.node(node).find_session(&session.token_digest).await.unwrap();
        assert!(seen.is_none(), "a session was seen before its unit of work was committed");
    }
    unit.commit().await.unwrap();
    assert!(bench.store().find_session(&session.token_digest).await.unwrap().is_some());
}

/// A read that begins after a commit returned sees what was committed, on every node.
pub async fn a_read_sees_what_was_committed_before_it(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let authenticator = an_authenticator(&account);
    keep(bench.store(), &[&realm, &account, &authenticator]).await;
    for round in bench.rounds() {
        let step = 2_000 + round as u64;
        let (writer, reader) = (bench.node(round), bench.node(round + 1));
        let session = a_session(&account);
        let accepted = in_unit!(writer, |unit| async {
            unit.sessions().insert(&session).await?;
            unit.authenticators().accept_step(account.id, authenticator.id, step, NOW).await
        });
        assert!(accepted.unwrap());
        let factor = reader.find_second_factor(account.id).await.unwrap().unwrap();
        assert_eq!(factor.authenticators[0].last_step, Some(step), "a read saw an older step than was committed");
        let found = reader.find_session(&session.token_digest).await.unwrap();
        assert!(found.is_some(), "a read did not see a session that was committed");
    }
}

/// What was committed is found again after all stores were dropped. Stores that do not outlive their process pass.
pub async fn what_was_committed_survives_reopening(place: &dyn StorePlace) {
    if !place.outlives_its_process() {
        return;
    }
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let authenticator = an_authenticator(&account);
    let (session, event) = (a_session(&account), an_event(&realm, &account));
    keep(bench.store(), &[&realm, &account, &authenticator, &session, &event]).await;
    let accepted =
        in_unit!(bench.store(), |unit| unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW));
    assert!(accepted.unwrap());
    drop(bench);

    let store = place.open().await;
    let factor = store.find_second_factor(account.id).await.unwrap().expect("the account is still there");
    assert_eq!(factor.authenticators[0].last_step, Some(2_000), "the accepted step");
    assert_eq!(store.find_session(&session.token_digest).await.unwrap(), Some(session));
    let events = store.list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap();
    assert_eq!(events.items, [event]);
    let again = in_unit!(store, |unit| unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW));
    assert!(!again.unwrap(), "a step that was accepted before the restart was accepted again");
}

/// An open store answers.
pub async fn an_open_store_answers(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for node in 0..bench.tasks() {
        bench.node(node).ping().await.unwrap();
    }
}

/// However many ask at once.
pub async fn a_store_that_can_be_written_says_so(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for asked in bench.contend(|_, store| async move { store.probe().await.is_ok() }).await {
        assert!(asked);
    }
}
