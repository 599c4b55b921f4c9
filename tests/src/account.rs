//! Accounts and what their owners do again and again.

use serde_json::{Value, json};

use crate::api::{Answer, Client};
use crate::authenticator::Authenticator;
use crate::deployment::Deployment;
use crate::realm::Realm;
use crate::unique;

/// Where authenticators are.
pub const AUTHENTICATORS: &str = "/v1/account/two-factor/authenticators";

/// The realm that is there from the first start on.
const DEFAULT: &str = "default";

/// The text of a field, which must be there.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The texts of a list; none where there is no list.
pub fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(text).collect()
}

/// The fields that a problem names, in its order.
pub fn fields(problem: &Value) -> Vec<String> {
    problem["errors"].as_array().into_iter().flatten().map(|error| text(&error["field"])).collect()
}

/// Someone who signs in with a password.
#[derive(Clone, Debug)]
pub struct Account {
    /// The short name of the realm.
    pub realm: String,
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
}

impl Account {
    /// Makes one with a login and password of its own, by the command line.
    pub fn create(deployment: &Deployment) -> Self {
        Self::named(deployment, DEFAULT, &unique::login(), "member")
    }

    /// Makes one in a realm.
    pub fn create_in(deployment: &Deployment, realm: &Realm) -> Self {
        Self::create_as(deployment, realm, "member")
    }

    /// Makes one of a role in a realm.
    pub fn create_as(deployment: &Deployment, realm: &Realm, role: &str) -> Self {
        Self::named(deployment, &realm.slug, &unique::login(), role)
    }

    /// Makes one with a given login.
    pub fn named(deployment: &Deployment, realm: &str, login: &str, role: &str) -> Self {
        let account = Self { realm: realm.to_owned(), login: login.to_owned(), password: unique::password() };
        let arguments = ["account", "create", login, "--realm", realm, "--role", role, "--password-stdin"];
        deployment.run_with_input(&arguments, &account.password).expect(0);
        account
    }

    /// One that nobody made.
    pub fn unknown() -> Self {
        Self { realm: DEFAULT.to_owned(), login: unique::login(), password: unique::password() }
    }

    /// What it signs in with.
    pub fn credentials(&self) -> Value {
        let mut body = json!({ "login": self.login, "password": self.password });
        if self.realm != DEFAULT {
            body["realm"] = json!(self.realm);
        }
        body
    }

    /// Signs in with the password.
    pub fn sign_in(&self, client: &Client) -> Answer {
        client.post("/v1/sign-in", self.credentials())
    }

    /// Signs in with the password, which has to be enough, and answers a client with the session's token.
    #[track_caller]
    pub fn session(&self, client: &Client) -> Client {
        let body = self.sign_in(client).expect(200);
        assert_eq!(body["status"], "signed_in", "{body}");
        client.with_token(&text(&body["session"]["token"])).with_proof(&self.password)
    }

    /// What the command line shows of it.
    #[track_caller]
    pub fn shown(&self, deployment: &Deployment) -> Value {
        deployment.run(&["account", "show", &self.login, "--realm", &self.realm, "--output", "json"]).expect(0).json()
    }

    /// Signs in with the password, which must not be enough, and answers the challenge's token.
    #[track_caller]
    pub fn challenge(&self, client: &Client) -> String {
        let body = self.sign_in(client).expect(200);
        assert_eq!(body["status"], "second_factor_required", "{body}");
        assert!(body.get("session").is_none(), "{body}");
        text(&body["challenge"]["token"])
    }

    /// Begins an enrollment in a session and answers what is shown.
    #[track_caller]
    pub fn begin(&self, session: &Client) -> Value {
        session.post(AUTHENTICATORS, json!({ "password": self.password })).expect(201)
    }

    /// Begins and confirms an enrollment in a session; the recovery codes are in the answer whenever they were shown.
    #[track_caller]
    pub fn add_authenticator(&self, session: &Client) -> (String, Authenticator, Value) {
        let begun = self.begin(session);
        self.confirm_begun(session, &begun)
    }

