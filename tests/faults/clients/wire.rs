//! The way to the nodes: sends operations, tells how they ended, and takes both down.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use countersign_tests::account::{AUTHENTICATORS, texts};
use countersign_tests::subject::path;
use countersign_tests::{Answer, Client};
use serde_json::{Value, json};
use ureq::Error;

use super::persons::{Person, World};
use crate::cluster::Cluster;
use crate::history::{Action, Gain, Kind, Operation, Outcome, Recorder, Way};
use crate::random::Random;

/// How long a client that nobody listened to waits before it goes on.
const PAUSE: Duration = Duration::from_millis(100);

/// What is sent: method, path, body, and the status of success.
struct Request {
    method: &'static str,
    path: String,
    body: Value,
    success: u16,
}

impl Request {
    fn post(path: String, body: Value, success: u16) -> Self {
        Self { method: "POST", path, body, success }
    }
}

/// What one client needs to reach every node.
pub(crate) struct Wire<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) world: &'a World,
    pub(crate) recorder: &'a Recorder,
    pub(crate) client: usize,
    /// A client for each node, of the address that it was made for.
    connections: Vec<Option<(SocketAddr, Client)>>,
    random: Random,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(
        cluster: &'a Cluster,
        world: &'a World,
        recorder: &'a Recorder,
        client: usize,
        random: Random,
    ) -> Self {
        Self { cluster, world, recorder, client, connections: vec![None; cluster.len()], random }
    }

    /// A client of a node, wherever it listens now.
    pub(crate) fn to(&mut self, node: usize) -> Client {
        let address = self.cluster.address(node);
        match &self.connections[node] {
            Some((known, client)) if *known == address => client.clone(),
            _ => {
                let client = Client::of(address);
                self.connections[node] = Some((address, client.clone()));
                client
            }
        }
    }

    /// A client of a node that may do everything for the person.
    fn acting_for(&mut self, node: usize, person: &Person) -> Client {
        match person.password {
            None => self.to(node).with_token(&self.world.realms[person.realm].key),
            // From another address each time.
            Some(_) => {
                let [.., a, b, c] = self.random.next().to_be_bytes();
                self.to(node).with_header("x-forwarded-for", &format!("10.{a}.{b}.{c}"))
            }
        }
    }

    fn send(
        &mut self,
        (node, person): (usize, &Person),
        client: &Client,
        (kind, action): (Kind, Action),
        request: impl FnOnce(u64) -> Request,
    ) -> (Operation, Value) {
        let invocation = self.recorder.invoke();
        let request = request(invocation.number);
        let result = client.try_send(request.method, &request.path, Some(&request.body));
        let (outcome, body) = ended(result, request.success);
        let who = (self.client, node, person.number);
        let operation = self.recorder.answer(invocation, who, (kind, action), outcome);
        if matches!(operation.outcome, Outcome::NotSent) {
            std::thread::sleep(PAUSE);
        }
        (operation, body)
    }

    /// Begins an enrollment; an account does it in a session.
    pub(crate) fn begin(&mut self, node: usize, person: &Person, session: Option<&Client>) -> (Operation, Value) {
        let client = session.cloned().unwrap_or_else(|| self.acting_for(node, person));
        let path = if session.is_some() { AUTHENTICATORS.to_owned() } else { path(&person.name, "authenticators") };
        let body = person.password.as_ref().map_or_else(|| json!({}), |password| json!({ "password": password }));
        self.send((node, person), &client, (Kind::Begin, Action::Begin), |_| Request::post(path, body, 201))
    }

    /// Confirms an enrollment with a code of these steps.
    pub(crate) fn confirm(
        &mut self,
        node: usize,
        person: &Person,
        session: Option<&Client>,
        (id, code, steps): (&str, &str, Vec<u64>),
    ) -> Operation {
        let client = session.cloned().unwrap_or_else(|| self.acting_for(node, person));
        let below = if session.is_some() { AUTHENTICATORS.to_owned() } else { path(&person.name, "authenticators") };
        let action = Action::Confirm { authenticator: id.to_owned(), steps };
        let request = Request::post(format!("{below}/{id}/confirm"), json!({ "code": code }), 200);
        self.send((node, person), &client, (Kind::Confirm, action), |_| request).0
    }

    /// Gives a code of whatever kind. Whoever signs in gives the password first; `None` if that did not lead to a
    /// challenge.
    pub(crate) fn give(
        &mut self,
        node: usize,
        person: &Person,
        (kind, action): (Kind, Action),
        code: &str,
    ) -> Option<Operation> {
        let client = self.acting_for(node, person);
        if person.way() == Way::Service {
            let path = path(&person.name, "verify");
            let request = |number| Request::post(path, json!({ "code": code, "purpose": format!("op-{number}") }), 200);
            return Some(self.send((node, person), &client, (kind, action), request).0);
        }
        let challenge = self.challenge(node, person, &client)?;
        let body = json!({ "challenge_token": challenge, "code": code });
        let request = Request::post("/v1/sign-in/second-factor".to_owned(), body, 200);
        Some(self.send((node, person), &client, (kind, action), |_| request).0)
    }

    fn challenge(&mut self, node: usize, person: &Person, client: &Client) -> Option<String> {
        let slug = &self.world.realms[person.realm].slug;
        let body = json!({ "realm": slug, "login": person.name, "password": person.password });
        let invocation = self.recorder.invoke();
        let (mut outcome, answer) = ended(client.try_send("POST", "/v1/sign-in", Some(&body)), 200);
        let challenge = answer["challenge"]["token"].as_str().map(str::to_owned);
        if matches!(outcome, Outcome::Accepted(_)) && challenge.is_none() {
            outcome = Outcome::Broken(format!("a password alone was enough: {}", answer["status"]));
        }
        let missed = matches!(outcome, Outcome::NotSent);
        let who = (self.client, node, person.number);
        self.recorder.answer(invocation, who, (Kind::Password, Action::Password), outcome);
        if missed {
            std::thread::sleep(PAUSE);
        }
        challenge
    }

    /// Replaces the recovery codes.
    pub(crate) fn regenerate(&mut self, node: usize, person: &Person) -> Operation {
        let client = self.acting_for(node, person);
        let request = Request::post(path(&person.name, "recovery-codes/regenerate"), json!({}), 200);
        self.send((node, person), &client, (Kind::Regenerate, Action::Regenerate), |_| request).0
    }

    /// Turns two-factor off.
    pub(crate) fn disable(&mut self, node: usize, person: &Person) -> Operation {
        let client = self.acting_for(node, person);
        let path = path(&person.name, "two-factor/disable");
        let request = |number| Request::post(path, json!({ "reason": format!("op-{number}") }), 204);
        self.send((node, person), &client, (Kind::Disable, Action::Disable), request).0
    }

    /// Forgets the failures.
    pub(crate) fn unlock(&mut self, node: usize, person: &Person) -> Operation {
        let client = self.acting_for(node, person);
        let request = Request::post(path(&person.name, "unlock"), json!({}), 204);
        self.send((node, person), &client, (Kind::Unlock, Action::Unlock), |_| request).0
    }
}

/// How a request ended.
fn ended(result: Result<Answer, Error>, success: u16) -> (Outcome, Value) {
    let answer = match result {
        Ok(answer) => answer,
        Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => {
            return (Outcome::NotSent, Value::Null);
        }
        Err(error) => return (Outcome::Unknown(error.to_string()), Value::Null),
    };
    let code = answer.code().to_owned();
    let outcome = match answer.status {
        status if status == success => {
            Outcome::Accepted(Gain { recovery_codes: texts(&answer.body["recovery_codes"]) })
        }
        429 if code == "too_many_attempts" => Outcome::Throttled,
        503 => Outcome::Unknown("503".to_owned()),
        400..500 if !code.is_empty() => Outcome::Refused(code),
        status => Outcome::Broken(format!("{status} {}", answer.text())),
    };
    (outcome, answer.body)
}
