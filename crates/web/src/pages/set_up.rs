//! Making the first owner.

use askama::Template;
use countersign_application::realm::{CheckSetUpLink, CreateFirstOwner, CreateFirstOwnerOutcome, RealmSlug};
use poem::http::header;
use poem::{IntoResponse, Response, handler};

use crate::form::Form;
use crate::page::Page;
use crate::pages::password::unfit;
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::visit::{DEFAULT_REALM, Visit};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetUpPage {
    t: Texts,
    page: Page,
    login: String,
    setup_token: String,
}

#[derive(Template)]
#[template(path = "setup_gone.html")]
struct GonePage {
    t: Texts,
    page: Page,
}

/// The page that the printed link leads to.
#[handler]
pub(super) async fn show(mut visit: Visit) -> Result<Response, Refusal> {
    let token = visit.parameter("token").to_owned();
    let link = CheckSetUpLink { realm: RealmSlug::default_realm(), token: token.clone().into() };
    match link.execute(&visit.application).await? {
        Some(realm) => {
            let page = visit.page("setup-title", Some(&realm)).await.at(&[("token", &token)]);
            let page = SetUpPage { t: visit.texts, page, login: String::new(), setup_token: token };
            quiet(visit.show(&page)?)
        }
        None => gone(visit).await,
    }
}

/// Makes the first owner, and walks on into the enrollment.
#[handler]
pub(super) async fn submit(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let (login, token) = (form.text("login").trim().to_owned(), form.text("setup_token").to_owned());
    let (password, again) = (form.text("password"), form.text("password_again"));
    let texts = visit.texts;
    let wrong = if login.is_empty() {
        Some(("login", texts.say("error-login-missing")))
    } else if password != again {
        Some(("password_again", texts.say("error-passwords-differ")))
    } else {
        let create = CreateFirstOwner {
            realm: RealmSlug::default_realm(),
            token: token.clone().into(),
            login: login.clone(),
            password: form.secret("password"),
            origin: visit.origin.clone(),
        };
        let outcome = match create.execute(&visit.application).await {
            Err(error) if error.is_busy() => None,
            outcome => Some(outcome?),
        };
        match outcome {
            None => Some(("", texts.say("error-busy"))),
            Some(CreateFirstOwnerOutcome::Created { grant, .. }) => {
                visit.begin_session(&grant).await;
                return visit.go("/security/enroll");
            }
            Some(CreateFirstOwnerOutcome::InvalidLink) => return gone(visit).await,
            Some(CreateFirstOwnerOutcome::InvalidLogin(_)) => Some(("login", texts.say("error-login-invalid"))),
            Some(CreateFirstOwnerOutcome::UnfitPassword(error)) => Some(("password", unfit(error, texts))),
        }
    };
    let realm = visit.realm(DEFAULT_REALM).await?;
    let mut page = visit.page("setup-title", realm.as_ref()).await.at(&[("token", &token)]);
    if let Some((field, text)) = wrong {
        page = page.wrong(field, text);
    }
    let page = SetUpPage { t: texts, page, login, setup_token: token };
    quiet(visit.show_wrong(&page)?)
}

/// The address of this page opens the door: not even our own assets are told of it.
pub(super) fn quiet(response: Response) -> Result<Response, Refusal> {
    Ok(response.with_header(header::REFERRER_POLICY, "no-referrer").into_response())
}

async fn gone(mut visit: Visit) -> Result<Response, Refusal> {
    let page = GonePage { t: visit.texts, page: visit.page("setup-gone-title", None).await };
    quiet(visit.show_as(poem::http::StatusCode::GONE, &page)?)
}
