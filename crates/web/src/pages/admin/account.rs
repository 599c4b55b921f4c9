//! One account, as an administrator sees it.

use askama::Template;
use countersign_application::account::{Account, FindAccount, Role};
use countersign_application::administration::Administrator;
use countersign_application::audit::{Audited, ListAuditEvents, told};
use countersign_application::caller::Caller;
use countersign_application::realm::{Realm, enrollment_deadline, two_factor_is_required};
use countersign_application::second_factor::{Authenticator, AuthenticatorStatus, SecondFactor, TwoFactorStatus};
use countersign_application::{AccountId, PageRequest, Timestamp};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::events::told_line;
use super::{account_id, address, role_text};
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::events::EventLine;
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

/// How many of its last events are shown.
const RECENT: u32 = 10;

#[derive(Template)]
#[template(path = "admin_account.html")]
struct AccountPage {
    t: Texts,
    page: Page,
    item: AccountView,
    authenticators: Vec<AdminAuthenticator>,
    has_authenticators: bool,
    is_own: bool,
    may_act: bool,
    may_disable_two_factor: bool,
    may_make_owner: bool,
    may_make_operator: bool,
    events: Vec<EventLine>,
    events_url: String,
}

struct AccountView {
    id: String,
    login: String,
    is_subject: bool,
    subject: String,
    role: &'static str,
    role_text: String,
    two_factor: &'static str,
    disabled: bool,
    created: Moment,
    has_last_sign_in: bool,
    last_sign_in: Moment,
    requirement: String,
    mark: &'static str,
    has_deadline: bool,
    deadline: Moment,
    recovery_remaining: u32,
    wait: Wait,
}

impl AccountView {
    fn new(realm: &Realm, account: &Account, factor: &SecondFactor, now: Timestamp, texts: Texts) -> Self {
        let pending = factor.authenticators.iter().any(|authenticator| authenticator.is_pending_at(now));
        let two_factor = TwoFactorStatus::of(factor.state.is_enabled(), pending);
        let deadline = enrollment_deadline(&realm.policy, account);
        let wait = factor.state.throttled_for(&realm.policy, now);
        Self {
            id: account.id.to_string(),
            login: account.login.to_string(),
            is_subject: account.subject.is_some(),
            subject: account.subject.clone().unwrap_or_default(),
            role: account.role.as_str(),
            role_text: role_text(account.role, texts),
            two_factor: two_factor.as_str(),
            disabled: account.disabled_at.is_some(),
            created: Moment::new(account.created_at, texts),
            has_last_sign_in: account.last_sign_in_at.is_some(),
            last_sign_in: Moment::of(account.last_sign_in_at, texts),
            requirement: requirement_text(realm, account, texts),
            mark: mark_of(account),
            has_deadline: deadline.is_some(),
            deadline: Moment::of(deadline, texts),
            recovery_remaining: factor.recovery_codes_remaining(),
            wait: wait.map(|seconds| Wait::new(seconds, texts)).unwrap_or_default(),
        }
    }
}

/// Whether a second factor is required of the account, and by what.
fn requirement_text(realm: &Realm, account: &Account, texts: Texts) -> String {
    let required = two_factor_is_required(&realm.policy, account);
    texts.say(match (account.two_factor_required, required) {
        (Some(true), _) => "requirement-marked",
        (Some(false), _) => "requirement-exempt",
        (None, true) => "requirement-by-policy",
        (None, false) => "requirement-none",
    })
}

/// The act that leads to what holds now.
fn mark_of(account: &Account) -> &'static str {
    match account.two_factor_required {
        Some(true) => "require",
        Some(false) => "exempt",
        None => "by-policy",
    }
}

struct AdminAuthenticator {
    name: String,
    pending: bool,
    disabled: bool,
    added: Moment,
    has_last_used: bool,
    last_used: Moment,
    facts: String,
}

impl AdminAuthenticator {
    fn new(authenticator: &Authenticator, texts: Texts) -> Self {
        let parameters = authenticator.parameters;
        let (digits, period) = (parameters.digits().get(), parameters.period_seconds());
        Self {
            name: authenticator.name.as_str().to_owned(),
            pending: authenticator.status == AuthenticatorStatus::Pending,
            disabled: authenticator.status == AuthenticatorStatus::Disabled,
            added: Moment::new(authenticator.confirmed_at.unwrap_or(authenticator.created_at), texts),
            has_last_used: authenticator.last_used_at.is_some(),
            last_used: Moment::of(authenticator.last_used_at, texts),
            facts: texts.say_with(
                "authenticator-facts",
                &[("digits", &digits), ("period", &period), ("algorithm", &parameters.algorithm().name())],
            ),
        }
    }
}

/// What an administrator may do with an account, as far as a page can tell beforehand.
pub(super) struct Rights {
    pub(super) is_own: bool,
    pub(super) may_act: bool,
}

impl Rights {
    pub(super) fn of(caller: &Caller, administrator: &Administrator, account: &Account) -> Self {
        let is_own = caller.account.id == account.id;
        let may_act = !is_own && administrator.authority.may_act_on(account.role);
        Self { is_own, may_act }
    }
}

/// The page of an account.
#[handler]
pub(super) async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    account_page(visit, &caller, &administrator, account_id(&id)?, None).await
}

/// The page of an account, with what was wrong about an act on it.
pub(super) async fn account_page(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    id: AccountId,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let (find, realm) = (FindAccount { account: id }, &administrator.realm);
    let (account, factor) = find.execute(&visit.application, realm).await?.ok_or(Refusal::NotFound)?;
    let list = ListAuditEvents::about(Audited::Account(id), PageRequest { limit: RECENT, after: None });
    let events = list.execute(&visit.application, realm).await?;
    let now = visit.application.now();
    let rights = Rights::of(caller, administrator, &account);
    let counts = |authenticator: &&Authenticator| authenticator.is_shown_at(now);
    let authenticators: Vec<_> = factor
        .authenticators
        .iter()
        .filter(counts)
        .map(|authenticator| AdminAuthenticator::new(authenticator, texts))
        .collect();
    let mut page = visit.page_of("admin-accounts-title", caller, "admin-accounts").await;
    page.title = account.login.to_string();
    let status = wrong.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    if let Some((_, text)) = wrong {
        page = page.wrong("", text);
    }
    let page = AccountPage {
        t: texts,
        page,
        item: AccountView::new(realm, &account, &factor, now, texts),
        has_authenticators: !authenticators.is_empty(),
        authenticators,
        is_own: rights.is_own,
        may_act: rights.may_act,
        may_disable_two_factor: factor.state.is_enabled()
            && administrator.authority.may_disable_two_factor(&realm.policy),
        may_make_owner: administrator.may_grant(Role::Owner),
        may_make_operator: administrator.may_grant(Role::Operator),
        events: told(events.items).iter().map(|part| told_line(part, texts)).collect(),
        events_url: address("/admin/audit-events", &[("account", &id.to_string())]),
    };
    visit.show_as(status, &page)
}
