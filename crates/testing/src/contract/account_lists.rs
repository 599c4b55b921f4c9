//! The list of accounts: its orders, its parts, and whom it finds.

use countersign_application::AccountId;
use countersign_application::account::{
    Account, AccountCursor, AccountFilter, AccountOrder, AccountPart, AccountPosition, Login, Role,
};
use countersign_application::ports::Store;
use countersign_application::realm::Realm;
use countersign_application::second_factor::AccountOverview;
use countersign_core::{Budget, Counters, Throttle, Waiting};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{NOW, a_realm, an_account, an_authenticator, keep, seconds};

fn part(order: AccountOrder, limit: u32, from: Option<AccountCursor>) -> AccountPart {
    AccountPart { order, limit, from }
}

/// Turns all parts of the list from the first to the last, and checks that they are full but the last, and that each but the
/// first leads back.
pub(super) async fn forward(
    store: &dyn Store,
    realm: &Realm,
    filter: &AccountFilter,
    order: AccountOrder,
    limit: u32,
) -> Vec<AccountOverview> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = store.list_accounts(realm.id, filter, NOW, &part(order, limit, from.clone())).await.unwrap();
        let position = |it: Option<&AccountOverview>| it.map(|it| AccountPosition::of(&it.account, order.key()));
        let (first, last) = (position(page.items.first()), position(page.items.last()));
        assert_eq!(page.previous, first.filter(|_| from.is_some()).map(AccountCursor::Before), "what leads back");
        all.extend(page.items.iter().cloned());
        assert!(all.len() < 1_000, "it goes on for ever");
        let Some(next) = page.next else { return all };
        assert_eq!(page.items.len(), limit as usize, "a part that is not the last is full");
        assert_eq!(Some(&next), last.map(AccountCursor::After).as_ref(), "the next part goes on behind this one");
        from = Some(next);
    }
}

/// Turns all parts of the list back from where the last one ended.
async fn back(store: &dyn Store, realm: &Realm, order: AccountOrder, limit: u32, end: &Account) -> Vec<AccountId> {
    let position = AccountPosition::of(end, order.key());
    let (mut all, mut from) = (vec![end.id], Some(AccountCursor::Before(position)));
    while let Some(cursor) = from {
        let everyone = AccountFilter::default();
        let page = store.list_accounts(realm.id, &everyone, NOW, &part(order, limit, Some(cursor))).await.unwrap();
        assert_eq!(page.next.is_some(), !page.items.is_empty(), "what comes before leads on again");
        all.splice(0..0, page.items.iter().map(|it| it.account.id));
        assert!(all.len() < 1_000, "it goes back for ever");
        from = page.previous;
        assert!(from.is_none() || page.items.len() == limit as usize, "a part that is not the first is full");
    }
    all
}

/// The account of a subject, shown as `label`.
fn a_subject(realm: &Realm, subject: &str, label: &str) -> Account {
    let login = Login::of_subject(subject, label).expect("the test's label follows the rule");
    Account { login, subject: Some(subject.to_owned()), ..an_account(realm, "any") }
}

