//! Cookies. Their names begin with `__Host-`: a browser takes them only from this very host, over TLS (or from the same
//! machine), for all paths, and no neighboring host can plant one (RFC 6265bis, section 4.1.3.2).

use poem::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

/// A cookie that holds several tokens holds no more than so many: those used last.
const MOST_TOKENS: usize = 8;

/// Between the tokens of a cookie that holds several. No token has one.
const BETWEEN: char = '.';

/// Before a token of which its owner was told already that it opens nothing here.
const TOLD: char = '!';

/// A year, for what a browser should not forget.
pub(crate) const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;

/// A cookie of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The sessions, the one used last first: several people share a browser, and so do several installations that differ
    /// in nothing but their port, which cookies don't know (RFC 6265, section 8.5).
    Session,
    /// The challenges that are being answered, each in a window of its own; never a session.
    Challenge,
    /// What tells a trusted device, for each who trusts it.
    Device,
    /// What tells a device that was signed in from, for each who did: others' failures keep it from nothing.
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
    /// The page of ours that somebody wanted who had to sign in first.
    DeepLink,
    /// In which realm an operator acts, and which operator.
    Acting,
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
            Self::DeepLink => "__Host-countersign-deep-link",
            Self::Acting => "__Host-countersign-acting",
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

    /// Its secret values in a request, the one used last first.
    pub(crate) fn tokens_of(self, headers: &HeaderMap) -> Vec<SecretString> {
        tokens(self.of(headers).unwrap_or_default()).map(|token| token.trim_start_matches(TOLD).into()).collect()
    }

    /// Whether it holds a token of which its owner was not told yet that it opens nothing here.
    pub(crate) fn may_open(self, headers: &HeaderMap) -> bool {
        tokens(self.of(headers).unwrap_or_default()).any(|token| !token.starts_with(TOLD))
    }
}

fn tokens(value: &str) -> impl Iterator<Item = &str> {
    value.split(BETWEEN).filter(|token| !token.is_empty()).take(MOST_TOKENS)
}

/// The cookies that an answer sets: what each holds from then on, and for how many seconds.
#[derive(Default)]
pub(crate) struct SetCookies(Vec<(Cookie, String, Option<u64>)>);

impl SetCookies {
    /// Keeps a value until the browser is closed, or for so many seconds.
    pub(crate) fn keep(&mut self, cookie: Cookie, value: &str, seconds: Option<u64>) {
        self.0.retain(|(other, ..)| *other != cookie);
        self.0.push((cookie, value.to_owned(), seconds));
    }

    /// Keeps a token before those that the browser has already. `seconds` is for how long; those that it had may last
    /// longer, and the server knows how long each does.
    pub(crate) fn add_token(&mut self, cookie: Cookie, headers: &HeaderMap, token: &SecretString, seconds: u64) {
        let others = self.others(cookie, headers, token);
        let seconds = if others.is_empty() { seconds } else { seconds.max(MONTH_SECONDS) };
        let all: Vec<&str> =
            std::iter::once(token.expose_secret()).chain(others.iter().map(String::as_str)).take(MOST_TOKENS).collect();
        self.keep(cookie, &all.join(&BETWEEN.to_string()), Some(seconds));
    }

    /// Takes a token away from those that the browser has.
    pub(crate) fn remove_token(&mut self, cookie: Cookie, headers: &HeaderMap, token: &SecretString) {
        match self.others(cookie, headers, token) {
            none if none.is_empty() => self.remove(cookie),
            others => self.keep(cookie, &others.join(&BETWEEN.to_string()), Some(MONTH_SECONDS)),
        }
    }

    /// Notes that whoever has these tokens was told that they open nothing here. They may open something at another port of
    /// the same host, and are left to it.
    pub(crate) fn note_told(&mut self, cookie: Cookie, headers: &HeaderMap) {
        let told: Vec<String> = tokens(cookie.of(headers).unwrap_or_default())
            .map(|token| format!("{TOLD}{}", token.trim_start_matches(TOLD)))
            .collect();
        self.keep(cookie, &told.join(&BETWEEN.to_string()), Some(MONTH_SECONDS));
    }

