//! Accounts.

use countersign_application::AccountId;
use countersign_application::account::{Account, AccountFilter, AccountPart, Login, Role};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::Realm;
use countersign_application::second_factor::{AccountOverview, Authenticator, TwoFactorStatus};
use countersign_core::{Counters, Throttle, Timestamp};

use super::bench::Bench;
use super::{Patience, StorePlace, in_unit};
use crate::{NOW, PlainPasswordHasher, a_pending_authenticator, a_realm, an_account, an_authenticator, keep, seconds};

async fn logins(bench: &Bench, realm: &Realm, filter: AccountFilter) -> Vec<String> {
    let page = bench.store().list_accounts(realm.id, &filter, NOW, &AccountPart::first()).await.unwrap();
    assert!(page.next.is_none() && page.previous.is_none());
    page.items.iter().map(|it| it.account.login.as_str().to_owned()).collect()
}

async fn matching(bench: &Bench, realm: &Realm, query: &str) -> Vec<String> {
    logins(bench, realm, AccountFilter { query: Some(query.to_owned()), ..AccountFilter::default() }).await
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

/// What finds an account is its new login and its identifier; all else of it stays.
pub async fn a_renamed_account_is_found_by_its_new_login_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other_realm) = (a_realm(), a_realm());
    let account = an_account(&realm, "maria.old@example.org");
    let elsewhere = an_account(&other_realm, "maria.new@example.org");
    keep(bench.store(), &[&realm, &other_realm, &account, &elsewhere]).await;
    let login = Login::new("Maria.Neu@Example.org").unwrap();
    in_unit!(bench.store(), |unit| unit.accounts().rename(account.id, &login)).unwrap();
    let found = async |typed: &str| {
        bench.store().find_account_by_login(realm.id, &Login::key_of(typed)).await.expect("the store answers")
    };
    // (A second name on the way, so that the first is no special case.)
    let login = Login::new("Maria.New@Example.org").unwrap();
    in_unit!(bench.store(), |unit| unit.accounts().rename(account.id, &login)).unwrap();
    for gone in ["maria.old@example.org", "maria.neu@example.org"] {
        assert!(found(gone).await.is_none(), "{gone}");
    }
    let renamed = found("MARIA.NEW@example.org").await.expect("found by the new login");
    assert_eq!(format!("{renamed:?}"), format!("{:?}", Account { login, ..account }));
    // One that there is not is none that could be renamed.
    let nobody = an_account(&realm, "nobody");
    in_unit!(bench.store(), |unit| unit.accounts().rename(nobody.id, &nobody.login)).unwrap();
    assert!(found("nobody").await.is_none());
}

/// Neither by another spelling, nor by many at once.
pub async fn a_login_is_given_to_no_second_account(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for round in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let accounts: Vec<Account> = (0..8).map(|number| an_account(&realm, &format!("old{number}"))).collect();
        for account in &accounts {
            keep(bench.store(), &[account]).await;
        }
        let accounts = &accounts;
        let outcomes = bench.contend(|task, store| {
            let id = accounts[task % accounts.len()].id;
            let login = Login::new(["Straße", "STRASSE"][task % 2]).unwrap();
            async move { in_unit!(store, |unit| unit.accounts().rename(id, &login)) }
        });
        for outcome in outcomes.await {
            let expected = matches!(
                outcome,
                Ok(()) | Err(StoreError::Conflict { what: Conflict::Login } | StoreError::Contention(_))
            );
            assert!(expected, "{outcome:?}");
        }
        let all = logins(&bench, &realm, AccountFilter::default()).await;
        let renamed = all.iter().filter(|login| Login::key_of(login) == "strasse").count();
        assert_eq!((all.len(), renamed), (accounts.len(), 1), "round {round}: {all:?}");
    }
}