    /// Confirms what was begun.
    #[track_caller]
    fn confirm_begun(&self, session: &Client, begun: &Value) -> (String, Authenticator, Value) {
        let id = text(&begun["authenticator"]["id"]);
        let period = begun["authenticator"]["period_seconds"].as_u64().unwrap();
        let mut authenticator = Authenticator::new(&text(&begun["secret"])).with_period(period);
        // Not every policy asks for the password, and none minds it.
        let body = json!({ "code": authenticator.fresh_code(), "password": self.password });
        let mut confirmed = session.post(&format!("{AUTHENTICATORS}/{id}/confirm"), body).expect(200);
        if begun["recovery_codes"].is_array() {
            confirmed["recovery_codes"] = begun["recovery_codes"].clone();
        }
        (id, authenticator, confirmed)
    }

    /// Signs in for the first time and enrolls an authenticator.
    #[track_caller]
    pub fn enroll(self, client: &Client) -> Enrolled {
        let session = self.session(client);
        let (authenticator_id, authenticator, confirmed) = self.add_authenticator(&session);
        let recovery_codes = texts(&confirmed["recovery_codes"]);
        Enrolled { account: self, session, authenticator_id, authenticator, recovery_codes }
    }
}

/// Confirms an enrollment.
pub fn confirm(session: &Client, authenticator_id: &str, code: &str) -> Answer {
    session.post(&format!("{AUTHENTICATORS}/{authenticator_id}/confirm"), json!({ "code": code }))
}

/// Someone who has a second factor. One code, the confirming one, is spent.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// The account.
    pub account: Account,
    /// The session in which the authenticator was enrolled.
    pub session: Client,
    /// The authenticator's identifier.
    pub authenticator_id: String,
    /// The authenticator.
    pub authenticator: Authenticator,
    /// The recovery codes, as they were shown.
    pub recovery_codes: Vec<String>,
}

impl Enrolled {
    /// Makes an account on `deployment` and enrolls it over `client`.
    #[track_caller]
    pub fn create(deployment: &Deployment, client: &Client) -> Self {
        Account::create(deployment).enroll(client)
    }

    /// Makes an account in a realm and enrolls it over `client`.
    #[track_caller]
    pub fn create_in(deployment: &Deployment, client: &Client, realm: &Realm) -> Self {
        Account::create_in(deployment, realm).enroll(client)
    }

    /// Gives the password and answers the challenge's token.
    #[track_caller]
    pub fn challenge(&self, client: &Client) -> String {
        self.account.challenge(client)
    }

    /// Gives the password and then `code`.
    pub fn sign_in_with(&self, client: &Client, code: &str) -> Answer {
        client.second_factor(&self.challenge(client), code)
    }

    /// Signs in with a fresh code and answers a client with the session's token.
    #[track_caller]
    pub fn sign_in(&mut self, client: &Client) -> Client {
        let code = self.authenticator.fresh_code();
        let body = self.sign_in_with(client, &code).expect(200);
        client.with_token(&text(&body["session"]["token"])).with_proof(&self.account.password)
    }

    /// Begins the enrollment of another authenticator in a session, with the password and a recovery code.
    #[track_caller]
    pub fn begin(&mut self, session: &Client) -> Value {
        let proof = json!({ "password": self.account.password, "code": self.recovery_code() });
        session.post(AUTHENTICATORS, proof).expect(201)
    }

    /// Adds another authenticator in a session, with the password and a recovery code.
    #[track_caller]
    pub fn add_authenticator(&mut self, session: &Client) -> (String, Authenticator, Value) {
        let begun = self.begin(session);
        self.account.confirm_begun(session, &begun)
    }

    /// Takes an unused recovery code.
    pub fn recovery_code(&mut self) -> String {
        self.recovery_codes.pop().expect("a recovery code is left")
    }

    /// Turns two-factor off with the password and a recovery code.
    #[track_caller]
    pub fn disable(&mut self, session: &Client) {
        let code = self.recovery_code();
        let proof = json!({ "password": self.account.password, "code": code });
        session.post("/v1/account/two-factor/disable", proof).expect(204);
    }
}