    /// The tokens that the browser will have, but one.
    fn others(&self, cookie: Cookie, headers: &HeaderMap, token: &SecretString) -> Vec<String> {
        let set = self.0.iter().find(|(other, ..)| *other == cookie).map(|(_, value, _)| value.as_str());
        let now = set.unwrap_or_else(|| cookie.of(headers).unwrap_or_default());
        tokens(now).filter(|one| one.trim_start_matches(TOLD) != token.expose_secret()).map(str::to_owned).collect()
    }

    /// Removes a cookie.
    pub(crate) fn remove(&mut self, cookie: Cookie) {
        self.keep(cookie, "", Some(0));
    }

    /// Writes them into an answer.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for (cookie, value, seconds) in self.0 {
            let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
            // Tokens and words of ours fit into a header; what does not is not set.
            if let Ok(mut line) = HeaderValue::from_str(&format!("{}={value}{ATTRIBUTES}{age}", cookie.name())) {
                line.set_sensitive(true);
                headers.append(header::SET_COOKIE, line);
            }
        }
    }
}

const MONTH_SECONDS: u64 = 30 * 24 * 60 * 60;

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

    fn with_sessions(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let line = format!("__Host-countersign-session={value}");
        headers.append(header::COOKIE, HeaderValue::from_str(&line).unwrap());
        headers
    }

    fn exposed(tokens: &[SecretString]) -> Vec<&str> {
        tokens.iter().map(ExposeSecret::expose_secret).collect()
    }

    #[test]
    fn a_cookie_holds_the_tokens_of_several_who_share_a_browser() {
        assert_eq!(exposed(&Cookie::Session.tokens_of(&with_sessions("a"))), ["a"]);
        assert_eq!(exposed(&Cookie::Session.tokens_of(&with_sessions("a.!b..c"))), ["a", "b", "c"]);
        assert!(Cookie::Session.tokens_of(&with_sessions("")).is_empty());
        assert_eq!(Cookie::Session.tokens_of(&with_sessions(&"a.".repeat(5000))).len(), MOST_TOKENS);
    }

    #[test]
    fn a_token_comes_first_once_and_makes_the_oldest_leave() {
        let added = |before: &str, token: &str| {
            let mut set = SetCookies::default();
            set.add_token(Cookie::Session, &with_sessions(before), &token.into(), 60);
            set.0.pop().unwrap()
        };
        assert_eq!(added("", "a"), (Cookie::Session, "a".to_owned(), Some(60)));
        assert_eq!(added("b.a", "a").1, "a.b");
        assert_eq!(added("b.!a", "a").1, "a.b");
        assert_eq!(added("1.2.3.4.5.6.7.8", "9").1, "9.1.2.3.4.5.6.7");
    }

    #[test]
    fn what_is_changed_twice_in_an_answer_is_set_once_with_both() {
        let (headers, mut set) = (with_sessions("a.b"), SetCookies::default());
        set.remove_token(Cookie::Session, &headers, &"a".into());
        set.add_token(Cookie::Session, &headers, &"c".into(), 60);
        assert_eq!(set.0, [(Cookie::Session, "c.b".to_owned(), Some(MONTH_SECONDS))]);
        set.remove_token(Cookie::Session, &headers, &"b".into());
        set.remove_token(Cookie::Session, &headers, &"c".into());
        assert_eq!(set.0, [(Cookie::Session, String::new(), Some(0))]);
    }

    #[test]
    fn whoever_was_told_once_is_not_told_again() {
        let (headers, mut set) = (with_sessions("a.!b"), SetCookies::default());
        assert!(Cookie::Session.may_open(&headers));
        set.note_told(Cookie::Session, &headers);
        let told = set.0.pop().unwrap().1;
        assert_eq!(told, "!a.!b");
        assert!(!Cookie::Session.may_open(&with_sessions(&told)));
        assert_eq!(
            exposed(&Cookie::Session.tokens_of(&with_sessions(&told))),
            ["a", "b"],
            "they may open another door"
        );
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
