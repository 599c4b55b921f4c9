//! Sessions.

use countersign_application::PageRequest;
use countersign_application::session::{AuthenticationMethod, Session};

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{a_realm, a_session, an_account, keep, seconds};

/// Ending the others ends all sessions of the account but the one that asks, and none of another account.
pub async fn ending_other_sessions_keeps_the_one_that_asks(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (asking, second, third) = (a_session(&account), a_session(&account), a_session(&account));
    let others = a_session(&other);
    keep(bench.store(), &[&realm, &account, &other, &second, &asking, &third, &others]).await;
    let end_all =
        async |account, except| in_unit!(bench.store(), |unit| unit.sessions().end_all(account, except)).unwrap();
    let sessions = async || {
        let page = bench.store().list_sessions(account.id, PageRequest::first()).await.unwrap();
        page.items.iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(end_all(account.id, Some(asking.id)).await, 2);
    assert_eq!(sessions().await, [asking.id]);
    assert_eq!(end_all(account.id, Some(asking.id)).await, 0, "there are no others any more");
    assert_eq!(end_all(account.id, Some(others.id)).await, 1, "another account's session excepts none");
    assert_eq!(sessions().await, []);

    keep(bench.store(), &[&a_session(&account), &a_session(&account)]).await;
    assert_eq!(end_all(account.id, None).await, 2);
    assert_eq!(sessions().await, []);
    assert_eq!(bench.store().find_session(&others.token_digest).await.unwrap(), Some(others));
}

/// A session is found by the digest of its own token only, and ended by its own account only.
pub async fn a_session_is_ended_by_its_own_account_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (session, other) = (a_session(&account), a_session(&account));
    keep(bench.store(), &[&realm, &account, &stranger, &session, &other]).await;
    let end = async |account| in_unit!(bench.store(), |unit| unit.sessions().end(account, session.id)).unwrap();
    let exists = async || in_unit!(bench.store(), |unit| unit.sessions().exists(session.id)).unwrap();
    assert_eq!(bench.store().find_session(&a_session(&account).token_digest).await.unwrap(), None);
    assert!(!end(stranger.id).await, "a stranger ended the session");
    assert!(exists().await);
    assert_eq!(bench.store().find_session(&session.token_digest).await.unwrap().as_ref(), Some(&session));
    assert!(end(account.id).await);
    assert!(!exists().await);
    assert_eq!(bench.store().find_session(&session.token_digest).await.unwrap(), None);
    assert!(!end(account.id).await, "it is ended already");
    assert_eq!(bench.store().find_session(&other.token_digest).await.unwrap(), Some(other));
}

/// Of any number of calls that end one session, one is told that it did.
pub async fn a_session_is_ended_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    for _ in bench.rounds() {
        let id = {
            let session = a_session(&account);
            keep(bench.store(), &[&session]).await;
            session.id
        };
        let verdicts = bench
            .contend(|_, store| async move { in_unit!(store, |unit| unit.sessions().end(account.id, id)).unwrap() });
        let ended = winners(&verdicts.await);
        assert_eq!(ended, 1, "one of the calls ends a session, not {ended}");
    }
}

/// A use is noted with its time, and changes nothing else.
pub async fn a_use_of_a_session_is_noted(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (session, other) = (a_session(&account), a_session(&account));
    keep(bench.store(), &[&realm, &account, &session, &other]).await;
    in_unit!(bench.store(), |unit| unit.sessions().touch(session.id, seconds(60))).unwrap();
    let used = Session { last_seen_at: seconds(60), ..session.clone() };
    assert_eq!(bench.store().find_session(&session.token_digest).await.unwrap(), Some(used));
    assert_eq!(bench.store().find_session(&other.token_digest).await.unwrap(), Some(other));
    in_unit!(bench.store(), |unit| async {
        unit.sessions().end(account.id, session.id).await?;
        unit.sessions().touch(session.id, seconds(90)).await
    })
    .expect("a use of an ended session is nothing");
    assert_eq!(bench.store().find_session(&session.token_digest).await.unwrap(), None);
}

/// A code that is given in a session is noted for that session, and for no other of the account.
pub async fn how_a_session_was_opened_is_noted_for_it_alone(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (session, other) = (a_session(&account), a_session(&account));
    keep(bench.store(), &[&realm, &account, &session, &other]).await;
    let methods = AuthenticationMethod::TWO_FACTORS;
    in_unit!(bench.store(), |unit| unit.sessions().set_methods(session.id, methods)).unwrap();
    let shown = Session { methods: methods.to_vec(), ..session.clone() };
    assert_eq!(bench.store().find_session(&session.token_digest).await.unwrap(), Some(shown));
    assert_eq!(bench.store().find_session(&other.token_digest).await.unwrap(), Some(other));
}

/// Only so many of an account's sessions are left, those that were used last; those of others stay.
pub async fn those_unused_for_longest_make_room(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let (ada, bob) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let others = Session { last_seen_at: seconds(-1_000), ..a_session(&bob) };
    keep(store, &[&realm, &ada, &bob, &others]).await;
    let mut sessions = Vec::new();
    for last_seen in [-30, -10, -50, -20, -40] {
        let session = Session { last_seen_at: seconds(last_seen), ..a_session(&ada) };
        keep(store, &[&session]).await;
        sessions.push(session);
    }
    for (most, left) in [(7, vec![-30, -10, -50, -20, -40]), (3, vec![-30, -10, -20]), (1, vec![-10]), (0, vec![])] {
        in_unit!(store, |unit| unit.sessions().make_room(ada.id, most)).unwrap();
        for session in &sessions {
            let there = store.find_session(&session.token_digest).await.unwrap().is_some();
            let is_left = left.iter().any(|last_seen| seconds(*last_seen) == session.last_seen_at);
            assert_eq!(there, is_left, "{most}: {:?}", session.last_seen_at);
        }
    }
    assert!(store.find_session(&others.token_digest).await.unwrap().is_some(), "another account's");
}
