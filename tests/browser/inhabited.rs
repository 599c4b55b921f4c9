//! A server on which there is one of everything that a page could be about.

use countersign_tests::account::text;
use countersign_tests::browser::Jar;
use countersign_tests::{Account, Deployment, Enrolled, Realm, Server, unique};
use serde_json::{Value, json};

use crate::without_browser::{at_the_pages, id_of};

/// What nothing is called.
const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

/// The realm that is there from the first start on.
const DEFAULT: &str = "default";

pub(crate) struct Inhabited {
    pub(crate) server: Server,
    /// An owner with a second factor, whose are the session, the device and the authenticators below.
    pub(crate) owner: Enrolled,
    pub(crate) member: Enrolled,
    /// The same at browsers.
    owner_at_the_pages: Jar,
    member_at_the_pages: Jar,
    /// Where an identifier stands, and which.
    ids: Vec<(&'static str, String)>,
}

impl Inhabited {
    pub(crate) fn new() -> Self {
        let server = Server::start();
        let (client, deployment) = (server.client(), server.deployment());
        let mut owner = Account::named(deployment, DEFAULT, &unique::login(), "owner").enroll(&client);
        let mut member = Enrolled::create(deployment, &client);
        let elsewhere = json!({
            "challenge_token": owner.challenge(&client), "code": owner.recovery_code(), "remember_device": true,
        });
        client.post("/v1/sign-in/second-factor", elsewhere).expect(200);
        let session = of_list(&owner, "sessions", |session| session["current"] == false);
        let device = of_list(&owner, "trusted-devices", |_| true);
        let pending = text(&owner.begin(&owner.session.clone())["authenticator"]["id"]);
        let realm = Realm { slug: DEFAULT.to_owned(), issuer: "Countersign".to_owned() };
        let ids = vec![
            ("/security/sessions", session),
            ("/security/trusted-devices", device),
            ("/security/enroll", pending),
            ("/security/authenticators", owner.authenticator_id.clone()),
            ("/admin/accounts", id_of(&member.session)),
            ("/admin/api-keys", realm.api_key(deployment, &["verify"]).id),
        ];
        let owner_at_the_pages = at_the_pages(&server, &mut owner);
        let member_at_the_pages = at_the_pages(&server, &mut member);
        Self { server, owner, member, owner_at_the_pages, member_at_the_pages, ids }
    }

    pub(crate) fn deployment(&self) -> &Deployment {
        self.server.deployment()
    }

    /// The owner at a browser.
    pub(crate) fn owner_at_the_pages(&self) -> Jar {
        self.owner_at_the_pages.clone()
    }

    /// The member at a browser.
    pub(crate) fn member_at_the_pages(&self) -> Jar {
        self.member_at_the_pages.clone()
    }

    /// An address of the route table, with what there is in the place of its parameters.
    pub(crate) fn address(&self, route: &str) -> String {
        let id = self.ids.iter().find(|(place, _)| route.starts_with(place)).map_or(NOTHING, |(_, id)| id);
        let address = route.replace(":id", id).replace(":name", "app.css").replace(":slug", DEFAULT);
        assert!(!address.contains(':'), "{route} has a parameter that is not known here");
        address
    }

    /// Fields with which every form does what it is there for, or at least counts a wrong code.
    pub(crate) fn fields<'a>(&self, path: &str, account: &'a Account) -> Vec<(&'static str, &'a str)> {
        let act = if path.starts_with("/admin/policy") { "fields" } else { "regenerate" };
        let mut fields = vec![
            ("act", act),
            ("totp.digits", "8"),
            ("version", "1"),
            ("confirmed", "yes"),
            ("scope", "verify"),
            ("expiry", "never"),
            ("name", "Something else"),
            ("role", "admin"),
            ("reason", "lost the phone"),
            ("code", "123456"),
            ("new_password", "violet-4711-river"),
            ("new_password_again", "violet-4711-river"),
            ("password_again", &account.password),
            ("setup_token", "none"),
            ("saved", "yes"),
            ("login", &account.login),
        ];
        fields.extend(["password", "proof_password", "current_password"].map(|name| (name, &*account.password)));
        fields
    }
}

/// The identifier of the first item of a list of the owner's that is like this.
fn of_list(owner: &Enrolled, list: &str, is_it: impl Fn(&Value) -> bool) -> String {
    let items = owner.session.get(&format!("/v1/account/{list}")).expect(200)["items"].clone();
    text(&items.as_array().unwrap().iter().find(|item| is_it(item)).unwrap()["id"])
}
