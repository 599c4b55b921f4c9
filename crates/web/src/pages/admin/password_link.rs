//! A link by which someone sets a password, shown to the administrator who made it.

use askama::Template;
use countersign_application::Timestamp;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::Moment;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::shown_once::{SHOWN, ShownWhat};
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_password_link.html")]
struct LinkPage {
    t: Texts,
    page: Page,
    shown: String,
    login: String,
    url: String,
    expires: Moment,
}

/// The link, until it is passed on.
#[handler]
pub(super) async fn show(mut visit: Visit, Administering { caller, .. }: Administering) -> Result<Response, Refusal> {
    let Some(ShownWhat::PasswordLink(made)) = visit.shown(caller.account.id).await? else {
        visit.notice("notice-password-link-not-shown");
        return visit.go("/admin/accounts");
    };
    let texts = visit.texts;
    let page = LinkPage {
        t: texts,
        page: visit.page_of("password-link-title", &caller, "admin-accounts").await,
        shown: visit.parameter(SHOWN).to_owned(),
        login: made.login,
        url: format!("{}{}", visit.own_address(), made.path),
        expires: Moment::new(Timestamp::from_micros(made.expires_at), texts),
    };
    visit.show(&page)
}

/// It is passed on: it is shown no more.
#[handler]
pub(super) async fn passed_on(visit: Visit, form: Form, _: Administering) -> Result<Response, Refusal> {
    visit.forget_shown(form.text(SHOWN)).await?;
    visit.go("/admin/accounts")
}