/// Each account comes once in every order, whatever the size of the parts, and the same ones come on the way back; a part goes
/// on where it should when the account it was to follow is gone.
pub async fn accounts_are_listed_once_in_any_order_and_both_ways(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    keep(store, &[&realm, &other, &an_account(&other, "b stranger")]).await;
    // In the order of their making; neither logins nor sign-ins are in that order, and several sign-ins are at the same time.
    let logins = ["m", "Émile", "a_", "B", "a%", "zoe", "🙂"];
    let sign_ins = [Some(20), None, Some(5), Some(20), None, Some(20), Some(1)];
    let mut made = Vec::new();
    for (login, at) in logins.into_iter().zip(sign_ins) {
        let account = Account { last_sign_in_at: at.map(seconds), ..an_account(&realm, login) };
        keep(store, &[&account]).await;
        made.push(account);
    }
    let subject = a_subject(&realm, "user-1", "A label");
    keep(store, &[&subject]).await;
    made.push(subject);
    let everyone = AccountFilter::default();
    for order in AccountOrder::ALL.iter().copied() {
        let mut expected = made.clone();
        expected.sort_by_key(|account| AccountPosition::of(account, order.key()));
        if order.descends() {
            expected.reverse();
        }
        let expected_ids: Vec<_> = expected.iter().map(|account| account.id).collect();
        for limit in [1, 2, 3, 8, 9, 200] {
            let listed = forward(store, &realm, &everyone, order, limit).await;
            let ids: Vec<_> = listed.iter().map(|it| it.account.id).collect();
            assert_eq!(ids, expected_ids, "{order} by {limit}");
            let last = expected.last().expect("somebody");
            assert_eq!(back(store, &realm, order, limit, last).await, expected_ids, "{order} by {limit}, back");
        }
    }
    let first = store.list_accounts(realm.id, &everyone, NOW, &part(AccountOrder::Login, 3, None)).await.unwrap();
    let gone = first.items.last().expect("three").account.id;
    in_unit!(store, |unit| unit.accounts().delete(gone)).unwrap();
    let next = store.list_accounts(realm.id, &everyone, NOW, &part(AccountOrder::Login, 3, first.next)).await.unwrap();
    let all = forward(store, &realm, &everyone, AccountOrder::Login, 200).await;
    let ids = |items: &[AccountOverview]| items.iter().map(|it| it.account.id).collect::<Vec<_>>();
    assert_eq!(ids(&next.items), ids(&all[2..5]));
}

async fn found(store: &dyn Store, realm: &Realm, filter: &AccountFilter) -> Vec<String> {
    let listed = forward(store, realm, filter, AccountOrder::Login, 2).await;
    let logins: Vec<_> = listed.iter().map(|it| it.account.login.to_string()).collect();
    let count = store.count_listed_accounts(realm.id, filter, NOW, 100).await.unwrap();
    assert_eq!(count as usize, logins.len(), "as many are counted as listed");
    logins
}

/// Whoever is disabled, waits, never signed in or lacks what is required of them is found by just that.
pub async fn accounts_are_found_by_what_is_wrong_with_them(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (realm, other) = (a_realm(), a_realm());
    let account = |login: &str| Account { last_sign_in_at: Some(NOW), ..an_account(&realm, login) };
    let disabled = |account| Account { disabled_at: Some(NOW), ..account };
    let marked = |account| Account { two_factor_required: Some(true), ..account };
    let admin = |account| Account { role: Role::Admin, ..account };
    let fresh = Account { last_sign_in_at: None, ..account("fresh") };
    let exempt = Account { two_factor_required: Some(false), ..admin(account("exempt")) };
    let enrolled = admin(account("enrolled"));
    keep(store, &[&realm, &other, &fresh, &exempt, &enrolled, &an_authenticator(&enrolled)]).await;
    keep(store, &[&a_subject(&realm, "user-1", "subject"), &disabled(account("disabled"))]).await;
    keep(store, &[&marked(account("marked")), &disabled(marked(account("marked disabled")))]).await;
    keep(store, &[&admin(account("admin")), &account("plain"), &disabled(marked(an_account(&other, "stranger")))])
        .await;
    in_unit!(store, |unit| unit.second_factors().set_enabled(enrolled.id, Some(NOW))).unwrap();

    let everyone = AccountFilter::default();
    let is_disabled = AccountFilter { disabled: Some(true), ..everyone.clone() };
    assert_eq!(found(store, &realm, &is_disabled).await, ["disabled", "marked disabled"]);
    let admins = AccountFilter { disabled: Some(false), role: Some(Role::Admin), ..everyone.clone() };
    assert_eq!(found(store, &realm, &admins).await, ["admin", "enrolled", "exempt"]);
    let never = AccountFilter { never_signed_in: true, ..everyone.clone() };
    assert_eq!(found(store, &realm, &never).await, ["fresh"]);
    let missing = |roles: &[Role]| AccountFilter { missing: Some(roles.to_vec()), ..everyone.clone() };
    assert_eq!(found(store, &realm, &missing(&[])).await, ["marked"]);
    assert_eq!(found(store, &realm, &missing(&[Role::Admin, Role::Owner])).await, ["admin", "marked"]);
    assert_eq!(found(store, &realm, &missing(Role::ALL)).await, ["subject", "admin", "fresh", "marked", "plain"]);
    assert_eq!(found(store, &other, &missing(Role::ALL)).await, [""; 0]);
    find_those_who_wait(store, &realm).await;
}

