//! The pages as an interface within the serving frame: refusals as pages, in the visitor's language.

use countersign_application::appearance::FindAppearance;
use countersign_application::{Application, Door};
use countersign_serving::{Failure, Interface, LONGEST_BODY, LONGEST_UPLOAD, Reply};
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderMap, Method, StatusCode, Uri, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use crate::assets;
use crate::cookies::{Cookie, SetCookies};
use crate::cut_off::CutOff;
use crate::deep_link;
use crate::page::{Contact, Page};
use crate::pages::{MessagePage, UPLOAD};
use crate::refusal::Refusal;
use crate::texts::{Language, Texts};
use crate::visit::{familiar_realm, language_of, query_of};

/// Under what the pages count among the operations of the API.
const OPERATION: &str = "pages";

/// All pages.
pub(crate) struct Site<E> {
    pub(crate) routes: E,
    pub(crate) application: Application,
}

/// What a refusal has to know of the request.
pub(crate) struct Asked {
    request_id: String,
    path: String,
    address: Uri,
    language: Language,
    had_session: bool,
    headers: HeaderMap,
    answers_form: bool,
}

impl<E: Endpoint + 'static> Interface for Site<E> {
    const DOOR: Door = Door::Pages;

    type Asked = Asked;

    fn longest_body(&self, request: &Request) -> usize {
        if request.method() == Method::POST && request.uri().path() == UPLOAD { LONGEST_UPLOAD } else { LONGEST_BODY }
    }

    fn asked(&self, request: &Request, id: &str) -> Asked {
        Asked {
            request_id: id.to_owned(),
            path: request.uri().path().to_owned(),
            address: request.uri().clone(),
            language: language_of(request.headers(), &query_of(request), &mut SetCookies::default()),
            had_session: Cookie::Session.may_open(request.headers()),
            headers: request.headers().clone(),
            answers_form: request.method() == Method::POST,
        }
    }

    async fn answer(&self, request: Request, asked: &Asked) -> Reply {
        match self.routes.call(request).await {
            Ok(output) => {
                let response = output.into_response();
                let refusal = match response.data::<CutOff>() {
                    Some(_) => Refusal::SignIn.line(asked.had_session),
                    None => line_of(response.status(), &asked.path),
                };
                Reply { response, operation: OPERATION, refusal }
            }
            Err(error) => {
                let refusal = refusal_of(&error);
                let contact = self.contact(refusal, asked).await;
                refused(refusal, asked, contact)
            }
        }
    }

    fn fail(&self, failure: Failure, asked: &Asked) -> Reply {
        let refusal = match failure {
            Failure::Body(error) => error.into(),
            Failure::Panicked => Refusal::Internal,
        };
        refused(refusal, asked, Contact::default())
    }
}

impl<E> Site<E> {
    /// Who can help someone who may not go on: whoever does so in the realm that the browser signed in to last.
    async fn contact(&self, refusal: Refusal, asked: &Asked) -> Contact {
        if refusal != Refusal::Forbidden {
            return Contact::default();
        }
        let Some(realm) = familiar_realm(&self.application, &asked.headers).await else { return Contact::default() };
        let look = FindAppearance { realm: realm.id }.execute(&self.application).await;
        look.map(|look| Contact::of(&look)).unwrap_or_default()
    }
}

/// What the log says of a page that says itself what was refused. A sign-in leaves a line of its own, and a code or proof that
/// was refused an audit event.
fn line_of(status: StatusCode, path: &str) -> Option<&'static str> {
    match (status, path) {
        (StatusCode::TOO_MANY_REQUESTS, path) if !path.starts_with("/sign-in") => Some("too_many_attempts"),
        (StatusCode::FORBIDDEN, _) => Some("forbidden"),
        // It comes back filled in.
        (StatusCode::BAD_REQUEST, "/sign-in") => Some("form_token"),
        (StatusCode::GONE, "/setup") => Some("set_up_link"),
        _ => None,
    }
}

fn refusal_of(error: &poem::Error) -> Refusal {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return *refusal;
    }
    if error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>() || error.status().is_client_error() {
        return Refusal::NotFound;
    }
    tracing::error!(status = error.status().as_u16(), "an answer that no page gives");
    Refusal::Internal
}

fn refused(refusal: Refusal, asked: &Asked, contact: Contact) -> Reply {
    let response = message(refusal, asked, contact);
    let line = refusal.line(asked.had_session).or_else(|| line_of(response.status(), &asked.path));
    Reply { response, operation: OPERATION, refusal: line }
}

/// The page of a refusal, or the way to where it can be mended.
fn message(refusal: Refusal, asked: &Asked, contact: Contact) -> Response {
    use poem::error::ResponseError;
    let address = match refusal {
        Refusal::SignIn => Some("/sign-in"),
        Refusal::Enroll => Some("/security"),
        Refusal::ChangePassword => Some("/security/password"),
        _ => None,
    };
    if let Some(address) = address {
        let mut response = Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish();
        let mut cookies = SetCookies::default();
        if refusal == Refusal::SignIn && !asked.answers_form {
            deep_link::keep(&mut cookies, &asked.address);
        }
        if refusal == Refusal::SignIn && asked.had_session {
            // Whoever was signed in learns why they have to do it again, above all where a form is lost by it.
            cookies.note_told(Cookie::Session, &asked.headers);
            cookies.keep(Cookie::Notice, "error-session-ended", Some(60));
        }
        cookies.write(response.headers_mut());
        return response;
    }
    let (name, link, tone) = match refusal {
        Refusal::Forbidden => ("forbidden", ("/security", "security"), "bad"),
        Refusal::SomebodyElse => ("somebody-else", ("/security", "security"), "warn"),
        Refusal::OtherRealm => ("other-realm", ("/admin/realms", "realms"), "warn"),
        Refusal::FormExpired => ("form-expired", ("/", "again"), "warn"),
        Refusal::TooLarge => ("too-large", ("/", "again"), "warn"),
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
            contact,
            ..Page::default()
        },
        text: texts.say(&format!("message-{name}-text")),
        link_url: link.0,
        link_text: if link.1.is_empty() { String::new() } else { texts.say(&format!("message-link-{}", link.1)) },
        tone,
        contact: true,
        // Only what whoever runs this can look into has a use for it.
        request_id: match refusal {
            Refusal::Unavailable | Refusal::Internal => asked.request_id.clone(),
            _ => String::new(),
        },
    };
    let html = askama::Template::render(&page).unwrap_or_else(|_| page.text.clone());
    let kind = "text/html; charset=utf-8";
    Response::builder().status(refusal.status()).header(header::CONTENT_TYPE, kind).body(html)
}
