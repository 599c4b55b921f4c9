use std::collections::BTreeSet;

use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::subject::path;
use countersign_tests::{
    Account, Authenticator, Client, Deployment, Enrolled, Realm, Server, Subject, openapi, unique,
};
use serde_json::{Value, json};

/// The subject that both realms have.
const SUBJECT: &str = "user-7";

/// A realm with all that can be in one.
struct Inhabited {
    realm: Realm,
    owner: Account,
    member: Enrolled,
    key: Client,
    key_id: String,
    subject: Subject,
    pending: Value,
    device: String,
}

impl Inhabited {
    fn new(deployment: &Deployment, client: &Client, login: &str) -> Self {
        let realm = Realm::create(deployment, "recommended");
        let owner = Account::create_as(deployment, &realm, "owner");
        let mut member = Account::named(deployment, &realm.slug, login, "member").enroll(client);
        let api_key = realm.api_key(deployment, &["verify", "enroll", "manage", "admin"]);
        let key = api_key.client(client);
        let subject = Subject::enroll(&key, SUBJECT);
        let body = json!({
            "challenge_token": member.challenge(client), "code": member.recovery_code(), "remember_device": true,
        });
        let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
        let pending = member.begin(&member.session.clone());
        Self { realm, owner, member, key, key_id: api_key.id, subject, pending, device }
    }

    /// Every identifier in it.
    fn ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::from([
            id_at(&self.key, "/v1/admin/realm"),
            self.key_id.clone(),
            self.member.authenticator_id.clone(),
            self.subject.authenticator_id.clone(),
            text(&self.pending["authenticator"]["id"]),
        ]);
        let lists = [
            (&self.key, "/v1/admin/accounts?limit=200"),
            (&self.key, "/v1/admin/audit-events?limit=200"),
            (&self.member.session, "/v1/account/sessions"),
            (&self.member.session, "/v1/account/trusted-devices"),
        ];
        for (client, list) in lists {
            let items = client.get(list).expect(200)["items"].clone();
            assert!(!items.as_array().unwrap().is_empty(), "{list}");
            ids.extend(items.as_array().unwrap().iter().map(|item| text(&item["id"])));
        }
        ids
    }

    /// What would show in an answer that it is of this realm.
    fn marks(&self) -> BTreeSet<String> {
        let mut marks = self.ids();
        marks.extend([
            self.realm.slug.clone(),
            self.realm.issuer.clone(),
            self.owner.login.clone(),
            self.member.authenticator.secret().to_owned(),
            self.subject.authenticator.secret().to_owned(),
            text(&self.pending["secret"]),
        ]);
        marks.extend(self.member.recovery_codes.iter().chain(&self.subject.recovery_codes).cloned());
        marks
    }
}

/// The identifier of what is shown at a path.
fn id_at(client: &Client, path: &str) -> String {
    text(&client.get(path).expect(200)["id"])
}

/// The ids that are tried for every operation: those that are known by their kind, and a few of the others.
fn some(ids: &BTreeSet<String>, known: &[&str]) -> Vec<String> {
    let others = ids.iter().filter(|id| !known.contains(&id.as_str())).take(6).cloned();
    known.iter().map(|id| (*id).to_owned()).chain(others).collect()
}