/// Of many that look for an account and make it where there is none, one makes it. Whoever finds it meanwhile is told so
/// only once it is there for everyone.
pub async fn of_many_that_find_no_login_one_makes_it(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for _ in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let ids = bench.contend(|_, store| {
            let account = an_account(&realm, "ada");
            async move {
                let mut patience = Patience::default();
                let found = loop {
                    let outcome: Result<_, StoreError> = async {
                        let mut unit = store.begin().await?;
                        let (realm, key) = (account.realm_id, account.login.key());
                        let found = match unit.accounts().find_by_login(realm, key).await? {
                            Some(found) => found,
                            None => match unit.accounts().insert(&account).await {
                                Err(StoreError::Conflict { .. }) => return Err(StoreError::Contention("made".into())),
                                inserted => inserted.map(|()| account.clone())?,
                            },
                        };
                        assert!(unit.accounts().is_any_in(realm).await?);
                        unit.commit().await?;
                        Ok(found)
                    }
                    .await;
                    match outcome {
                        Err(error) if patience.allows_another_try(&error).await => {}
                        outcome => break outcome.unwrap(),
                    }
                };
                let seen = store.find_account(found.id).await.unwrap();
                assert!(seen.is_some(), "an account that was found is there for a read as well");
                found.id
            }
        });
        let ids = ids.await;
        assert!(ids.iter().all(|id| *id == ids[0]), "all found the same account");
        let other = a_realm();
        assert!(!in_unit!(bench.store(), |unit| unit.accounts().is_any_in(other.id)).unwrap());
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

/// The account of a subject, shown as `label`.
fn a_subject(realm: &Realm, subject: &str, label: &str) -> Account {
    let login = Login::of_subject(subject, label).expect("the test's label follows the rule");
    Account { login, subject: Some(subject.to_owned()), password_hash: None, ..an_account(realm, label) }
}

/// A subject is found by just itself: not by its label, not by another spelling, and not next to a login that looks
/// alike.
pub async fn a_subject_is_found_by_itself_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    let login = an_account(&realm, "bob");
    keep(bench.store(), &[&realm, &other, &login, &a_subject(&other, "bob", "bob")]).await;
    // All shown alike; their keys never meet.
    let mut subjects = Vec::new();
    for subject in ["bob", "Bob", "bób", "bob ", " bob", ":bob", "b%"] {
        let account = a_subject(&realm, subject, "bob");
        keep(bench.store(), &[&account]).await;
        subjects.push((subject, account.id));
    }
    let find = async |key: &str| {
        let found = bench.store().find_account_by_login(realm.id, key).await.unwrap();
        found.map(|account| (account.id, account.subject))
    };
    assert_eq!(find(login.login.key()).await, Some((login.id, None)));
    for (subject, id) in subjects {
        let found = find(&Login::subject_key(subject)).await;
        assert_eq!(found, Some((id, Some(subject.to_owned()))), "found by {subject:?}");
    }
    for nobody in ["BOB", "bo", "bob  ", "b_b", "", "%"] {
        assert_eq!(find(&Login::subject_key(nobody)).await, None, "found by {nobody:?}");
    }
    let twin = a_subject(&realm, "bob", "another label");
    let outcome = in_unit!(bench.store(), |unit| unit.accounts().insert(&twin));
    assert!(matches!(outcome, Err(StoreError::Conflict { what: Conflict::Login })), "{outcome:?}");
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

/// A query finds subjects by part of their identifier or of their label.
pub async fn a_query_finds_subjects_by_identifier_and_label(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let subject = a_subject(&realm, "User42", "Grace Hopper");
    keep(bench.store(), &[&realm, &subject, &an_account(&realm, "ada")]).await;
    for query in ["user42", "USER", "grace", "HOPPER", " hopper "] {
        assert_eq!(matching(&bench, &realm, query).await, ["Grace Hopper"], "{query:?}");
    }
    assert_eq!(matching(&bench, &realm, "user43").await, [""; 0]);
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
    let admins = AccountFilter { role: Some(Role::Admin), ..AccountFilter::default() };
    assert_eq!(logins(&bench, &realm, admins).await, ["Ada@Example.org"]);
    let owners = AccountFilter { role: Some(Role::Owner), query: Some("ada".to_owned()), ..AccountFilter::default() };
    assert_eq!(logins(&bench, &realm, owners).await, [""; 0]);
    assert_eq!(logins(&bench, &realm, AccountFilter::default()).await, ["Ada@Example.org", "JOSÉ@example.org"]);
}

/// An account is listed with the state of its second factor and found by it; what expired is not under way.
pub async fn accounts_are_found_by_the_state_of_their_second_factor(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    keep(store, &[&realm, &other]).await;
    let [none, pending, expired, enabled, adding] =
        ["none", "pending", "expired", "enabled", "adding"].map(|login| an_account(&realm, login));
    let stranger = an_account(&other, "stranger");
    let pending = Account { role: Role::Admin, ..pending };
    keep(store, &[&none, &pending, &expired, &enabled, &adding, &stranger]).await;
    let over = Authenticator { expires_at: Some(NOW), ..a_pending_authenticator(&expired) };
    // Twice the same, of which no account is listed twice.
    for account in [&pending, &adding, &stranger] {
        keep(store, &[&a_pending_authenticator(account), &a_pending_authenticator(account)]).await;
    }
    keep(store, &[&over]).await;
    for account in [&enabled, &adding] {
        keep(store, &[&an_authenticator(account), &an_authenticator(account)]).await;
        in_unit!(store, |unit| unit.second_factors().set_enabled(account.id, Some(seconds(-60)))).unwrap();
    }
    let codes = Throttle { failures_in_a_row: 7, blocked_until: Some(seconds(120)) };
    let counters = Counters { codes, ..Counters::default() };
    assert!(in_unit!(store, |unit| unit.second_factors().set_counters(none.id, 0, &counters)).unwrap());

    let list = async |filter: AccountFilter, now: Timestamp| {
        store.list_accounts(realm.id, &filter, now, &AccountPart::first()).await.unwrap().items
    };
    let names = |items: Vec<AccountOverview>| -> Vec<String> {
        items.iter().map(|it| it.account.login.as_str().to_owned()).collect()
    };
    for overview in list(AccountFilter::default(), NOW).await {
        let login = overview.account.login.as_str();
        let factor = store.find_second_factor(overview.account.id).await.unwrap().unwrap();
        assert_eq!(overview.state, factor.state, "{login}");
        assert_eq!(overview.account.two_factor_enabled_at, factor.state.enabled_at, "{login}");
        assert_eq!(overview.enrollment_pending, ["pending", "adding"].contains(&login), "{login}");
    }
    let with = |status| AccountFilter { two_factor: Some(status), ..AccountFilter::default() };
    let (is_enabled, is_disabled, is_pending) =
        (TwoFactorStatus::Enabled, TwoFactorStatus::Disabled, TwoFactorStatus::Pending);
    assert_eq!(names(list(with(is_enabled), NOW).await), ["enabled", "adding"]);
    assert_eq!(names(list(with(is_disabled), NOW).await), ["none", "expired"]);
    assert_eq!(names(list(with(is_pending), NOW).await), ["pending"]);
    assert_eq!(names(list(with(is_pending), seconds(-1)).await), ["pending", "expired"]);
    // The enrollments end with this second.
    assert_eq!(names(list(with(is_pending), seconds(900)).await), [""; 0]);
    assert_eq!(names(list(with(is_disabled), seconds(900)).await), ["none", "pending", "expired"]);

    let admins = AccountFilter { role: Some(Role::Admin), ..with(is_pending) };
    assert_eq!(names(list(admins, NOW).await), ["pending"]);
    let members = AccountFilter { role: Some(Role::Member), ..with(is_pending) };
    assert_eq!(names(list(members, NOW).await), [""; 0]);
    let queried = AccountFilter { query: Some("ADD".to_owned()), ..with(is_enabled) };
    assert_eq!(names(list(queried, NOW).await), ["adding"]);
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

/// A role is set of the account only, and with it nothing else.
pub async fn a_role_is_set_for_one_account_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    for role in Role::ALL {
        in_unit!(bench.store(), |unit| unit.accounts().set_role(account.id, *role)).unwrap();
        let found = bench.store().find_account(account.id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", Account { role: *role, ..account.clone() }));
    }
    let untouched = bench.store().find_account(other.id).await.unwrap().unwrap();
    assert_eq!(untouched.role, other.role);
    in_unit!(bench.store(), |unit| unit.accounts().set_role(an_account(&realm, "nobody").id, Role::Owner))
        .expect("the role of nobody is nothing");
}

/// The time of a disabling is kept, and gone when the account is enabled again; nothing else is changed.
pub async fn an_account_is_disabled_and_enabled_again(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    for disabled_at in [Some(seconds(60)), Some(seconds(90)), None] {
        in_unit!(bench.store(), |unit| unit.accounts().set_disabled(account.id, disabled_at)).unwrap();
        let found = bench.store().find_account(account.id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", Account { disabled_at, ..account.clone() }));
        let untouched = bench.store().find_account(other.id).await.unwrap().unwrap();
        assert_eq!(untouched.disabled_at, None);
    }
    in_unit!(bench.store(), |unit| unit.accounts().set_disabled(an_account(&realm, "nobody").id, Some(NOW)))
        .expect("disabling nobody is nothing");
}

/// The first beginning of a grace period stays, whatever comes after it, or at the same time.
pub async fn a_grace_period_is_never_renewed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let grace_of = async |id| bench.store().find_account(id).await.unwrap().unwrap().grace_started_at;
    for at in [60, 60, 90, 30] {
        in_unit!(bench.store(), |unit| unit.accounts().start_grace(account.id, seconds(at))).unwrap();
        assert_eq!(grace_of(account.id).await, Some(seconds(60)), "after a beginning at {at}");
    }
    assert_eq!(grace_of(other.id).await, None);

    for round in bench.rounds() {
        let account = an_account(&realm, &format!("account {round}"));
        keep(bench.store(), &[&account]).await;
        let seen = bench.contend(|task, store| async move {
            let at = NOW.plus_seconds(task as u64);
            in_unit!(store, |unit| unit.accounts().start_grace(account.id, at)).unwrap();
            store.find_account(account.id).await.unwrap().unwrap().grace_started_at
        });
        let seen = seen.await;
        let kept = grace_of(account.id).await;
        assert!(kept.is_some());
        assert!(seen.iter().all(|started| *started == kept), "a grace period was renewed: {seen:?}, then {kept:?}");
    }
}

/// What is required of an account, a second factor or a change of the password, is noted for it and for no other.
pub async fn what_is_required_of_an_account_is_noted_for_it_alone(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    keep(bench.store(), &[&realm, &account, &other]).await;
    let found = async |account: &Account| {
        let found = bench.store().find_account(account.id).await.unwrap().expect("the account is there");
        (found.two_factor_required, found.password_change_required)
    };
    for mark in [Some(true), Some(false), None] {
        in_unit!(bench.store(), |unit| unit.accounts().set_two_factor_required(account.id, mark)).unwrap();
        assert_eq!(found(&account).await, (mark, false));
    }
    for required in [true, false] {
        in_unit!(bench.store(), |unit| unit.accounts().set_password_change_required(account.id, required)).unwrap();
        assert_eq!(found(&account).await, (None, required));
        assert_eq!(found(&other).await, (None, false));
    }
}
