//! Another browser: Debian's Firefox, which speaks WebDriver BiDi itself. What a test asks of it is less than of Chromium: that
//! what people do on the pages works there as well.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::log::Log;

/// Debian's place for it.
const PROGRAM: &str = "/usr/bin/firefox-esr";

/// Before the address at which it listens.
const LISTENS: &str = "WebDriver BiDi listening on ";

/// How long it may take to start or to answer; generous, because many start at once.
const PATIENCE: Duration = Duration::from_secs(120);

/// Nothing of what it would ask the world for on its own.
const QUIET: &str = "user_pref(\"app.normandy.enabled\", false);\n\
    user_pref(\"app.update.disabledForTesting\", true);\n\
    user_pref(\"browser.safebrowsing.malware.enabled\", false);\n\
    user_pref(\"browser.safebrowsing.phishing.enabled\", false);\n\
    user_pref(\"browser.shell.checkDefaultBrowser\", false);\n\
    user_pref(\"browser.startup.homepage_override.mstone\", \"ignore\");\n\
    user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n\
    user_pref(\"intl.accept_languages\", \"en\");\n\
    user_pref(\"network.captive-portal-service.enabled\", false);\n\
    user_pref(\"network.connectivity-service.enabled\", false);\n\
    user_pref(\"services.settings.server\", \"data:,\");\n\
    user_pref(\"toolkit.telemetry.server\", \"data:,\");\n";

/// A Firefox with an empty profile and one window. It ends when it is dropped.
pub struct Firefox {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    window: String,
    last: u64,
    /// What the pages and their policies complained of.
    complaints: Vec<String>,
    loads: u64,
    _profile: tempfile::TempDir,
}

impl Firefox {
    /// Starts one. Where it is missing, the test fails and names the Debian package.
    pub fn open() -> Self {
        let profile = tempfile::tempdir().unwrap();
        std::fs::write(profile.path().join("user.js"), QUIET).unwrap();
        let spawned = Command::new(PROGRAM)
            .args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(profile.path())
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut process = spawned.unwrap_or_else(|error| {
            panic!("`{PROGRAM}` does not run ({error}): install the Debian package `firefox-esr`")
        });
        let log = Log::default();
        log.follow(process.stdout.take().unwrap());
        log.follow(process.stderr.take().unwrap());
        let address = log.wait_for(&mut process, PATIENCE, address_in);
        let address = address.unwrap_or_else(|| panic!("Firefox does not listen:\n{}", log.text()));
        let (socket, _) = tungstenite::connect(format!("{address}/session")).expect("Firefox takes a session");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let (window, complaints) = (String::new(), Vec::new());
        let mut firefox = Self { process, socket, window, last: 0, complaints, loads: 0, _profile: profile };
        firefox.ask("session.new", &json!({"capabilities": {}}));
        firefox.ask("session.subscribe", &json!({"events": ["log.entryAdded", "browsingContext.load"]}));
        let tree = firefox.ask("browsingContext.getTree", &json!({}));
        tree["contexts"][0]["context"].as_str().unwrap().clone_into(&mut firefox.window);
        firefox
    }

    /// Opens an address and waits for its page.
    pub fn go(&mut self, url: &str) {
        let window = self.window.clone();
        self.ask("browsingContext.navigate", &json!({"context": window, "url": url, "wait": "complete"}));
    }

    /// Loads the page anew.
    pub fn reload(&mut self) {
        let window = self.window.clone();
        self.ask("browsingContext.reload", &json!({"context": window, "wait": "complete"}));
    }

    /// Goes back, and waits for the page.
    pub fn back(&mut self) {
        let window = self.window.clone();
        self.leave(|firefox| {
            firefox.ask("browsingContext.traverseHistory", &json!({"context": window, "delta": -1}));
        });
    }

    /// Does what leads to another page, and waits for it.
    pub fn leave(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.loads;
        act(self);
        while self.loads == before {
            self.hear();
        }
    }

    /// Types into a field and sends its form, as a press of the button does.
    pub fn send(&mut self, fields: &[(&str, &str)], button: &str) {
        for (name, value) in fields {
            self.run(&format!(
                "const it = document.querySelector('[name={name}]'); it.focus(); it.value = {};",
                json!(value)
            ));
        }
        self.leave(|firefox| {
            firefox.run(&format!("document.querySelector({}).click();", json!(button)));
        });
    }

    /// What an expression is worth in the page, as JSON.
    pub fn value(&mut self, expression: &str) -> Value {
        let function = format!("() => JSON.stringify({expression})");
        let answer = self.call(&function);
        serde_json::from_str(answer["value"].as_str().unwrap_or("null")).unwrap()
    }

    /// The words of the page.
    pub fn text(&mut self) -> String {
        self.value("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// Where it is.
    pub fn path(&mut self) -> String {
        self.value("location.pathname").as_str().unwrap_or_default().to_owned()
    }

    /// What pages and policies complained of so far.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    fn run(&mut self, statements: &str) {
        self.call(&format!("() => {{ {statements} }}"));
    }

    fn call(&mut self, function: &str) -> Value {
        let call = json!({
            "functionDeclaration": function, "awaitPromise": false, "userActivation": true,
            "target": {"context": self.window},
        });
        let answer = self.ask("script.callFunction", &call);
        assert_eq!(answer["type"], "success", "{function}: {answer}");
        answer["result"].clone()
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let command = json!({"id": self.last, "method": method, "params": parameters});
        self.socket.send(Message::text(command.to_string())).unwrap();
        loop {
            let heard = self.hear();
            if heard["id"] == self.last {
                assert_eq!(heard["type"], "success", "{method}: {heard}");
                return heard["result"].clone();
            }
        }
    }

    /// The next message; what happens on the page is noted.
    fn hear(&mut self) -> Value {
        let heard = loop {
            match self.socket.read().expect("Firefox answers") {
                Message::Text(text) => break serde_json::from_str::<Value>(&text).unwrap(),
                Message::Close(_) => panic!("Firefox hung up"),
                _ => {}
            }
        };
        match heard["method"].as_str() {
            Some("browsingContext.load") => self.loads += 1,
            Some("log.entryAdded") if heard["params"]["level"] == "error" => {
                self.complaints.push(heard["params"]["text"].to_string());
            }
            _ => {}
        }
        heard
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn address_in(log: &str) -> Option<String> {
    let (_, rest) = log.split_once(LISTENS)?;
    let (address, _) = rest.split_once('\n')?;
    Some(address.trim().to_owned())
}
