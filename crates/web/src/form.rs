//! What a form held, and whether it is one of ours.

use std::sync::Arc;

use countersign_application::AccountId;
use countersign_serving::read_body;
use poem::http::{HeaderMap, header};
use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cookies::Cookie;
use crate::refusal::Refusal;

/// The field in which a form repeats what the page gave it; see [`FormToken`].
pub(crate) const TOKEN_FIELD: &str = "form_token";

/// The fields of a form, in their order. A field may be there several times.
#[derive(Clone, Default)]
pub(crate) struct Form(Arc<Fields>);

#[derive(Default)]
struct Fields {
    fields: Vec<(String, Zeroizing<String>)>,
    /// Files that were chosen, by the names of their fields.
    files: Vec<(String, Vec<u8>)>,
    /// Whether the browser showed that a page of ours sent it.
    is_ours: bool,
}

/// What a page gives its forms to repeat: the browser's token, whose page it is, and a name for this one act. Only the first
/// keeps other sites out; the others may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormToken {
    /// What the cookie holds.
    pub(crate) browser: String,
    /// The account, or the tag of the challenge, that the page was made for.
    pub(crate) whose: String,
    /// What tells this act from others: the same form sent twice is one act.
    pub(crate) act: String,
    /// The short name of the realm that the page acts in, where that is not the account's own.
    pub(crate) realm: String,
}

impl FormToken {
    /// How many bytes of randomness the browser's token has.
    pub(crate) const BYTES: usize = 32;

    fn of(text: &str) -> Self {
        let mut parts = text.split('.').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Self { browser: next(), whose: next(), act: next(), realm: next() }
    }

    /// As a form repeats it.
    pub(crate) fn text(&self) -> String {
        format!("{}.{}.{}.{}", self.browser, self.whose, self.act, self.realm)
    }

    /// What the cookie of a request holds, if it can be a token.
    pub(crate) fn browser_of(headers: &HeaderMap) -> Option<&str> {
        Cookie::Form.of(headers).filter(|token| Self::may_be_token(token))
    }

    fn may_be_token(text: &str) -> bool {
        text.len() == 2 * Self::BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

impl<'a> FromRequest<'a> for Form {
    /// The form of a request that came in as one of our pages' ([`posted`](crate::posted)).
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(request.data::<Self>().cloned().ok_or(Refusal::FormExpired)?)
    }
}

impl Form {
    /// Reads the form of a request that changes something. No other site may have sent it: the browser says that it was a page
    /// of this very origin (Fetch Metadata), or the form repeats the token of the cookie, which no other site knows.
    ///
    /// Of windows that were opened together before there was a cookie, only one has the token that was kept: that the
    /// browser vouches for the others is enough.
    ///
    /// A form with files in it is read only where one is expected.
    pub(crate) async fn read(request: &Request, body: Body, takes_files: bool) -> Result<Self, Refusal> {
        // First of all, for a connection is only good for the next request when all of this one has arrived.
        let bytes = read_body(request, body).await?;
        let headers = request.headers();
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err(Refusal::FormExpired);
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut read = if kind.starts_with("application/x-www-form-urlencoded") {
            let fields: Vec<(String, String)> =
                serde_urlencoded::from_bytes(&bytes).map_err(|_| Refusal::FormExpired)?;
            let fields = fields.into_iter().map(|(name, value)| (name, Zeroizing::new(value)));
            Fields { fields: fields.collect(), ..Fields::default() }
        } else if takes_files && kind.starts_with("multipart/form-data") {
            Fields::of_parts(request, bytes).await?
        } else {
            return Err(Refusal::FormExpired);
        };
        let repeated = FormToken::of(read.text(TOKEN_FIELD)).browser;
        let kept = Cookie::Form.of(headers).unwrap_or_default();
        let repeats = !kept.is_empty() && bool::from(kept.as_bytes().ct_eq(repeated.as_bytes()));
        read.is_ours = repeats || (site == Some("same-origin") && FormToken::may_be_token(&repeated));
        Ok(Self(Arc::new(read)))
    }

    /// Whether the browser showed that a page of ours sent it.
    pub(crate) fn is_ours(&self) -> bool {
        self.0.is_ours
    }

