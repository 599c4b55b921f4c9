//! Signing in: the password, going on as someone who is signed in, and out again. What a second factor is asked with is in
//! `challenge.rs`.

use askama::Template;
use countersign_application::account::Login;
use countersign_application::caller::Caller;
use countersign_application::realm::{AwaitsFirstOwner, Realm};
use countersign_application::session::EndSession;
use countersign_application::session::purpose::Look;
use countersign_application::sign_in::{SignIn, SignInOutcome};
use countersign_serving::count_sign_in;
use poem::http::StatusCode;
use poem::{IntoResponse, Response, handler};
use secrecy::SecretString;

use crate::cookies::{Cookie, YEAR_SECONDS};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::{DEFAULT_REALM, Visit};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    t: Texts,
    page: Page,
    login: String,
    realm: String,
    has_return_to: bool,
    return_to: String,
    wait: Wait,
    signed_in: Vec<SignedIn>,
    awaits_owner: bool,
}

/// Someone who is signed in to the realm already, in this browser.
struct SignedIn {
    account: String,
    login: String,
}

/// What was asked for by the address: a realm, and where to go afterwards.
struct Destination {
    slug: String,
    realm: Option<Realm>,
    return_to: Option<ReturnTo>,
}

impl Destination {
    /// Reads it. Signing in to a realm that does not exist fails like a wrong password; that a realm exists is no secret, its
    /// page has its name.
    async fn of(visit: &Visit, slug: &str, return_to: &str) -> Result<Self, Refusal> {
        let slug = if slug.is_empty() { visit.usual_realm() } else { slug };
        let realm = visit.realm(slug).await?;
        let return_to = match (return_to, &realm) {
            ("", _) => None,
            (address, Some(realm)) => Some(visit.return_address(realm, address).await?),
            (_, None) => return Err(Refusal::ReturnAddress),
        };
        Ok(Self { slug: slug.to_owned(), realm, return_to })
    }

    async fn page(self, mut visit: Visit, login: &str, why: Why) -> Result<Response, Refusal> {
        let texts = visit.texts;
        let signed_in = match &self.realm {
            Some(realm) => visit.signed_in_to(realm).await?,
            None => Vec::new(),
        };
        let awaits_owner = match &self.realm {
            Some(realm) if realm.slug.as_str() == DEFAULT_REALM && signed_in.is_empty() => {
                AwaitsFirstOwner { realm }.execute(&visit.application).await?
            }
            _ => false,
        };
        let mut page = visit.page("sign-in-title", self.realm.as_ref()).await.at(&self.query());
        let (status, wrong, wait) = match why {
            Why::Opened => (StatusCode::OK, None, None),
            Why::Wrong(key) => (StatusCode::UNPROCESSABLE_ENTITY, Some(key), None),
            Why::FormExpired => (StatusCode::BAD_REQUEST, Some("error-form-expired"), None),
            Why::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, None, Some(seconds)),
        };
        if let Some(key) = wrong {
            page = page.wrong("", texts.say(key));
        }
        let page = SignInPage {
            t: texts,
            page,
            // Whatever was sent, a login is no longer.
            login: login.chars().take(Login::MAX_CHARS).collect(),
            realm: self.slug,
            has_return_to: self.return_to.is_some(),
            return_to: address(self.return_to.as_ref()),
            awaits_owner,
            wait: wait.map(|seconds| Wait::new(seconds, texts)).unwrap_or_default(),
            signed_in: signed_in
                .iter()
                .map(|(_, caller)| SignedIn {
                    account: caller.account.id.to_string(),
                    login: caller.account.login.as_str().to_owned(),
                })
                .collect(),
        };
        Ok(ReturnTo::allow_on(self.return_to, visit.show_as(status, &page)?))
    }

    /// The query of an address that asks for the same.
    fn query(&self) -> Vec<(&str, &str)> {
        let return_to = self.return_to.as_ref().map(|address| ("return_to", address.as_str()));
        [("realm", self.slug.as_str())].into_iter().chain(return_to).collect()
    }
}

/// Why the sign-in page is shown.
enum Why {
    Opened,
    /// Something was wrong: the key of what to say.
    Wrong(&'static str),
    /// The form was not from a page of ours that still holds.
    FormExpired,
    /// Nothing was looked at, for so many seconds more.
    Wait(u64),
}

pub(super) fn address(return_to: Option<&ReturnTo>) -> String {
    return_to.map(|address| address.as_str().to_owned()).unwrap_or_default()
}

/// A relative address with where to go afterwards.
pub(super) fn with_return(path: &str, return_to: &str) -> String {
    if return_to.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", serde_urlencoded::to_string([("return_to", return_to)]).unwrap_or_default())
}

/// The beginning: the account's own page, which sends on to the sign-in.
#[handler]
pub(super) async fn home(visit: Visit) -> Result<Response, Refusal> {
    visit.go("/security")
}

/// The sign-in page.
#[handler]
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, visit.parameter("realm"), visit.parameter("return_to")).await?;
    destination.page(visit, "", Why::Opened).await
}

