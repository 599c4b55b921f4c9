//! Cookies. Their names begin with `__Host-`: a browser takes them only from this very host, over TLS (or from the same
//! machine), for all paths, and no neighboring host can plant one (RFC 6265bis, section 4.1.3.2).

use poem::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

/// A year, for what a browser should not forget.
pub(crate) const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;

/// A cookie of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session.
    Session,
    /// The challenge that is being answered; never a session.
    Challenge,
    /// What tells a trusted device.
    Device,
    /// What tells a device that was signed in from: others' failures keep it from nothing.
    KnownDevice,
    /// What the forms have to repeat.
    Form,
    /// The language that was chosen.
    Language,
    /// What the next page says once.
    Notice,
    /// The realm whose password was given last: the sign-in page is that realm's where the address names none.
    Realm,
    /// Where an application wants its user back from the security pages.
    WayBack,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-countersign-session",
            Self::Challenge => "__Host-countersign-challenge",
            Self::Device => "__Host-countersign-device",
            Self::KnownDevice => "__Host-countersign-known-device",
            Self::Form => "__Host-countersign-form",
            Self::Language => "__Host-countersign-language",
            Self::Notice => "__Host-countersign-notice",
            Self::Realm => "__Host-countersign-realm",
            Self::WayBack => "__Host-countersign-way-back",
        }
    }

    /// Its value in a request.
    pub(crate) fn of(self, headers: &HeaderMap) -> Option<&str> {
        // Byte by byte: a neighbor's cookie may hold anything, and only what is called exactly so is ours. White space is
        // that of RFC 6265, section 4.2.1, and no other: what looks like a space must not hide a prefix.
        let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
        lines.flat_map(|line| line.split(|byte| *byte == b';')).find_map(|pair| {
            let start = pair.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
            let value = pair[start..].strip_prefix(self.name().as_bytes())?.strip_prefix(b"=")?;
            std::str::from_utf8(value).ok().map(|value| value.trim_end_matches([' ', '\t']))
        })
    }

    /// Its secret value in a request.
    pub(crate) fn secret_of(self, headers: &HeaderMap) -> Option<SecretString> {
        self.of(headers).filter(|value| !value.is_empty()).map(|value| value.to_owned().into())
    }
}

/// The cookies that an answer sets.
#[derive(Default)]
pub(crate) struct SetCookies(Vec<HeaderValue>);

impl SetCookies {
    /// Keeps a value until the browser is closed, or for so many seconds.
    pub(crate) fn keep(&mut self, cookie: Cookie, value: &str, seconds: Option<u64>) {
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        self.push(&format!("{}={value}{ATTRIBUTES}{age}", cookie.name()));
    }

    /// Keeps a secret.
    pub(crate) fn keep_secret(&mut self, cookie: Cookie, value: &SecretString, seconds: Option<u64>) {
        self.keep(cookie, value.expose_secret(), seconds);
    }

    /// Removes a cookie.
    pub(crate) fn remove(&mut self, cookie: Cookie) {
        self.push(&format!("{}={ATTRIBUTES}; Max-Age=0", cookie.name()));
    }

    fn push(&mut self, line: &str) {
        // Tokens and words of ours fit into a header; what does not is not set.
        if let Ok(mut line) = HeaderValue::from_str(line) {
            line.set_sensitive(true);
            self.0.push(line);
        }
    }

    /// Writes them into an answer.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for line in self.0 {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

/// `Lax`: someone who comes by a link is still signed in, and no other site's form takes the cookie along.
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Lax";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("x__Host-countersign-session=a; b=c"));
        headers.append(header::COOKIE, HeaderValue::from_static(" __Host-countersign-session=cs_page_1;d=e"));
        assert_eq!(Cookie::Session.of(&headers), Some("cs_page_1"));
        assert_eq!(Cookie::Challenge.of(&headers), None);
    }

    #[test]
    fn a_neighbors_cookie_neither_hides_nor_forges_ours() {
        let cookie = |line: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
            Cookie::Session.of(&headers).map(str::to_owned)
        };
        assert_eq!(cookie(b"theirs=\xff\xe9; __Host-countersign-session=ours").as_deref(), Some("ours"));
        assert_eq!(cookie("\u{a0}__Host-countersign-session=forged".as_bytes()), None);
        assert_eq!(cookie("\u{2000}__Host-countersign-session=forged".as_bytes()), None);
        assert_eq!(cookie(b"__Host-countersign-session-2=forged"), None);
    }

    #[test]
    fn every_cookie_is_for_this_host_and_out_of_reach_of_scripts() {
        let mut set = SetCookies::default();
        set.keep(Cookie::Session, "cs_page_1", Some(60));
        set.remove(Cookie::Challenge);
        let mut headers = HeaderMap::new();
        set.write(&mut headers);
        let lines: Vec<&str> = headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "__Host-countersign-session=cs_page_1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
                "__Host-countersign-challenge=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            ]
        );
    }
}