async fn find_those_who_wait(store: &dyn Store, realm: &Realm) {
    let rules = realm.policy.guessing_rules();
    let refill = i64::from(rules.codes.refill_seconds);
    let longest = i64::from(rules.waits.longest_wait_seconds);
    let blocked = |at: i64| Throttle { failures_in_a_row: 5, blocked_until: Some(seconds(at)) };
    let spent = |spent, since: Option<i64>| Budget { spent, since: since.map(seconds) };
    let none = Counters::default();
    let all = rules.codes.failures;
    for (login, counters) in [
        ("w codes", Counters { codes: blocked(1), ..none }),
        ("w recovery", Counters { recovery_codes: blocked(1), ..none }),
        ("w longest", Counters { codes: blocked(longest), ..none }),
        ("w spent", Counters { code_budget: spent(all, Some(-10)), ..none }),
        ("w spent, unknown since", Counters { code_budget: spent(all, None), ..none }),
        ("over", Counters { codes: blocked(0), recovery_codes: blocked(-1), ..none }),
        ("a clock was ahead", Counters { codes: blocked(longest + 3_600), ..none }),
        ("one is left", Counters { code_budget: spent(all - 1, Some(-10)), ..none }),
        ("one came back", Counters { code_budget: spent(all, Some(-refill)), ..none }),
        ("consecutive", Counters { consecutive_failures: 99, ..none }),
    ] {
        let account = an_account(realm, login);
        keep(store, &[&account]).await;
        assert!(in_unit!(store, |unit| unit.second_factors().set_counters(account.id, 0, &counters)).unwrap());
    }
    let waiting = AccountFilter { waiting: Some(Waiting::at(&rules, NOW)), ..AccountFilter::default() };
    let expected = ["w codes", "w longest", "w recovery", "w spent", "w spent, unknown since"];
    assert_eq!(found(store, realm, &waiting).await, expected);
    let listed = forward(store, realm, &AccountFilter::default(), AccountOrder::Login, 200).await;
    let shown = listed.iter().filter(|it| it.state.throttled_for(&realm.policy, NOW).is_some());
    assert_eq!(shown.map(|it| it.account.login.to_string()).collect::<Vec<_>>(), expected, "as each is shown");
}

/// Of more than the limit, the limit is counted.
pub async fn accounts_that_fit_are_counted_up_to_a_limit(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    keep(bench.store(), &[&realm, &other, &an_account(&other, "stranger")]).await;
    for number in 0..5 {
        let role = if number < 3 { Role::Admin } else { Role::Member };
        keep(bench.store(), &[&Account { role, ..an_account(&realm, &format!("account {number}")) }]).await;
    }
    let everyone = AccountFilter::default();
    let admins = AccountFilter { role: Some(Role::Admin), ..everyone.clone() };
    for (filter, most, count) in [(&everyone, 100, 5), (&everyone, 4, 4), (&admins, 100, 3), (&admins, 1, 1)] {
        assert_eq!(bench.store().count_listed_accounts(realm.id, filter, NOW, most).await.unwrap(), count);
    }
}
