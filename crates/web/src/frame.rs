//! What surrounds every page: panics, refusals as pages, and the headers that keep a browser from doing what it should not.

use std::panic::AssertUnwindSafe;

use countersign_application::Application;
use futures_util::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::Instrument;

use crate::assets;
use crate::cookies::{Cookie, SetCookies};
use crate::observation::Observation;
use crate::page::Page;
use crate::pages::MessagePage;
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::texts::{Language, Texts};
use crate::visit::{language_of, origin_of};

/// The frame around all pages.
pub(crate) struct Frame<E> {
    inner: E,
    observation: Observation,
    application: Application,
}

impl<E: Endpoint> Frame<E> {
    pub(crate) fn new(inner: E, application: Application) -> Self {
        Self { inner, observation: Observation::new(), application }
    }
}

impl<E: Endpoint> Endpoint for Frame<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let query: Vec<(String, String)> =
            serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
        let language = language_of(request.headers(), &query, &mut SetCookies::default());
        let asked = Asked {
            language,
            had_session: Cookie::Session.of(request.headers()).is_some_and(|value| !value.is_empty()),
            answers_form: request.method() == Method::POST,
        };
        let observed = self.observation.begin(&request);
        let origin = origin_of(&request);
        let path = request.uri().path().to_owned();
        let answered =
            AssertUnwindSafe(self.inner.call(request)).catch_unwind().instrument(observed.span.clone()).await;
        let refusal = match &answered {
            Ok(Err(error)) => error.downcast_ref::<Refusal>().and_then(|refusal| refusal.line(asked.had_session)),
            Ok(Ok(_)) | Err(_) => None,
        };
        let mut response = match answered {
            Ok(Ok(output)) => output.into_response(),
            Ok(Err(error)) => refused(&error, &asked, &observed.id),
            Err(_) => {
                tracing::error!("a page panicked");
                message(Refusal::Internal, &asked, &observed.id)
            }
        };
        if let Some(why) = refusal.or_else(|| line_of(response.status(), &path)) {
            observed.span.in_scope(|| self.application.request_refused(why, "pages", &origin));
        }
        protect(&mut response);
        observed.end(&mut response);
        Ok(response)
    }
}

/// What the log says of a page that says itself what was refused. A sign-in leaves a line of its own, and a code or proof that
/// was refused an audit event.
fn line_of(status: StatusCode, path: &str) -> Option<&'static str> {
    match (status, path) {
        (StatusCode::TOO_MANY_REQUESTS, path) if !path.starts_with("/sign-in") => Some("too_many_attempts"),
        (StatusCode::FORBIDDEN, _) => Some("forbidden"),
        (StatusCode::GONE, "/setup") => Some("set_up_link"),
        _ => None,
    }
}

/// What a refusal has to know of the request.
struct Asked {
    language: Language,
    had_session: bool,
    answers_form: bool,
}

fn refused(error: &poem::Error, asked: &Asked, request_id: &str) -> Response {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return message(*refusal, asked, request_id);
    }
    if error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>() || error.status().is_client_error() {
        return message(Refusal::NotFound, asked, request_id);
    }
    tracing::error!(status = error.status().as_u16(), "an answer that no page gives");
    message(Refusal::Internal, asked, request_id)
}

/// The page of a refusal, or the way to where it can be mended.
fn message(refusal: Refusal, asked: &Asked, request_id: &str) -> Response {
    use poem::error::ResponseError;
    let address = match refusal {
        Refusal::SignIn => Some("/sign-in"),
        Refusal::Enroll => Some("/security"),
        Refusal::ChangePassword => Some("/security/password"),
        _ => None,
    };
    if let Some(address) = address {
        let mut response = Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish();
        if refusal == Refusal::SignIn && asked.had_session {
            // Whoever was signed in learns why they have to do it again, above all where a form is lost by it.
            let mut cookies = SetCookies::default();
            cookies.remove(Cookie::Session);
            cookies.keep(Cookie::Notice, "error-session-ended", Some(60));
            cookies.write(response.headers_mut());
        }
        return response;
    }
    let (name, link, tone) = match refusal {
        Refusal::Forbidden => ("forbidden", ("/security", "security"), "bad"),
        Refusal::FormExpired | Refusal::TooLarge => ("form-expired", ("/", "again"), "warn"),
        Refusal::ReturnAddress => ("return-address", ("", ""), "bad"),
        Refusal::Busy => ("busy", ("", ""), "warn"),
        Refusal::Unavailable => ("unavailable", ("", ""), "bad"),
        Refusal::Internal => ("internal", ("/", "again"), "bad"),
        Refusal::NotFound | Refusal::SignIn | Refusal::Enroll | Refusal::ChangePassword => {
            ("not-found", ("/", "security"), "info")
        }
    };
    let texts = Texts(asked.language);
    let page = MessagePage {
        t: texts,
        page: Page {
            title: texts.say(&format!("message-{name}-title")),
            lang: asked.language.code(),
            version: assets::VERSION,
            realm: "default".to_owned(),
            realm_name: "Countersign".to_owned(),
            shown_once: asked.answers_form,
            ..Page::default()
        },
        text: texts.say(&format!("message-{name}-text")),
        link_url: link.0,
        link_text: if link.1.is_empty() { String::new() } else { texts.say(&format!("message-link-{}", link.1)) },
        tone,
        // Only what whoever runs this can look into has a use for it.
        request_id: match refusal {
            Refusal::Unavailable | Refusal::Internal => request_id.to_owned(),
            _ => String::new(),
        },
    };
    let html = askama::Template::render(&page).unwrap_or_else(|_| page.text.clone());
    let kind = "text/html; charset=utf-8";
    Response::builder().status(refusal.status()).header(header::CONTENT_TYPE, kind).body(html)
}

/// Nothing but what comes from here: no script and no style within a page, no frame around it, no form that goes elsewhere.
fn protect(response: &mut Response) {
    // A browser holds the answer to a form against this as well, where it leads somewhere else.
    let elsewhere = response.data::<ReturnTo>().map(|address| format!(" {}", address.origin())).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'{elsewhere}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    // What others have drawn brings a stricter one.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy)
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::X_FRAME_OPTIONS, "DENY")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The page with the set-up link brings its own.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        // Every page concerns one person: none may stay in a cache.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
