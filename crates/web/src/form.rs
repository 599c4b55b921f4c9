//! What a form held.

use countersign_serving::read_body;
use poem::http::header;
use poem::{Body, FromRequest, Request, RequestBody};
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cookies::Cookie;
use crate::refusal::Refusal;

/// The fields of a form, in their order. A field may be there several times.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl<'a> FromRequest<'a> for Form {
    /// A handler that takes a form is only run for one that has to be of our pages.
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::read(request, body.take()?).await?)
    }
}

impl Form {
    /// Reads the form of a request that changes something. It has to repeat the token of the cookie, which no other site
    /// knows, and no browser may say that another site sent it.
    async fn read(request: &Request, body: Body) -> Result<Self, Refusal> {
        // First of all, for a connection is only good for the next request when all of this one has arrived.
        let bytes = read_body(body).await?;
        let headers = request.headers();
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err(Refusal::FormExpired);
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::FormExpired);
        }
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).map_err(|_| Refusal::FormExpired)?;
        let form = Self(fields.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect());
        let kept = Cookie::Form.of(headers).unwrap_or_default();
        let repeated = form.text("form_token");
        if kept.is_empty() || !bool::from(kept.as_bytes().ct_eq(repeated.as_bytes())) {
            return Err(Refusal::FormExpired);
        }
        Ok(form)
    }

    /// A field, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// A field without the white space around it, if anything is left.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// A secret field as it was typed.
    pub(crate) fn secret(&self, name: &str) -> SecretString {
        self.text(name).to_owned().into()
    }

    /// A secret field, if it was filled in.
    pub(crate) fn given_secret(&self, name: &str) -> Option<SecretString> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(|text| text.to_owned().into())
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// All fields of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
