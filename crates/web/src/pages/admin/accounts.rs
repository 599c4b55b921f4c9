//! The accounts of the realm.

use askama::Template;
use countersign_application::Timestamp;
use countersign_application::account::{AccountFilter, ListAccounts, Role};
use countersign_application::realm::Realm;
use countersign_application::second_factor::{AccountOverview, TwoFactorStatus};
use countersign_application::text::SearchText;
use poem::{Response, handler};

use super::{Pager, page_request, role_text};
use crate::moments::Moment;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_accounts.html")]
struct AccountsPage {
    t: Texts,
    page: Page,
    query: String,
    role: String,
    two_factor: String,
    filtered: bool,
    accounts: Vec<AccountRow>,
    is_empty: bool,
    newest_url: String,
    older_url: String,
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

/// A filter that is chosen from a list: nothing, or one of its names.
fn chosen<T>(name: &str, from_name: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    match name {
        "" => Ok(None),
        name => from_name(name).map(Some).ok_or(Refusal::NotFound),
    }
}

/// The list, oldest first.
#[handler]
pub(super) async fn show(
    mut visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let query = visit.parameter("query").trim().to_owned();
    let (role, two_factor) = (visit.parameter("role").to_owned(), visit.parameter("two_factor").to_owned());
    let sought = Some(query.as_str()).filter(|query| !query.is_empty()).map(SearchText::new).transpose();
    let unseen = sought.is_err();
    let filter = AccountFilter {
        query: sought.unwrap_or_default().map(|query| query.as_str().to_owned()),
        role: chosen(&role, Role::from_name)?,
        two_factor: chosen(&two_factor, TwoFactorStatus::from_name)?,
    };
    let (list, realm) = (ListAccounts { filter, page: page_request(&visit)? }, &administrator.realm);
    let found = list.execute(&visit.application, realm).await?;
    let parameters = [("query", query.as_str()), ("role", &role), ("two_factor", &two_factor)];
    let pager = Pager::new(&visit, "/admin/accounts", &parameters, found.next_cursor());
    let now = visit.application.now();
    let mut page = visit.page_of("admin-accounts-title", &caller, "admin-accounts").await;
    if unseen {
        page = page.wrong("query", texts.say("error-text-unseen"));
    }
    let page = AccountsPage {
        t: texts,
        page,
        filtered: !(query.is_empty() && role.is_empty() && two_factor.is_empty()),
        accounts: found.items.iter().map(|overview| AccountRow::new(overview, realm, now, texts)).collect(),
        is_empty: found.items.is_empty(),
        query,
        role,
        two_factor,
        newest_url: pager.newest_url,
        older_url: pager.older_url,
    };
    if unseen { visit.show_wrong(&page) } else { visit.show(&page) }
}