#[test]
fn nothing_of_one_realm_is_there_for_another() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let login = unique::login();
    let one = Inhabited::new(deployment, &client, &login);
    let other = Inhabited::new(deployment, &client, &login);
    let marks = one.marks();
    let ids = one.ids();
    let account = id_at(&one.member.session, "/v1/account");
    let known: Vec<String> = vec![
        account.clone(),
        one.key_id.clone(),
        one.member.authenticator_id.clone(),
        one.subject.authenticator_id.clone(),
        text(&one.pending["authenticator"]["id"]),
        text(&one.member.session.get("/v1/account/sessions").expect(200)["items"][0]["id"]),
        text(&one.member.session.get("/v1/account/trusted-devices").expect(200)["items"][0]["id"]),
    ];
    let tried = some(&ids, &known.iter().map(String::as_str).collect::<Vec<_>>());
    let owner = other.owner.session(&client);

    let mut refused = 0;
    for operation in openapi::operations(&client).iter().filter(|it| it.secured && it.path.contains('{')) {
        let credentials = match &*operation.bearer {
            "session" => vec![&other.member.session, &owner],
            "administrator" => vec![&owner, &other.key],
            _ => vec![&other.key],
        };
        for id in if operation.path.contains("{id}") { tried.clone() } else { vec![String::new()] } {
            for credential in &credentials {
                let path = operation.path.replace("{subject}", SUBJECT).replace("{id}", &id);
                // What the other realm has of its own is not touched.
                if id.is_empty() && operation.method != "GET" {
                    continue;
                }
                let body = operation.well_formed("000000");
                let answer = credential.send(&operation.method, &path, body.as_ref());
                for mark in marks.iter().filter(|mark| !path.contains(*mark)) {
                    assert!(!answer.text().contains(mark), "{}: {mark} is in {}", operation.id, answer.text());
                }
                if !id.is_empty() {
                    let of_confirming =
                        operation.id.starts_with("confirm_") && answer.code() == "no_pending_enrollment";
                    let expected = [401, 403, 404].contains(&answer.status) || of_confirming;
                    assert!(expected, "{} {path}: {} {}", operation.id, answer.status, answer.text());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 100, "{refused} requests were tried");

    // Nor in what the other realm lists, whatever is asked for.
    for path in [
        "/v1/admin/accounts?limit=200".to_owned(),
        format!("/v1/admin/accounts?query={}", one.owner.login),
        "/v1/admin/audit-events?limit=200".to_owned(),
        format!("/v1/admin/audit-events?account={account}"),
        format!("/v1/admin/audit-events?account={}", one.owner.login),
        "/v1/admin/realm".to_owned(),
        "/v1/admin/statistics".to_owned(),
        "/v1/admin/api-keys".to_owned(),
        "/v1/account/activity?limit=200".to_owned(),
        "/v1/account/sessions".to_owned(),
        path(SUBJECT, "two-factor"),
    ] {
        for credential in [&owner, &other.key, &other.member.session] {
            let shown = credential.get(&path).text();
            for mark in &marks {
                assert!(!shown.contains(mark), "{path}: {mark} is in {shown}");
            }
        }
    }

    // And all of it stands.
    assert_eq!(one.ids().intersection(&ids).count(), ids.len());
    one.member.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(one.subject.state(&one.key)["enabled"], true);
    one.member.challenge(&client);
}

#[test]
fn what_signs_in_to_one_realm_does_not_sign_in_to_another() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let login = unique::login();
    let mut one = Inhabited::new(deployment, &client, &login);
    let mut other = Inhabited::new(deployment, &client, &login);

    // An account that only one has is unknown in the other, as any unknown one.
    let elsewhere = Account { realm: other.realm.slug.clone(), ..one.owner.clone() };
    let known_there = Account { realm: "default".to_owned(), ..one.owner.clone() };
    let nowhere = Account { realm: "nowhere".to_owned(), ..one.owner.clone() };
    let unknown = Account { realm: other.realm.slug.clone(), ..Account::unknown() };
    let expected = unknown.sign_in(&client).anonymous();
    assert_eq!(expected.1["code"], "invalid_credentials");
    for account in [&elsewhere, &known_there, &nowhere] {
        assert_eq!(account.sign_in(&client).anonymous(), expected, "{}", account.realm);
    }
    // The same login with the other one's password.
    let mixed = Account { realm: other.realm.slug.clone(), ..one.member.account.clone() };
    assert_eq!(mixed.sign_in(&client).anonymous(), expected);

    // A device that one trusts is none in the other; a code of one answers no challenge of the other.
    let mut body = other.member.account.credentials();
    body["device_token"] = json!(one.device);
    assert_eq!(client.post("/v1/sign-in", body).expect(200)["status"], "second_factor_required");
    let code = one.member.authenticator.fresh_code();
    for wrong in [code.clone(), one.member.recovery_code()] {
        other.member.sign_in_with(&client, &wrong).expect_problem(422, "invalid_code");
    }
    one.member.sign_in_with(&client, &code).expect(200);
    other.member.sign_in(&client);
    let mut body = one.member.account.credentials();
    body["device_token"] = json!(one.device);
    assert_eq!(client.post("/v1/sign-in", body).expect(200)["status"], "signed_in");
}

#[test]
fn a_pending_enrollment_of_one_realm_is_not_confirmed_from_another() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let login = unique::login();
    let (one, other) = (Inhabited::new(deployment, &client, &login), Inhabited::new(deployment, &client, &login));
    let id = text(&one.pending["authenticator"]["id"]);
    let code = Authenticator::new(&text(&one.pending["secret"])).fresh_code();
    let stranger = &other.member.session;
    let confirm = stranger.post(&format!("{AUTHENTICATORS}/{id}/confirm"), json!({ "code": code }));
    confirm.expect_problem(409, "no_pending_enrollment");
    stranger.get(&format!("{AUTHENTICATORS}/{id}/qr-code")).expect_problem(404, "not_found");
    let begun = one.key.post(&path("user-8", "authenticators"), json!({})).expect(201);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    let confirm = path("user-8", &format!("authenticators/{}/confirm", text(&begun["authenticator"]["id"])));
    other.key.post(&confirm, json!({ "code": code })).expect_problem(409, "no_pending_enrollment");
    one.key.post(&confirm, json!({ "code": code })).expect(200);
}
