//! A realm with people of every role.

use countersign_tests::account::text;
use countersign_tests::openapi::Operation;
use countersign_tests::{Account, Client, Deployment, Enrolled, Realm, Server, unique};
use serde_json::{Value, json};

/// Where accounts are administered.
pub(crate) const ACCOUNTS: &str = "/v1/admin/accounts";

/// A server with a realm that has an owner, an administrator and a member, all signed in.
pub(crate) struct Staff {
    pub(crate) server: Server,
    pub(crate) realm: Realm,
    pub(crate) owner: Client,
    pub(crate) admin: Client,
    pub(crate) member: Client,
}

impl Staff {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// With keys of the policy, set once all are signed in.
    pub(crate) fn with(settings: &[&str]) -> Self {
        let server = Server::start();
        let realm = Realm::create(server.deployment(), "recommended");
        let [owner, admin, member] = ["owner", "admin", "member"]
            .map(|role| Account::create_as(server.deployment(), &realm, role).session(&server.client()));
        if !settings.is_empty() {
            realm.set_policy(server.deployment(), settings).expect(0);
        }
        Self { server, realm, owner, admin, member }
    }

    pub(crate) fn client(&self) -> Client {
        self.server.client()
    }

    pub(crate) fn deployment(&self) -> &Deployment {
        self.server.deployment()
    }

    /// Another account of the realm.
    pub(crate) fn account(&self, role: &str) -> Account {
        Account::create_as(self.deployment(), &self.realm, role)
    }

    /// Another account of the realm, enrolled.
    pub(crate) fn enrolled(&self) -> Enrolled {
        self.account("member").enroll(&self.client())
    }

    /// A client with a new API key.
    pub(crate) fn key(&self, scopes: &[&str]) -> Client {
        self.realm.api_key(self.deployment(), scopes).client(&self.client())
    }
}

/// The identifier of the account whose session it is.
pub(crate) fn id_of(session: &Client) -> String {
    text(&session.get("/v1/account").expect(200)["id"])
}

/// The path of an account, or of something of it.
pub(crate) fn account_path(id: &str, what: &str) -> String {
    let slash = if what.is_empty() { "" } else { "/" };
    format!("{ACCOUNTS}/{id}{slash}{what}")
}

/// A body with which an operation of administrators does something, but for the proof.
pub(crate) fn body_of(operation: &Operation) -> Value {
    match &*operation.id {
        "create_account" => json!({ "login": unique::login(), "password": unique::password() }),
        "update_account" => json!({ "role": "admin" }),
        "update_realm" => json!({ "policy": { "totp": { "digits": 8 } } }),
        "update_realm_appearance" => json!({ "name": "Panel" }),
        "create_api_key" => json!({ "name": "Shop", "scopes": ["verify"] }),
        // Whom it concerns does not matter here.
        "act_on_accounts" => json!({ "act": "disable", "accounts": ["01890000-0000-7000-8000-000000000000"] }),
        "create_realm" => json!({ "slug": format!("made-{}", unique::word()), "issuer": "Made" }),
        _ => json!({}),
    }
}
