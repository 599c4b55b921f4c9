//! The W3C WebDriver protocol: JSON over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(100);

/// What WebDriver names an element by.
pub(super) const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What a driver refuses to do.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The error's code, such as `no such element`.
    pub(super) code: String,
    /// What it says about it.
    pub(super) message: String,
}

/// A connection to a driver, with a session or not yet.
#[derive(Clone, Debug)]
pub(super) struct Protocol {
    agent: Agent,
    base: String,
}

impl Protocol {
    /// Talks to a driver on this machine.
    pub(super) fn of(port: u16) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(PATIENCE)).build();
        Self { agent: config.new_agent(), base: format!("http://127.0.0.1:{port}") }
    }

    /// The same within a session.
    pub(super) fn within(&self, session: &str) -> Self {
        Self { agent: self.agent.clone(), base: format!("{}/session/{session}", self.base) }
    }

    /// Has a command carried out.
    pub(super) fn try_command(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Refused> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let sent = match body {
            Some(body) => {
                let body = serde_json::to_vec(body).unwrap();
                self.agent.run(request.header("content-type", "application/json").body(body).unwrap())
            }
            None => self.agent.run(request.body(()).unwrap()),
        };
        let broken = |error: ureq::Error| Refused { code: "no answer".to_owned(), message: error.to_string() };
        let mut response = sent.map_err(broken)?;
        let status = response.status().as_u16();
        // Pictures of long pages are larger than what is read by default.
        let read = response.body_mut().with_config().limit(100 << 20).read_to_vec();
        let mut answer: Value = serde_json::from_slice(&read.map_err(broken)?).unwrap_or_default();
        let value = answer["value"].take();
        if status == 200 {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refused { code: text("error"), message: text("message") })
    }

    /// Has a command carried out that must not fail.
    #[track_caller]
    pub(super) fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let done = self.try_command(method, path, body);
        done.unwrap_or_else(|refused| panic!("{method} {path} {body:?}: {}: {}", refused.code, refused.message))
    }

    #[track_caller]
    pub(super) fn get(&self, path: &str) -> Value {
        self.command("GET", path, None)
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "json! is written where it is called")]
    pub(super) fn post(&self, path: &str, body: Value) -> Value {
        self.command("POST", path, Some(&body))
    }

    /// A command of the DevTools protocol, which WebDriver has no word for.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "json! is written where it is called")]
    pub(super) fn dev_tools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }
}
