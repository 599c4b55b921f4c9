//! Accounts.

use countersign_application::ports::{AccountFilter, Conflict, StoreError};
use countersign_application::{Account, AccountId, PageRequest, Realm, Role};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{PlainPasswordHasher, a_realm, an_account, keep, seconds};

async fn logins(bench: &Bench, realm: &Realm, filter: AccountFilter) -> Vec<String> {
    let page = bench.store().list_accounts(realm.id, &filter, PageRequest::first()).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(|account| account.login.as_str().to_owned()).collect()
}

async fn matching(bench: &Bench, realm: &Realm, query: &str) -> Vec<String> {
    logins(bench, realm, AccountFilter { query: Some(query.to_owned()), role: None }).await
}

/// Of any number of inserts of one login, one succeeds, and the others say that the login is taken.
pub async fn a_login_is_taken_once_under_contention(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    for round in bench.rounds() {
        // Spellings of one login: they have one key.
        let spellings = [format!("ada{round}@example.org"), format!("Ada{round}@Example.ORG")];
        let outcomes = bench.contend(|task, store| {
            let account = an_account(&realm, &spellings[task % 2]);
            async move { in_unit!(store, |unit| unit.accounts().insert(&account)) }
        });
        let outcomes = outcomes.await;
        let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(made, 1, "{made} accounts of one login were made");
        for outcome in outcomes.iter().filter(|outcome| outcome.is_err()) {
            assert!(matches!(outcome, Err(StoreError::Conflict { what: Conflict::Login })), "{outcome:?}");
        }
    }
}

/// A conflict of identifiers is a fault, and must not read as a login that is taken.
pub async fn a_conflict_of_identifiers_is_no_taken_login(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    let twin = Account { id: account.id, ..an_account(&realm, "bob") };
    let outcome = in_unit!(bench.store(), |unit| unit.accounts().insert(&twin));
    assert!(matches!(outcome, Err(StoreError::Conflict { what: Conflict::Other })), "{outcome:?}");
    assert_eq!(logins(&bench, &realm, AccountFilter::default()).await, ["ada"]);
}

/// Keys are compared exactly, and within the realm only.
pub async fn accounts_are_found_by_their_key_in_their_realm_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    let account = an_account(&realm, "José@Example.org");
    let namesake = an_account(&other, "José@Example.org");
    keep(bench.store(), &[&realm, &other, &account, &namesake]).await;
    let find = async |realm: &Realm, key: &str| {
        let found = bench.store().find_account_by_login(realm.id, key).await.unwrap();
        found.map(|account| account.id)
    };
    assert_eq!(find(&realm, account.login.key()).await, Some(account.id));
    assert_eq!(find(&other, account.login.key()).await, Some(namesake.id));
    for not_the_key in
        ["José@Example.org", "jose@example.org", "josé@example.or", "josé@example.org ", " josé@example.org", "%", ""]
    {
        assert_eq!(find(&realm, not_the_key).await, None, "found by {not_the_key:?}");
    }
    assert_eq!(find(&a_realm(), account.login.key()).await, None, "found in a realm that does not exist");
    assert_eq!(bench.store().find_account(account.id).await.unwrap().map(|it| it.realm_id), Some(realm.id));
    assert!(bench.store().find_account(an_account(&realm, "nobody").id).await.unwrap().is_none());
}

/// Looking for `%`, `_` or `\` finds just them.
pub async fn a_query_is_text_and_no_pattern(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    for login in ["100%sure", "100xsure", "a_b", "axb", "back\\slash", "it's", "[a-z]"] {
        keep(bench.store(), &[&an_account(&realm, login)]).await;
    }
    assert_eq!(matching(&bench, &realm, "0%s").await, ["100%sure"]);
    assert_eq!(matching(&bench, &realm, "%").await, ["100%sure"]);
    assert_eq!(matching(&bench, &realm, "_").await, ["a_b"]);
    assert_eq!(matching(&bench, &realm, "a_b").await, ["a_b"]);
    assert_eq!(matching(&bench, &realm, "\\").await, ["back\\slash"]);
    assert_eq!(matching(&bench, &realm, "\\%").await, [""; 0]);
    assert_eq!(matching(&bench, &realm, "'").await, ["it's"]);
    assert_eq!(matching(&bench, &realm, "[a-z]").await, ["[a-z]"]);
}

