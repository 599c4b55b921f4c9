//! People: who asks, or is asked about, read at once.

use countersign_application::ports::{AskedAbout, Person, Store, TokenDigest};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    a_challenge, a_pending_authenticator, a_realm, a_recovery_set, a_session, an_account, an_api_key, an_authenticator,
    keep,
};

/// Whoever a token leads to is read as the reads of the parts say, with all that belongs to them and nothing of others:
/// also where many ask at once.
pub async fn people_are_read_as_their_parts_are(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, elsewhere) = (a_realm(), a_realm());
    let (key, foreign) = (an_api_key(&realm), an_api_key(&elsewhere));
    keep(store, &[&realm, &elsewhere, &key, &foreign]).await;
    let mut tokens = Vec::new();
    for number in 0..40 {
        let account = an_account(&realm, &format!("someone {number}"));
        let (challenge, session) = (a_challenge(&account), a_session(&account));
        keep(store, &[&account, &challenge, &session]).await;
        // Of each kind, from nothing to several.
        for _ in 0..number % 4 {
            keep(store, &[&an_authenticator(&account)]).await;
        }
        if number % 3 == 1 {
            keep(store, &[&a_pending_authenticator(&account)]).await;
        }
        for _ in 0..number % 3 {
            let (set, codes) = a_recovery_set(&account);
            in_unit!(store, |unit| unit.recovery_codes().insert(&set, &codes)).unwrap();
            let redeemed = &codes[..number % 5];
            for code in redeemed {
                let at = account.created_at;
                in_unit!(store, |unit| unit.recovery_codes().redeem(account.id, set.id, &code.digest, at)).unwrap();
            }
        }
        tokens.push((account.login.key().to_owned(), challenge.token_digest, session.token_digest));
    }

    let (key, foreign) = (key.digest, foreign.digest);
    let asked = tokens.into_iter().map(|(login_key, challenge, session)| {
        let store = bench.node(0);
        tokio::spawn(async move {
            let account = part_of_a_challenge(&*store, &challenge).await;
            let by_key = store.find_asked_about(&key, &login_key).await.unwrap().unwrap();
            let AskedAbout { key: found, realm, found: Some((of_account, factor)) } = by_key else {
                panic!("{login_key} is in the realm of the key")
            };
            assert_eq!(Some(found), store.find_api_key(&key).await.unwrap());
            assert_same(&Person { realm, account: of_account, factor }, &account, &login_key);
            let (found, person) = store.find_challenged(&challenge).await.unwrap().unwrap();
            assert_eq!(Some(found), store.find_challenge(&challenge).await.unwrap());
            assert_same(&person, &account, &login_key);
            let (found, person) = store.find_signed_in(&session).await.unwrap().unwrap();
            assert_eq!(Some(found), store.find_session(&session).await.unwrap());
            assert_same(&person, &account, &login_key);
            // A key of another realm finds nobody of this one, and is found all the same.
            let by_another = store.find_asked_about(&foreign, &login_key).await.unwrap().unwrap();
            assert!(by_another.found.is_none(), "{login_key} of another realm");
            assert_eq!(Some(by_another.key), store.find_api_key(&foreign).await.unwrap());
        })
    });
    for asked in asked.collect::<Vec<_>>() {
        asked.await.expect("everyone is found");
    }

    let nobody = store.find_asked_about(&key, "nobody").await.unwrap().unwrap();
    assert!(nobody.found.is_none() && nobody.realm == realm, "a login that the realm does not have");
    let unknown = TokenDigest([0; 32]);
    assert!(store.find_asked_about(&unknown, "someone 1").await.unwrap().is_none());
    assert!(store.find_challenged(&unknown).await.unwrap().is_none());
    assert!(store.find_signed_in(&unknown).await.unwrap().is_none());
}

async fn part_of_a_challenge(store: &dyn Store, token: &TokenDigest) -> Person {
    let challenge = store.find_challenge(token).await.unwrap().unwrap();
    let account = store.find_account(challenge.account_id).await.unwrap().unwrap();
    let realm = store.find_realm_by_id(account.realm_id).await.unwrap().unwrap();
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    Person { realm, account, factor }
}

/// Compares all that is shown of them: a secret type has no comparison.
fn assert_same(found: &Person, parts: &Person, who: &str) {
    assert_eq!(format!("{found:?}"), format!("{parts:?}"), "{who}");
    assert_eq!(found.realm, parts.realm, "{who}");
}
