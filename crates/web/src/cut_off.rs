//! A form that somebody filled in while their session ended: it is kept on the page that says so, until they have signed in
//! again. Nothing of it is kept here.

use askama::Template;
use poem::http::{StatusCode, header};
use poem::{Request, Response};

use crate::assets;
use crate::cookies::{Cookie, SetCookies};
use crate::form::{Form, TOKEN_FIELD};
use crate::page::Page;
use crate::texts::{Language, Texts};
use crate::visit::{language_of, query_of};

/// Marks the answer, for the log.
#[derive(Clone, Copy)]
pub(crate) struct CutOff;

/// What has to be known of a request whose form may be cut off, before a handler takes it.
pub(crate) struct Sent {
    language: Language,
    address: String,
}

#[derive(Template)]
#[template(path = "cut_off.html")]
struct CutOffPage {
    t: Texts,
    page: Page,
    address: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    value: String,
}

impl Sent {
    /// `None` where there is no session that could end.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if !Cookie::Session.may_open(request.headers()) {
            return None;
        }
        let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        let language = language_of(request.headers(), &query_of(request), &mut SetCookies::default());
        Some(Self { language, address })
    }

    /// The page that keeps what was typed; `None` where nothing worth keeping was.
    pub(crate) fn page(self, form: &Form) -> Option<Response> {
        if !form.fields().any(|(name, value)| is_typed(name, value)) {
            return None;
        }
        let texts = Texts(self.language);
        let page = CutOffPage {
            t: texts,
            page: Page {
                title: texts.say("cut-off-title"),
                lang: self.language.code(),
                version: assets::VERSION,
                realm: "default".to_owned(),
                realm_name: "Countersign".to_owned(),
                shown_once: true,
                ..Page::default()
            },
            address: self.address,
            fields: form
                .fields()
                .filter(|(name, _)| !is_secret(name) || *name == TOKEN_FIELD)
                .map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() })
                .collect(),
        };
        let html = page.render().ok()?;
        let response = Response::builder().status(StatusCode::FORBIDDEN).header(header::CACHE_CONTROL, "no-store");
        let mut response = response.content_type("text/html; charset=utf-8").body(html);
        response.set_data(CutOff);
        Some(response)
    }
}

/// Whether it is a password or a code, which is given again: no page repeats one. The rules of a policy have a dot in their
/// names and are none.
fn is_secret(name: &str) -> bool {
    !name.contains('.') && (name.contains("password") || name.contains("code") || name.contains("token"))
}

/// Whether somebody would have to think of it again.
fn is_typed(name: &str, value: &str) -> bool {
    const MADE_BY_PAGES: [&str; 7] = ["act", "version", "return_to", "shown", "saved", "id", "realm"];
    !value.trim().is_empty() && !is_secret(name) && !MADE_BY_PAGES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_codes_are_not_kept_and_rules_about_them_are() {
        for secret in [
            "password",
            "new_password_again",
            "current_password",
            "proof_password",
            "proof_code",
            "code",
            "setup_token",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
        for typed in ["name", "proofs.begin", "recovery_codes.count", "shown.proofs.disable", "reason", "contact_link"]
        {
            assert!(!is_secret(typed) && is_typed(typed, "x"), "{typed}");
        }
    }
}