    /// What the page gave it to repeat.
    pub(crate) fn token(&self) -> FormToken {
        FormToken::of(self.text(TOKEN_FIELD))
    }

    /// The account that the page was made for, where it was made for one.
    pub(crate) fn whose(&self) -> Option<AccountId> {
        self.token().whose.parse().ok()
    }

    /// Everything that it asks for, as text: two forms with the same are the same.
    pub(crate) fn asks(&self) -> SecretString {
        let asked = self.fields().filter(|(name, _)| *name != TOKEN_FIELD).collect::<Vec<_>>();
        let files = self.0.files.iter().map(|(name, bytes)| format!("\n{name} {}", hex::encode(Sha256::digest(bytes))));
        let asked = serde_urlencoded::to_string(asked).unwrap_or_default();
        std::iter::once(asked).chain(files).collect::<String>().into()
    }

    /// A field, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.text(name)
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

    /// What is in a file, if one was chosen.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.0.files.iter().find(|(field, _)| field == name).map(|(_, bytes)| bytes.as_slice())
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// All fields of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields().filter(move |(field, _)| *field == name).map(|(_, value)| value)
    }

    /// All fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), Zeroizing::new((*value).to_owned())));
        Self(Arc::new(Fields { fields: fields.collect(), is_ours: true, ..Fields::default() }))
    }
}

impl Fields {
    /// The parts of a form that may have files in it. A field for one in which none was chosen is sent without name and
    /// content.
    async fn of_parts(request: &Request, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let mut body = RequestBody::new(bytes.into());
        let parts = Multipart::from_request(request, &mut body).await;
        let (mut parts, mut read) = (parts.map_err(|_| Refusal::FormExpired)?, Self::default());
        while let Some(part) = parts.next_field().await.map_err(|_| Refusal::FormExpired)? {
            let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
            let content = part.bytes().await.map_err(|_| Refusal::FormExpired)?;
            if !is_file {
                let text = String::from_utf8(content).map_err(|_| Refusal::FormExpired)?;
                read.fields.push((name, Zeroizing::new(text)));
            } else if !content.is_empty() {
                read.files.push((name, content));
            }
        }
        Ok(read)
    }

    fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_alone_names_nobody_and_no_act() {
        let token =
            FormToken { browser: "ab".to_owned(), whose: "c".to_owned(), act: "d".to_owned(), realm: "e".to_owned() };
        assert_eq!(FormToken::of(&token.text()), token);
        assert_eq!(FormToken::of("ab"), FormToken { browser: "ab".to_owned(), ..FormToken::default() });
    }

    #[test]
    fn two_forms_that_ask_for_the_same_are_the_same_whatever_their_tokens() {
        use secrecy::ExposeSecret;
        let asks = |fields: &[(&str, &str)]| Form::of(fields).asks().expose_secret().to_owned();
        assert_eq!(asks(&[("form_token", "a"), ("name", "x")]), asks(&[("form_token", "b"), ("name", "x")]));
        assert_ne!(asks(&[("name", "x")]), asks(&[("name", "y")]));
        assert_ne!(asks(&[("name", "x&b=y")]), asks(&[("name", "x"), ("b", "y")]));
    }

    #[tokio::test]
    async fn files_are_read_where_they_are_expected_and_tell_forms_apart() {
        use secrecy::ExposeSecret;
        let read = async |content: &str, takes_files| {
            let part =
                |name: &str, rest: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n");
            let body = [
                part("name", "\r\n\r\nPanel"),
                part("logo", &format!("; filename=\"a.svg\"\r\nContent-Type: image/svg+xml\r\n\r\n{content}")),
                part("none", "; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
                "--x--\r\n".to_owned(),
            ];
            let request = Request::builder().content_type("multipart/form-data; boundary=x").finish();
            Form::read(&request, Body::from(body.concat()), takes_files).await
        };
        let form = read("<svg/>", true).await.unwrap();
        assert_eq!((form.text("name"), form.file("logo"), form.file("none")), ("Panel", Some(&b"<svg/>"[..]), None));
        let asks = |form: &Form| form.asks().expose_secret().to_owned();
        assert_ne!(asks(&form), asks(&read("<svg />", true).await.unwrap()));
        assert!(!form.is_ours() && read("<svg/>", false).await.is_err());
    }
}
