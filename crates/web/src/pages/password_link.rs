//! Setting a password by a link that an administrator made.

use askama::Template;
use countersign_application::account::{CheckPasswordLink, UsePasswordLink, UsePasswordLinkOutcome};
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::form::Form;
use crate::page::Page;
use crate::pages::MessagePage;
use crate::pages::password::unfit;
use crate::pages::set_up::quiet;
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "password_link.html")]
struct LinkPage {
    t: Texts,
    page: Page,
    login: String,
    link_token: String,
}

/// The page that the link leads to. Opening it uses nothing up: programs that look at links in messages do that as well.
#[handler]
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let token = visit.parameter("token").to_owned();
    ask(visit, &token, None).await
}

async fn ask(mut visit: Visit, token: &str, wrong: Option<(&str, String)>) -> Result<Response, Refusal> {
    let link = CheckPasswordLink { token: token.to_owned().into() };
    let Some((realm, account)) = link.execute(&visit.application).await? else { return gone(visit).await };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = visit.page("password-link-use-title", Some(&realm)).await.at(&[("token", token)]);
    if let Some((field, text)) = wrong {
        page = page.wrong(field, text);
    }
    let login = account.login.as_str().to_owned();
    let page = LinkPage { t: visit.texts, page, login, link_token: token.to_owned() };
    quiet(visit.show_as(status, &page)?)
}

/// The password.
#[handler]
pub(super) async fn submit(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let (token, texts) = (form.text("link_token").to_owned(), visit.texts);
    if form.text("password") != form.text("password_again") {
        return ask(visit, &token, Some(("password_again", texts.say("error-passwords-differ")))).await;
    }
    let set = UsePasswordLink {
        token: token.clone().into(),
        password: form.secret("password"),
        origin: visit.origin.clone(),
    };
    match set.execute(&visit.application).await {
        Err(error) if error.is_busy() => ask(visit, &token, Some(("", texts.say("error-busy")))).await,
        outcome => match outcome? {
            UsePasswordLinkOutcome::Set { realm, .. } => {
                visit.notice("notice-password-set");
                visit.keep_realm(realm.slug.as_str());
                visit.go(&format!("/sign-in?realm={}", realm.slug))
            }
            UsePasswordLinkOutcome::InvalidLink => gone(visit).await,
            UsePasswordLinkOutcome::UnfitPassword(error) => {
                ask(visit, &token, Some(("password", unfit(error, texts)))).await
            }
        },
    }
}

async fn gone(mut visit: Visit) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let realm = visit.familiar_realm().await;
    let page = MessagePage {
        t: texts,
        page: visit.page("password-link-gone-title", realm.as_ref()).await,
        text: texts.say("password-link-gone-text"),
        link_url: "/sign-in",
        link_text: texts.say("sign-in-title"),
        tone: "warn",
        contact: true,
        request_id: String::new(),
    };
    quiet(visit.show_as(StatusCode::GONE, &page)?)
}
