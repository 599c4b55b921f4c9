//! Service mode: an application that asks about its own users.

use serde_json::{Value, json};

use crate::account::{text, texts};
use crate::api::{Answer, Client};
use crate::authenticator::Authenticator;

/// The path of what concerns a subject; every byte that is not a letter or digit is percent-encoded.
pub fn path(subject: &str, what: &str) -> String {
    let mut path = String::from("/v1/subjects/");
    for byte in subject.bytes() {
        if byte.is_ascii_alphanumeric() {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    if !what.is_empty() {
        path.push('/');
        path.push_str(what);
    }
    path
}

/// A user of an application, enrolled.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The application's own name of it.
    pub name: String,
    /// The authenticator's identifier.
    pub authenticator_id: String,
    /// The authenticator. One code, the confirming one, is spent.
    pub authenticator: Authenticator,
    /// The recovery codes, as they were shown.
    pub recovery_codes: Vec<String>,
}

impl Subject {
    /// Enrolls a subject with a key that may.
    #[track_caller]
    pub fn enroll(key: &Client, name: &str) -> Self {
        let begun = key.post(&path(name, "authenticators"), json!({})).expect(201);
        let authenticator_id = text(&begun["authenticator"]["id"]);
        let mut authenticator = Authenticator::new(&text(&begun["secret"]));
        let code = json!({ "code": authenticator.fresh_code() });
        let confirm = path(name, &format!("authenticators/{authenticator_id}/confirm"));
        let confirmed = key.post(&confirm, code).expect(200);
        let recovery_codes = texts(&confirmed["recovery_codes"]);
        Self { name: name.to_owned(), authenticator_id, authenticator, recovery_codes }
    }

    /// Has a code verified.
    pub fn verify(&self, key: &Client, code: &str) -> Answer {
        verify(key, &self.name, code)
    }

    /// What is known of its second factor.
    #[track_caller]
    pub fn state(&self, key: &Client) -> Value {
        key.get(&path(&self.name, "two-factor")).expect(200)
    }
}

/// Has a code of a subject verified.
pub fn verify(key: &Client, name: &str, code: &str) -> Answer {
    key.post(&path(name, "verify"), json!({ "code": code }))
}