/// Login and password.
#[handler]
pub(super) async fn submit(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, form.text("realm"), form.text("return_to")).await?;
    let login = form.text("login").trim().to_owned();
    if !form.is_ours() {
        return destination.page(visit, &login, Why::FormExpired).await;
    }
    let sign_in = SignIn {
        realm: destination.slug.clone(),
        login: login.clone(),
        password: form.secret("password"),
        device_tokens: visit.tokens(Cookie::Device),
        known_devices: visit.tokens(Cookie::KnownDevice),
        origin: visit.origin.clone(),
    };
    let outcome = match sign_in.execute(&visit.application).await {
        Err(error) if error.is_busy() => return destination.page(visit, &login, Why::Wrong("error-busy")).await,
        outcome => outcome?,
    };
    count_sign_in("sign_in", outcome.kind());
    match outcome {
        SignInOutcome::SignedIn { grant, .. } => {
            visit.keep_realm(&destination.slug);
            visit.begin_session(&grant).await;
            visit.go_on(destination.return_to.as_ref())
        }
        SignInOutcome::EnrollmentRequired { grant, .. } | SignInOutcome::PasswordChangeRequired { grant, .. } => {
            visit.keep_realm(&destination.slug);
            visit.begin_session(&grant).await;
            if let Some(address) = &destination.return_to {
                visit.keep_way_back(address);
            }
            visit.go("/security")
        }
        SignInOutcome::SecondFactorRequired { challenge_token, expires_at, .. } => {
            let seconds = expires_at.as_micros().saturating_sub(visit.application.now().as_micros()) / 1_000_000;
            let seconds = u64::try_from(seconds).unwrap_or_default();
            visit.add_token(Cookie::Challenge, &challenge_token, seconds);
            visit.keep_realm(&destination.slug);
            visit.go(&with_return("/sign-in/second-factor", &address(destination.return_to.as_ref())))
        }
        SignInOutcome::InvalidCredentials => {
            destination.page(visit, &login, Why::Wrong("error-invalid-credentials")).await
        }
        SignInOutcome::Throttled { retry_after_seconds } => {
            destination.page(visit, &login, Why::Wait(retry_after_seconds)).await
        }
    }
}

/// Goes on as someone who is signed in already.
#[handler]
pub(super) async fn go_on(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, form.text("realm"), form.text("return_to")).await?;
    let Some(realm) = &destination.realm else { return Err(Refusal::NotFound) };
    let signed_in = visit.signed_in_to(realm).await?;
    let of_form = |(_, caller): &&(SecretString, Box<Caller>)| caller.account.id.to_string() == form.text("account");
    let Some((token, _)) = signed_in.iter().find(of_form) else {
        visit.notice("error-session-ended");
        let query = serde_urlencoded::to_string(destination.query()).unwrap_or_default();
        return visit.go(&format!("/sign-in?{query}"));
    };
    // It becomes the one used last; how long it lasts, the server knows.
    visit.add_token(Cookie::Session, token, YEAR_SECONDS);
    visit.keep_realm(&destination.slug);
    visit.go_on(destination.return_to.as_ref())
}

const CLEAR_SITE_DATA: &str = "clear-site-data";

/// What the browser forgets at signing out: every page of ours that it kept, so that "back" shows none. Not all cookies: that
/// would take those of the hosts beside this one along, and the trust of this browser, which is not the session's. And nothing
/// else, for the pages keep nothing else in a browser, and what is there is another program's.
const FORGET: &str = "\"cache\"";

/// Ends the session.
#[handler]
pub(super) async fn sign_out(mut visit: Visit, _: Form, caller: SessionFor<Look>) -> Result<Response, Refusal> {
    if let Some(session_id) = caller.session_id() {
        EndSession { session_id }.execute(&visit.application, &caller).await?;
    }
    visit.remove_token(Cookie::Session, caller.token());
    visit.cookies.remove(Cookie::Challenge);
    visit.cookies.remove(Cookie::WayBack);
    visit.notice("notice-signed-out");
    Ok(visit.go("/sign-in")?.with_header(CLEAR_SITE_DATA, FORGET).into_response())
}
