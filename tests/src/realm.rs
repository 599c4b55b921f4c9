//! Realms and their API keys, by the command line.

use serde_json::Value;

use crate::account::text;
use crate::api::Client;
use crate::command_line::Finished;
use crate::deployment::Deployment;
use crate::unique;

/// A realm of its own.
#[derive(Clone, Debug)]
pub struct Realm {
    /// Its short name.
    pub slug: String,
    /// The name that authenticator apps show.
    pub issuer: String,
}

impl Realm {
    /// Makes one with a preset, a short name and an issuer of its own.
    pub fn create(deployment: &Deployment, preset: &str) -> Self {
        let word = unique::word();
        let realm = Self { slug: format!("realm-{word}"), issuer: format!("Issuer {word}") };
        let arguments = ["realm", "create", &realm.slug, "--issuer", &realm.issuer, "--preset", preset];
        deployment.run(&arguments).expect(0);
        realm
    }

    /// Makes one with a preset and then sets keys of its policy, such as `totp.digits=8`.
    pub fn create_with(deployment: &Deployment, preset: &str, settings: &[&str]) -> Self {
        let realm = Self::create(deployment, preset);
        realm.set_policy(deployment, settings).expect(0);
        realm
    }

    /// Changes its policy: keys, or options of `realm set-policy`.
    pub fn set_policy(&self, deployment: &Deployment, settings: &[&str]) -> Finished {
        let arguments = [&["realm", "set-policy", "--realm", &self.slug], settings].concat();
        deployment.run(&arguments)
    }

    /// What `realm show` says of it.
    pub fn show(&self, deployment: &Deployment) -> Value {
        deployment.run(&["realm", "show", "--realm", &self.slug, "--output", "json"]).expect(0).json()
    }

    /// Makes an API key for it.
    pub fn api_key(&self, deployment: &Deployment, scopes: &[&str]) -> ApiKey {
        let name = format!("key {}", unique::word());
        let mut arguments = vec!["api-key", "create", "--realm", &self.slug, "--name", &name];
        for scope in scopes {
            arguments.extend(["--scope", scope]);
        }
        let made = deployment.run(&arguments).expect(0).json();
        ApiKey { id: text(&made["id"]), key: text(&made["key"]) }
    }
}

/// An API key, as it was shown once.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its identifier.
    pub id: String,
    /// What is sent as bearer token.
    pub key: String,
}

impl ApiKey {
    /// A client that sends it.
    pub fn client(&self, client: &Client) -> Client {
        client.with_token(&self.key)
    }
}
