//! A thin HTTP client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// An answer of whatever status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body if it is JSON, null otherwise.
    pub body: Value,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, headers, bytes, body }
    }

    /// Demands a status and answers the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.body
    }

    /// Demands a problem of this code, in the form of the contract, and answers it.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text());
        self.check_problem();
        self.body
    }

    /// The code of the problem that it is, or nothing.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Demands that it is a problem with all fields that every problem has.
    #[track_caller]
    pub fn check_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        for field in ["type", "title", "detail", "code", "request_id"] {
            let text = self.body[field].as_str();
            assert!(text.is_some_and(|text| !text.is_empty()), "{field} is missing: {}", self.text());
        }
        assert_eq!(self.body["status"], self.status, "{}", self.text());
        assert_eq!(self.body["request_id"], self.header("x-request-id"));
        let retry_after = self.headers.get("retry-after").map(|value| value.to_str().unwrap().parse::<u64>().unwrap());
        assert_eq!(self.body["retry_after_seconds"].as_u64(), retry_after, "{}", self.text());
        for error in self.body["errors"].as_array().into_iter().flatten() {
            assert!(error["field"].is_string() && error["detail"].is_string(), "{}", self.text());
        }
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A problem without what names this one request: what must be equal where two answers must not be told apart.
    pub fn anonymous(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        body.as_object_mut().unwrap().remove("request_id");
        (self.status, body)
    }
}

/// A client, with or without a token.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    addresses: Arc<[SocketAddr]>,
    sent: Arc<AtomicUsize>,
    headers: Vec<(String, String)>,
    proof: Option<Value>,
}

impl Client {
    /// A client of whatever listens at `address`.
    pub fn of(address: SocketAddr) -> Self {
        Self::rotating(&[address])
    }

    /// A client that sends every request to another address than the one before, as does every clone of it.
    pub fn rotating(addresses: &[SocketAddr]) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .proxy(None)
            .user_agent("countersign-tests")
            .timeout_global(Some(Duration::from_secs(30)));
        let agent = config.build().new_agent();
        Self { agent, addresses: addresses.into(), sent: Arc::default(), headers: Vec::new(), proof: None }
    }

    /// Where its server listens; of several, the one whose turn it is.
    pub fn address(&self) -> SocketAddr {
        self.addresses[self.sent.load(Ordering::Relaxed) % self.addresses.len()]
    }

    /// The same with a header in every request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| known != name);
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same with a bearer token.
    pub fn with_token(&self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// The same with a password as proof with whatever it administers.
    pub fn with_proof(&self, password: &str) -> Self {
        Self { proof: Some(json!({ "password": password })), ..self.clone() }
    }

    /// The same without a proof.
    pub fn without_proof(&self) -> Self {
        Self { proof: None, ..self.clone() }
    }

    /// The password that it gives as proof.
    pub fn password(&self) -> &str {
        self.proof.as_ref().and_then(|proof| proof["password"].as_str()).expect("a client with a proof")
    }

    /// The body with the proof, where administrators give one and the body has none.
    fn proven(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Value> {
        let administers = path.starts_with("/v1/admin/") && method != "GET" && !path.ends_with("/unlock");
        match (&self.proof, body) {
            (Some(proof), None) if administers => Some(json!({ "proof": proof })),
            (Some(proof), Some(Value::Object(fields))) if administers && !fields.contains_key("proof") => {
                let mut fields = fields.clone();
                fields.insert("proof".to_owned(), proof.clone());
                Some(Value::Object(fields))
            }
            _ => body.cloned(),
        }
    }

    /// The bearer token that it sends.
    pub fn token(&self) -> &str {
        let header = self.headers.iter().find(|(name, _)| name == "authorization");
        header.and_then(|(_, value)| value.strip_prefix("Bearer ")).expect("a client with a token")
    }

    /// Sends a request, which must be answered.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Sends a request to a server that may be gone.
    ///
    /// # Errors
    /// There was no answer, or only a part of one.
    pub fn try_send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, ureq::Error> {
        let turn = self.sent.fetch_add(1, Ordering::Relaxed) % self.addresses.len();
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.addresses[turn]));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = match self.proven(method, path, body) {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(serde_json::to_vec(&body).unwrap()).unwrap())
            }
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response?;
        let bytes = response.body_mut().read_to_vec()?;
        Ok(Answer::new(response.status().as_u16(), response.headers().clone(), bytes))
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// `POST`.
    #[expect(clippy::needless_pass_by_value, reason = "json! is written where it is called")]
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(&body))
    }

    /// `PUT`.
    #[expect(clippy::needless_pass_by_value, reason = "json! is written where it is called")]
    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(&body))
    }

    /// `PATCH`.
    #[expect(clippy::needless_pass_by_value, reason = "json! is written where it is called")]
    pub fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(&body))
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// Answers a challenge.
    pub fn second_factor(&self, challenge: &str, code: &str) -> Answer {
        self.post("/v1/sign-in/second-factor", json!({ "challenge_token": challenge, "code": code }))
    }

    /// Whether its token opens anything.
    pub fn is_signed_in(&self) -> bool {
        let answer = self.get("/v1/account");
        match answer.status {
            200 => true,
            401 => {
                assert_eq!(answer.code(), "unauthenticated");
                false
            }
            status => panic!("{status}: {}", answer.text()),
        }
    }
}
