//! Lists that come in pages.

use std::future::Future;

use countersign_application::account::{Account, AccountFilter, AccountOrder};
use countersign_application::api_key::ApiKey;
use countersign_application::audit::{AuditEvent, AuditFilter};
use countersign_application::ports::{Store, StoreError};
use countersign_application::realm::Realm;
use countersign_application::second_factor::TwoFactorStatus;
use countersign_application::session::Session;
use countersign_application::trusted_device::TrustedDevice;
use countersign_application::{AccountId, Page, PageRequest};
use uuid::Uuid;

use super::bench::Bench;
use super::{StorePlace, account_lists};
use crate::{
    a_pending_authenticator, a_realm, a_session, a_trusted_device, an_account, an_api_key, an_event, keep, seconds,
};

/// Turns all pages of a list and checks that they are full but the last.
async fn turn<T, P>(limit: u32, id: impl Fn(&T) -> Uuid, page: impl Fn(PageRequest) -> P) -> Vec<Uuid>
where
    P: Future<Output = Result<Page<T>, StoreError>>,
{
    let mut all = Vec::new();
    let mut asked = PageRequest { limit, after: None };
    loop {
        let page = page(asked).await.unwrap();
        let last = page.items.last().map(&id);
        all.extend(page.items.iter().map(&id));
        let Some(next) = page.next else { return all };
        assert_eq!(page.items.len(), limit as usize, "a page that is not the last is full");
        assert_eq!(Some(next), last, "the next page continues after the last item of this one");
        asked.after = Some(next);
    }
}

/// The same of accounts, oldest first.
async fn turn_accounts(store: &dyn Store, realm: &Realm, filter: &AccountFilter, limit: u32) -> Vec<Uuid> {
    let turned = account_lists::forward(store, realm, filter, AccountOrder::Created, limit).await;
    turned.iter().map(|it| it.account.id.as_uuid()).collect()
}

/// Each account is listed once over all pages, oldest first; each session, trusted device and audit event once, newest
/// first; each API key of a realm once, newest first.
pub async fn pages_hold_every_item_once_and_in_order(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other_realm) = (a_realm(), a_realm());
    let (ada, bob) = (an_account(&realm, "ada"), an_account(&other_realm, "bob"));
    keep(store, &[&realm, &other_realm, &ada, &bob]).await;
    let (mut accounts, mut sessions, mut devices) = (vec![ada.id.as_uuid()], vec![], vec![]);
    let (mut events, mut keys) = (vec![], vec![]);
    for number in 0..7 {
        // All made at the same time: their identifiers decide.
        let account = an_account(&realm, &format!("account {number}"));
        let (session, device, event) = (a_session(&ada), a_trusted_device(&ada), an_event(&realm, &ada));
        let (key, k) = (an_api_key(&realm), an_api_key(&other_realm));
        accounts.push(account.id.as_uuid());
        sessions.insert(0, session.id.as_uuid());
        devices.insert(0, device.id.as_uuid());
        events.insert(0, event.id.as_uuid());
        keys.insert(0, key.id.as_uuid());
        // Others' in between.
        let (s, d, e) = (a_session(&bob), a_trusted_device(&bob), an_event(&other_realm, &bob));
        keep(store, &[&account, &event, &session, &device, &s, &d, &e, &key, &k]).await;
    }

    let everyone = AccountFilter::default();
    let adas = AuditFilter { account_id: Some(ada.id), ..AuditFilter::default() };
    // Pages that end within the list, at its end, and beyond it.
    for limit in [1, 3, 7, 8, 200] {
        let all = turn_accounts(store, &realm, &everyone, limit).await;
        assert_eq!(all, accounts, "accounts by {limit}");
        let all = turn(limit, |it: &Session| it.id.as_uuid(), |page| store.list_sessions(ada.id, page)).await;
        assert_eq!(all, sessions, "sessions by {limit}");
        let all =
            turn(limit, |it: &TrustedDevice| it.id.as_uuid(), |page| store.list_trusted_devices(ada.id, page)).await;
        assert_eq!(all, devices, "trusted devices by {limit}");
        let all = turn(limit, |it: &AuditEvent| it.id.as_uuid(), |page| store.list_audit_events(&adas, page)).await;
        assert_eq!(all, events, "audit events by {limit}");
        let all = turn(limit, |it: &ApiKey| it.id.as_uuid(), |page| store.list_api_keys(realm.id, page)).await;
        assert_eq!(all, keys, "API keys by {limit}");
    }
    let found = AccountFilter { query: Some("account".to_owned()), ..AccountFilter::default() };
    let all = turn_accounts(store, &realm, &found, 2).await;
    assert_eq!(all, accounts[1..], "accounts that a query finds");
    let enrolling: Vec<_> = accounts.iter().copied().skip(1).step_by(2).collect();
    for account in &enrolling {
        let account = Account { id: AccountId::from_uuid(*account), ..an_account(&realm, "any") };
        keep(store, &[&a_pending_authenticator(&account)]).await;
    }
    let pending = AccountFilter { two_factor: Some(TwoFactorStatus::Pending), ..AccountFilter::default() };
    let all = turn_accounts(store, &realm, &pending, 2).await;
    assert_eq!(all, enrolling, "accounts that are enrolling");
    let later = AuditFilter { since: Some(seconds(1)), ..AuditFilter::default() };
    let all = turn(2, |it: &AuditEvent| it.id.as_uuid(), |page| store.list_audit_events(&later, page)).await;
    assert!(all.is_empty(), "an empty list is one empty page");
}
