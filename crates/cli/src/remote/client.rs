use std::sync::Arc;
use std::time::Duration;

use countersign_application::Timestamp;
use countersign_application::ports::Clock;
use countersign_application::realm::RealmSlug;
use countersign_wire::{List, RealmView};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body, RequestBuilder};

use super::REALM;
use super::problem::Refusal;
use super::server_url::ServerUrl;
use crate::proof::OwnProof;
use crate::{CommandError, Part};

/// How the tokens of sessions begin.
const SESSION: &str = "cs_session_";
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a request may take altogether. A server under load answers 503 before.
const REQUEST: Duration = Duration::from_secs(60);
/// Far more than a page of anything.
const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;

/// Query parameters of a request.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// The realm of a token, behind a server.
///
/// Requests block: a command has nothing else to do meanwhile.
pub struct Remote {
    server: ServerUrl,
    token: SecretString,
    proof: Option<OwnProof>,
    /// A realm that is not the token's.
    realm: Option<RealmSlug>,
    agent: Agent,
    clock: Arc<dyn Clock>,
}

impl Remote {
    /// The server at `server`, for whom `token` is of: an API key with the scope `admin`, or an administrator's
    /// session.
    ///
    /// # Errors
    /// The token is none, whatever it is of.
    pub fn new(server: ServerUrl, token: SecretString, clock: Arc<dyn Clock>) -> Result<Self, CommandError> {
        if token.expose_secret().is_empty() || !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CommandError::usage("COUNTERSIGN_TOKEN is not a token"));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(REQUEST))
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")));
        // What is not encrypted must not leave this machine, not even through a proxy.
        let config = if server.is_encrypted() { config } else { config.proxy(None) };
        Ok(Self { server, token, proof: None, realm: None, agent: config.build().into(), clock })
    }

    /// Whether what outlasts a session asks for a proof: an API key proves nothing again.
    #[must_use]
    pub fn asks_for_proofs(&self) -> bool {
        self.token.expose_secret().starts_with(SESSION)
    }

    /// The same with a proof of whoever's session it is.
    #[must_use]
    pub fn with_proof(self, proof: OwnProof) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// A body with the proof, where there is one.
    pub(crate) fn proven(&self, mut body: Value) -> Value {
        if let Some(proof) = &self.proof {
            body["proof"] = proof.to_json();
        }
        body
    }

    pub(crate) fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Makes sure that the realm which was named is the one that is administered: a server knows it by the token, and an
    /// operator's session may name any.
    ///
    /// # Errors
    /// It is another one, or the server does not say.
    pub fn in_realm(mut self, slug: &RealmSlug) -> Result<Self, CommandError> {
        let realm: RealmView = self.get(REALM, &Parameters::new())?;
        if realm.slug == slug.as_str() {
            return Ok(self);
        }
        self.realm = Some(slug.clone());
        let there: Result<RealmView, Refusal> = self.get(REALM, &Parameters::new());
        match there {
            Ok(_) => return Ok(self),
            Err(refusal) if refusal.is("forbidden") => {}
            Err(refusal) if refusal.is("not_found") => {
                return Err(CommandError::not_found(format!("there is no realm {slug} on {}", self.server)));
            }
            Err(refusal) => return Err(refusal.into()),
        }
        Err(CommandError::usage(format!(
            "--realm is {slug}, and COUNTERSIGN_TOKEN is of the realm {} on {}",
            realm.slug, self.server
        ))
        .advise(
            "leave --realm out to mean the token's realm, or set COUNTERSIGN_TOKEN to one of the realm that is meant",
        ))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Asks for something.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str, query: &Parameters) -> Result<T, Refusal> {
        let request = query
            .iter()
            .fold(self.agent.get(self.server.join(path)), |request, (name, value)| request.query(*name, value));
        self.parsed(&self.answer(self.authorized(request).call())?)
    }

    /// Asks for a part of a list.
    pub(crate) fn page_of<T: DeserializeOwned>(
        &self,
        path: &str,
        mut query: Parameters,
        part: &Part,
    ) -> Result<List<T>, CommandError> {
        query.push(("limit", part.limit.to_string()));
        query.extend(part.cursor.clone().map(|cursor| ("cursor", cursor)));
        Ok(self.get(path, &query)?)
    }

    /// Sends something that is answered.
    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Refusal> {
        let request = self.authorized(self.agent.post(self.server.join(path)));
        self.parsed(&self.answer(request.send_json(body))?)
    }

    /// Asks for an act that answers nothing.
    pub(crate) fn act(&self, path: &str, body: &Value) -> Result<(), Refusal> {
        let request = self.authorized(self.agent.post(self.server.join(path)));
        self.answer(request.send_json(body)).map(|_| ())
    }

    /// Changes something.
    pub(crate) fn patch<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Refusal> {
        let request = self.authorized(self.agent.patch(self.server.join(path)));
        self.parsed(&self.answer(request.send_json(body))?)
    }

    fn authorized<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        let request = request.header("Authorization", format!("Bearer {}", self.token.expose_secret()));
        match &self.realm {
            Some(realm) => request.header("Countersign-Realm", realm.as_str()),
            None => request,
        }
    }

    /// The body of an answer that is none of a problem.
    fn answer(&self, response: Result<Response<Body>, ureq::Error>) -> Result<String, Refusal> {
        let lost = |error: ureq::Error| {
            CommandError::unavailable(format!("{} does not answer", self.server))
                .because(error)
                .advise("check --server (COUNTERSIGN_SERVER), and that the server runs")
        };
        let mut response = response.map_err(lost)?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().map_err(lost)?;
        if status.is_success() { Ok(body) } else { Err(Refusal::of(&self.server, status.as_u16(), &body)) }
    }

    fn parsed<T: DeserializeOwned>(&self, body: &str) -> Result<T, Refusal> {
        // The reader's own message might repeat a part of the answer, which may hold a key.
        serde_json::from_str(body).map_err(|_| self.not_parsed().into())
    }

    /// Something else came than this version asked for.
    pub(crate) fn not_parsed(&self) -> CommandError {
        CommandError::refused(format!("what {} answers is not understood", self.server))
            .advise("use a countersign of the server's version")
    }
}

#[cfg(test)]
mod tests {
    use countersign_application::account::{AccountOrder, WantedAccounts};
    use countersign_testing::ManualClock;

    use super::*;
    use crate::{AccountDirectory, AccountQuery, Exit};

    fn remote(token: &str) -> Result<Remote, CommandError> {
        // A port on which nothing listens.
        let server = "http://127.0.0.1:1".parse().unwrap();
        Remote::new(server, token.into(), Arc::new(ManualClock::default()))
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_and_not_repeated() {
        for bad in ["", "hunter 2", "hunter2\n", "hünter2"] {
            let error = remote(bad).err().unwrap();
            assert_eq!((error.exit(), error.chain().as_str()), (Exit::Usage, "COUNTERSIGN_TOKEN is not a token"));
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_is_unavailable() {
        let part = Part { limit: 1, cursor: None };
        let query = AccountQuery { wanted: WantedAccounts::default(), order: AccountOrder::Created };
        let error = remote("hunter2").unwrap().page(&query, &part).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Unavailable);
        assert!(error.chain().starts_with("http://127.0.0.1:1 does not answer"), "{}", error.chain());
        assert!(!error.chain().contains("hunter2"));
    }
}