/// A query finds any part of a login, in any case, and only in the realm; a role narrows it down.
pub async fn a_query_finds_part_of_a_login_in_any_case(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    let ada = Account { role: Role::Admin, ..an_account(&realm, "Ada@Example.org") };
    let jose = an_account(&realm, "JOSÉ@example.org");
    let stranger = an_account(&other, "ada@example.org");
    keep(bench.store(), &[&realm, &other, &ada, &jose, &stranger]).await;
    assert_eq!(matching(&bench, &realm, "aDa").await, ["Ada@Example.org"]);
    assert_eq!(matching(&bench, &realm, "josé").await, ["JOSÉ@example.org"]);
    assert_eq!(matching(&bench, &realm, "@EXAMPLE").await, ["Ada@Example.org", "JOSÉ@example.org"]);
    assert_eq!(matching(&bench, &realm, "nobody").await, [""; 0]);
    let admins = AccountFilter { query: None, role: Some(Role::Admin) };
    assert_eq!(logins(&bench, &realm, admins).await, ["Ada@Example.org"]);
    let owners = AccountFilter { query: Some("ada".to_owned()), role: Some(Role::Owner) };
    assert_eq!(logins(&bench, &realm, owners).await, [""; 0]);
    assert_eq!(logins(&bench, &realm, AccountFilter::default()).await, ["Ada@Example.org", "JOSÉ@example.org"]);
}

async fn password_of(bench: &Bench, id: AccountId) -> (i64, String) {
    let account = bench.store().find_account(id).await.unwrap().unwrap();
    (account.password_version, account.password_hash.map(|hash| hash.as_str().to_owned()).unwrap_or_default())
}

/// A new password raises the version by one, also where there was none, and only of that account.
pub async fn a_new_password_raises_the_version(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let account = Account { password_hash: None, ..account };
    keep(bench.store(), &[&realm, &account, &other]).await;
    for version in 1..=3 {
        let hash = PlainPasswordHasher::hash_of(&format!("password number {version}"));
        in_unit!(bench.store(), |unit| unit.accounts().change_password(account.id, &hash)).unwrap();
        assert_eq!(password_of(&bench, account.id).await, (version, hash.as_str().to_owned()));
    }
    let untouched = other.password_hash.as_ref().unwrap().as_str().to_owned();
    assert_eq!(password_of(&bench, other.id).await, (0, untouched));
}

/// A re-hash of a password that was changed meanwhile is dropped; one of the present password leaves its version.
pub async fn a_rehash_never_brings_back_an_old_password(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    let rehashed = PlainPasswordHasher::outdated_hash_of("the same");
    in_unit!(bench.store(), |unit| unit.accounts().rehash_password(account.id, 0, &rehashed)).unwrap();
    assert_eq!(password_of(&bench, account.id).await, (0, rehashed.as_str().to_owned()));

    let new = PlainPasswordHasher::hash_of("the new one");
    in_unit!(bench.store(), |unit| unit.accounts().change_password(account.id, &new)).unwrap();
    in_unit!(bench.store(), |unit| unit.accounts().rehash_password(account.id, 0, &rehashed)).unwrap();
    in_unit!(bench.store(), |unit| unit.accounts().rehash_password(account.id, 2, &rehashed)).unwrap();
    assert_eq!(password_of(&bench, account.id).await, (1, new.as_str().to_owned()));
}

/// A sign-in is noted with its time, and changes nothing else.
pub async fn a_completed_sign_in_is_noted(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    in_unit!(bench.store(), |unit| unit.accounts().record_sign_in(account.id, seconds(60))).unwrap();
    let found = bench.store().find_account(account.id).await.unwrap().unwrap();
    assert_eq!(found.last_sign_in_at, Some(seconds(60)));
    assert_eq!(found.password_version, 0);
    let untouched = bench.store().find_account(other.id).await.unwrap().unwrap();
    assert_eq!(untouched.last_sign_in_at, None);
}
