//! Pages without a browser: requests of which every field and every cookie is chosen.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::api::Answer;
use crate::raw::RawRequest;
use crate::server::Server;

/// The cookie that forms have to repeat.
const FORM: &str = "__Host-countersign-form";

/// A visitor that keeps cookies, sends forms, and follows nothing.
#[derive(Clone, Debug)]
pub struct Jar {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
}

impl Jar {
    /// One without cookies.
    pub fn of(server: &Server) -> Self {
        Self { address: server.address(), cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// The same with a header in every request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut jar = self.clone();
        jar.headers.push((name.to_owned(), value.to_owned()));
        jar
    }

    /// The same with a session.
    pub fn with_session(&self, token: &str) -> Self {
        self.with_cookie("__Host-countersign-session", token)
    }

    /// The same with a cookie that no page has set.
    pub fn with_cookie(&self, name: &str, value: &str) -> Self {
        let mut jar = self.clone();
        jar.cookies.insert(name.to_owned(), value.to_owned());
        jar
    }

    /// The same without a cookie.
    pub fn without_cookie(&self, name: &str) -> Self {
        let mut jar = self.clone();
        jar.cookies.remove(name);
        jar
    }

    /// Another browser with the same sessions and nothing else.
    pub fn with_sessions_of(jar: &Self) -> Self {
        let name = "__Host-countersign-session";
        let cookies = BTreeMap::from([(name.to_owned(), jar.cookie(name).to_owned())]);
        Self { cookies, ..jar.clone() }
    }

    /// The same browser at another server, which for cookies is the same one: they know no ports.
    pub fn at(&self, server: &Server) -> Self {
        Self { address: server.address(), ..self.clone() }
    }

    /// A cookie's value, or nothing.
    pub fn cookie(&self, name: &str) -> &str {
        self.cookies.get(name).map_or("", String::as_str)
    }

    /// What forms have to repeat. A page has to have been seen before.
    pub fn form_token(&self) -> &str {
        self.cookie(FORM)
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send(RawRequest::new("GET", path))
    }

    /// Opens the page that an answer leads to.
    pub fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.text());
        let address = answer.header("location").to_owned();
        self.get(&address)
    }

    /// Sends a form as a page would.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token().to_owned();
        self.post_as_is(path, &[&[("form_token", &*token)], fields].concat())
    }

    /// Sends exactly these fields.
    pub fn post_as_is(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.post_typed(path, "application/x-www-form-urlencoded", &pairs.join("&"))
    }

    /// Sends a body of a media type; of none, if that is empty.
    pub fn post_typed(&mut self, path: &str, kind: &str, body: &str) -> Answer {
        let request = self.with_cookies(RawRequest::new("POST", path));
        self.answer(&request.body(Some(kind).filter(|kind| !kind.is_empty()), body))
    }

    fn send(&mut self, request: RawRequest) -> Answer {
        let request = self.with_cookies(request);
        self.answer(&request)
    }

    fn with_cookies(&self, request: RawRequest) -> RawRequest {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        if cookies.is_empty() { request } else { request.header("Cookie", &cookies.join("; ")) }
    }

    fn answer(&mut self, request: &RawRequest) -> Answer {
        let answer = assembled(request.send(self.address));
        for line in set_cookies(&answer) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// An answer whose body came in chunks, with the body that they make up.
fn assembled(answer: Answer) -> Answer {
    if !answer.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        return answer;
    }
    let (mut rest, mut bytes) = (&answer.bytes[..], Vec::new());
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").expect("the size of a chunk");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return Answer::new(answer.status, answer.headers, bytes);
        }
        bytes.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

/// The lines by which an answer sets cookies.
pub(super) fn set_cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn encoded(text: &str) -> String {
    let one =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
