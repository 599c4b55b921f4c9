//! What is left of a deleted account.

use countersign_application::PageRequest;
use countersign_application::account::{AccountFilter, AccountPart};
use countersign_application::audit::AuditFilter;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    a_challenge, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_set, a_session, a_trusted_device,
    an_account, an_authenticator, an_event, keep,
};

/// Nothing of a deleted account is found any more, other accounts are whole, and its login is free.
pub async fn deleting_an_account_removes_everything_but_its_audit_events(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    keep(store, &[&realm]).await;
    let mut all = Vec::new();
    for login in ["ada", "bob"] {
        let account = an_account(&realm, login);
        let (active, pending) = (an_authenticator(&account), a_pending_authenticator(&account));
        let (codes, pending_codes) = (a_recovery_set(&account), a_pending_recovery_set(&account, &pending));
        let (challenge, session, device) = (a_challenge(&account), a_session(&account), a_trusted_device(&account));
        keep(store, &[&account, &active, &pending, &codes, &pending_codes, &challenge, &session, &device]).await;
        keep(store, &[&an_event(&realm, &account)]).await;
        all.push((account, [codes.0.id, pending_codes.0.id], challenge, session, device, active));
    }
    let deleted = all[0].0.id;
    assert!(in_unit!(store, |unit| unit.accounts().delete(deleted)).unwrap());
    for (account, sets, challenge, session, device, active) in &all {
        let there = account.id != deleted;
        let login = &account.login;
        assert_eq!(store.find_account(account.id).await.unwrap().is_some(), there, "{login}");
        let by_login = store.find_account_by_login(realm.id, login.key()).await.unwrap();
        assert_eq!(by_login.is_some(), there, "{login}, by login");
        assert_eq!(store.find_second_factor(account.id).await.unwrap().is_some(), there, "{login}: second factor");
        for set in sets {
            let codes = store.list_unused_recovery_codes(*set).await.unwrap();
            assert_eq!(codes.len(), if there { 10 } else { 0 }, "{login}: recovery codes");
        }
        assert_eq!(store.find_challenge(&challenge.token_digest).await.unwrap().is_some(), there, "{login}: challenge");
        assert_eq!(store.find_session(&session.token_digest).await.unwrap().is_some(), there, "{login}: session");
        let device = store.find_trusted_device(&device.token_digest).await.unwrap();
        assert_eq!(device.is_some(), there, "{login}: trusted device");
        let accepted =
            in_unit!(store, |unit| unit.authenticators().accept_step(account.id, active.id, 2_000, crate::NOW));
        assert_eq!(accepted.unwrap(), there, "{login}: authenticator");
    }
    let left =
        store.list_accounts(realm.id, &AccountFilter::default(), crate::NOW, &AccountPart::first()).await.unwrap();
    assert_eq!(left.items.len(), 1);
    assert!(!in_unit!(store, |unit| unit.accounts().delete(deleted)).unwrap(), "it is deleted already");
    let successor = an_account(&realm, "ada");
    keep(store, &[&successor]).await;
    let factor = store.find_second_factor(successor.id).await.unwrap().expect("a new account");
    assert!(factor.authenticators.is_empty() && factor.recovery_sets.is_empty(), "nothing is inherited");
}

/// The events of a deleted account are kept as they were, with its identifier and login.
pub async fn deleting_an_account_keeps_its_audit_events(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (before, with) = (an_event(&realm, &account), an_event(&realm, &account));
    keep(store, &[&realm, &account, &before]).await;
    let deleted = in_unit!(store, |unit| async {
        let deleted = unit.accounts().delete(account.id).await?;
        unit.audit_log().append(std::slice::from_ref(&with)).await?;
        Ok(deleted)
    });
    assert!(deleted.unwrap());
    let of_account = AuditFilter { account_id: Some(account.id), ..AuditFilter::default() };
    let events = store.list_audit_events(&of_account, PageRequest::first()).await.unwrap();
    assert_eq!(events.items, [with, before]);
}
