//! The accounts of the realm.

use askama::Template;
use countersign_application::Timestamp;
use countersign_application::account::{
    AccountOrder, AccountPage, AccountPart, CountedAccounts, ListAccounts, SeveralAct,
};
use countersign_application::realm::Realm;
use countersign_application::second_factor::AccountOverview;
use poem::{Response, handler};

use super::account_filter::{AccountFilter, STATES};
use super::{ITEMS, address, role_text};
use crate::moments::Moment;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::{Texts, hyphenated};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_accounts.html")]
struct AccountsPage {
    t: Texts,
    page: Page,
    filter: AccountFilter,
    states: Vec<Choice>,
    orders: Vec<Choice>,
    acts: Vec<Choice>,
    filtered: bool,
    count: String,
    accounts: Vec<AccountRow>,
    is_empty: bool,
    pager: Pager,
}

/// The files that can be made of accounts.
const EXPORTS: [&str; 2] = ["export_csv", "export_jsonl"];

/// One of several that a list offers.
struct Choice {
    name: &'static str,
    text: String,
    selected: bool,
}

impl Choice {
    fn new(name: &'static str, key: &str, chosen: &str, texts: Texts) -> Self {
        Self { name, text: texts.say(&format!("{key}-{}", hyphenated(name))), selected: name == chosen }
    }
}

/// Where the other parts of the list are; empty where there are none.
struct Pager {
    first_url: String,
    previous_url: String,
    next_url: String,
}

impl Pager {
    fn new(filter: &AccountFilter, page: &AccountPage, begins_here: bool) -> Self {
        let at = |cursor: &str| {
            let mut parameters = filter.parameters().to_vec();
            parameters.push(("cursor", cursor));
            address("/admin/accounts", &parameters)
        };
        let to = |cursor: Option<String>| cursor.map_or_else(String::new, |cursor| at(&cursor));
        Self {
            first_url: if begins_here { String::new() } else { at("") },
            previous_url: to(page.previous.as_ref().map(ToString::to_string)),
            next_url: to(page.next.as_ref().map(ToString::to_string)),
        }
    }
}

struct AccountRow {
    id: String,
    login: String,
    is_subject: bool,
    subject: String,
    role: String,
    two_factor: &'static str,
    disabled: bool,
    waiting: bool,
    has_last_sign_in: bool,
    last_sign_in: Moment,
}

impl AccountRow {
    fn new(overview: &AccountOverview, realm: &Realm, now: Timestamp, texts: Texts) -> Self {
        let account = &overview.account;
        Self {
            id: account.id.to_string(),
            login: account.login.to_string(),
            is_subject: account.subject.is_some(),
            subject: account.subject.clone().unwrap_or_default(),
            role: role_text(account.role, texts),
            two_factor: overview.two_factor().as_str(),
            disabled: account.disabled_at.is_some(),
            waiting: overview.state.throttled_for(&realm.policy, now).is_some(),
            has_last_sign_in: account.last_sign_in_at.is_some(),
            last_sign_in: Moment::of(account.last_sign_in_at, texts),
        }
    }
}

/// How many accounts there are, in words.
fn count_text(count: CountedAccounts, texts: Texts) -> String {
    texts.say1(if count.more { "admin-accounts-more-than" } else { "admin-accounts-count" }, "count", &count.count)
}

/// The list.
#[handler]
pub(super) async fn show(
    mut visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let filter = AccountFilter::of(|name| visit.parameter(name));
    let from = filter.from(visit.parameter("cursor"))?;
    let begins_here = from.is_none();
    let part = AccountPart { order: filter.order()?, limit: ITEMS, from };
    let (list, realm) = (ListAccounts { wanted: filter.wanted()?, part, counting: true }, &administrator.realm);
    let listed = list.execute(&visit.application, realm).await?;
    let now = visit.application.now();
    let mut page = visit.page_of("admin-accounts-title", &caller, "admin-accounts").await;
    let unseen = filter.is_unseen();
    if unseen {
        page = page.wrong("query", texts.say("error-text-unseen"));
    }
    let found = listed.page;
    let page = AccountsPage {
        t: texts,
        page,
        states: STATES.iter().map(|name| Choice::new(name, "account-state", &filter.state, texts)).collect(),
        orders: AccountOrder::ALL
            .iter()
            .map(|order| Choice::new(order.as_str(), "account-order", list.part.order.as_str(), texts))
            .collect(),
        acts: SeveralAct::ALL
            .iter()
            .map(|act| act.as_str())
            .chain(EXPORTS)
            .map(|name| Choice::new(name, "several-act", "", texts))
            .collect(),
        filtered: !filter.is_empty(),
        count: listed.count.map(|count| count_text(count, texts)).unwrap_or_default(),
        pager: Pager::new(&filter, &found, begins_here),
        accounts: found.items.iter().map(|overview| AccountRow::new(overview, realm, now, texts)).collect(),
        is_empty: found.items.is_empty(),
        filter,
    };
    if unseen { visit.show_wrong(&page) } else { visit.show(&page) }
}
