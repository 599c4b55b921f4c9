//! Operators with an account: over all realms, off until one is made, and nobody else in another realm than their own.

use countersign_tests::account::{fields, text};
use countersign_tests::openapi::{self, Operation};
use countersign_tests::{Account, Client, Deployment, Realm, Server, unique};
use serde_json::{Value, json};

use crate::staff::{ACCOUNTS, account_path, body_of, id_of};

const REALMS: &str = "/v1/admin/realms";
const HEADER: &str = "Countersign-Realm";

/// Two realms with people of every role, and an operator.
struct Offices {
    server: Server,
    operator: Client,
    /// Everyone else by what they are, with whether they are of the realm `default`.
    others: Vec<(String, bool, Client)>,
    foreign: Realm,
    /// A member of the foreign realm, and a key of it.
    kim: Account,
    kim_id: String,
    key_id: String,
}

fn named(deployment: &Deployment, realm: &str, role: &str) -> Account {
    Account::named(deployment, realm, &unique::login(), role)
}

impl Offices {
    fn new() -> Self {
        let server = Server::start();
        let (deployment, client) = (server.deployment(), server.client());
        let foreign = Realm::create(deployment, "recommended");
        let home = Realm { slug: "default".to_owned(), issuer: "Countersign".to_owned() };
        let operator = named(deployment, "default", "operator").session(&client);
        let mut others = Vec::new();
        for (realm, at_home) in [(&home, true), (&foreign, false)] {
            for role in ["member", "admin", "owner"] {
                let session = named(deployment, &realm.slug, role).session(&client);
                others.push((format!("{role} of {}", realm.slug), at_home, session));
            }
            let key = realm.api_key(deployment, &["admin"]).client(&client);
            others.push((format!("key of {}", realm.slug), at_home, key));
        }
        // A key that an operator made is no operator.
        let body = json!({ "name": "Operator's", "scopes": ["admin"] });
        let made = operator.post("/v1/admin/api-keys", body).expect(201);
        others.push(("key of an operator".to_owned(), true, client.with_token(&text(&made["key"]))));
        let kim = named(deployment, &foreign.slug, "member");
        let kim_id = id_of(&kim.session(&client));
        let key_id = foreign.api_key(deployment, &["verify"]).id;
        Self { operator, others, kim, kim_id, key_id, foreign, server }
    }

    fn deployment(&self) -> &Deployment {
        self.server.deployment()
    }

    fn there(&self, client: &Client) -> Client {
        client.with_header(HEADER, &self.foreign.slug)
    }

    fn path(&self, operation: &Operation) -> String {
        let id = if operation.path.contains("/api-keys/") { &self.key_id } else { &self.kim_id };
        operation.path.replace("{id}", id)
    }

    /// A body with which the operation does something, if it takes one.
    fn body(operation: &Operation) -> Option<Value> {
        operation.body.as_ref().map(|_| body_of(operation))
    }

    /// What could be changed in the foreign realm, and in all.
    fn kept(&self) -> String {
        [
            "SELECT login, role, password_version, disabled_at FROM account ORDER BY login",
            "SELECT name FROM api_key ORDER BY name",
            "SELECT slug, issuer, policy, version FROM realm ORDER BY slug",
            "SELECT display_name FROM realm_appearance",
            "SELECT event, outcome, COUNT(*) FROM audit_event WHERE event <> 'second_factor.rejected' \
             GROUP BY event, outcome ORDER BY event, outcome",
        ]
        .map(|query| self.deployment().query(query))
        .join("\n")
    }
}

fn administration(client: &Client) -> Vec<Operation> {
    let all: Vec<_> = openapi::operations(client).into_iter().filter(|it| it.bearer == "administrator").collect();
    assert!(all.len() >= 20, "{} operations are for administrators", all.len());
    all
}

#[test]
fn nobody_but_an_operator_is_in_another_realm_whatever_they_ask_and_whether_it_is_there_or_not() {
    let place = Offices::new();
    let operations = administration(&place.server.client());
    let before = place.kept();
    for (who, at_home, client) in &place.others {
        let away = if *at_home { &*place.foreign.slug } else { "default" };
        let mut answers = Vec::new();
        for operation in &operations {
            let (path, body) = (place.path(operation), Offices::body(operation));
            for realm in [away, "there-is-no-such-realm", "NO SLUG", ""] {
                let answer = client.with_header(HEADER, realm).send(&operation.method, &path, body.as_ref());
                assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{who}, {} in {realm:?}", operation.id);
                answers.push(answer.anonymous().1);
            }
        }
        answers.dedup();
        let (first, rest) = answers.split_first().unwrap();
        // A member is told the same of every realm; who administers, too.
        assert!(rest.iter().all(|answer| answer["detail"] == first["detail"]), "{who}: {answers:?}");
    }
    assert_eq!(place.kept(), before);
    // Their own realm they may name.
    for (who, at_home, client) in place.others.iter().filter(|(who, ..)| !who.starts_with("member")) {
        let own = if *at_home { "default" } else { &*place.foreign.slug };
        assert_eq!(client.with_header(HEADER, own).get("/v1/admin/realm").expect(200)["slug"], own, "{who}");
    }
}

#[test]
fn an_operator_does_in_the_realm_that_is_named_what_an_owner_of_it_may_and_in_no_other() {
    let place = Offices::new();
    let there = place.there(&place.operator);
    assert_eq!(place.operator.get("/v1/admin/realm").expect(200)["slug"], "default");
    for operation in administration(&place.server.client()) {
        // What is taken away comes last.
        if operation.id.contains("delete") || operation.id.contains("revoke") {
            continue;
        }
        let answer = there.send(&operation.method, &place.path(&operation), Offices::body(&operation).as_ref());
        let done = (200..300).contains(&answer.status) || answer.code() == "two_factor_not_enabled";
        assert!(done, "{}: {} {}", operation.id, answer.status, answer.text());
    }
    let shown = there.get(&account_path(&place.kim_id, "")).expect(200);
    assert_eq!((&shown["realm"], &shown["role"]), (&json!(place.foreign.slug), &json!("admin")));
    // Without the header, nothing of it is there.
    place.operator.get(&account_path(&place.kim_id, "")).expect_problem(404, "not_found");
    place.operator.delete(&account_path(&place.kim_id, "")).expect_problem(404, "not_found");
    place.operator.delete(&format!("/v1/admin/api-keys/{}", place.key_id)).expect_problem(404, "not_found");
    there.delete(&format!("/v1/admin/api-keys/{}", place.key_id)).expect(204);
    there.delete(&account_path(&place.kim_id, "")).expect(204);
    for missing in ["there-is-no-such-realm", "NO SLUG", ""] {
        place.operator.with_header(HEADER, missing).get("/v1/admin/realm").expect_problem(404, "not_found");
    }
    // Whoever reads the foreign trail sees an operator, and which.
    let events = there.get("/v1/admin/audit-events?event=account.deleted").expect(200);
    let actor = json!({ "kind": "operator", "id": id_of(&place.operator) });
    assert_eq!((&events["items"][0]["actor"], &events["items"][0]["realm"]), (&actor, &json!(place.foreign.slug)));
    let home = place.operator.get("/v1/admin/audit-events?event=account.deleted").expect(200);
    assert_eq!(home["items"], json!([]));
}

#[test]
fn an_operator_proves_it_and_a_repeated_request_is_of_one_realm() {
    let place = Offices::new();
    let there = place.there(&place.operator);
    let before = place.kept();
    for operation in administration(&place.server.client()) {
        if operation.method == "GET" || operation.id == "unlock_account" {
            continue;
        }
        let (path, body) = (place.path(&operation), Offices::body(&operation));
        let answer = there.without_proof().send(&operation.method, &path, body.as_ref());
        assert_eq!((answer.status, answer.code()), (422, "invalid_proof"), "{}: {}", operation.id, answer.text());
    }
    assert_eq!(place.kept(), before);
    let key = |client: &Client| {
        let client = client.with_header("idempotency-key", "the-same-key");
        client.post(ACCOUNTS, json!({ "login": "lee@example.org", "password": "violet-kettle-42-river" }))
    };
    let first = key(&place.operator).expect(201);
    assert_eq!(first["realm"], "default");
    key(&there).expect_problem(409, "idempotency_conflict");
    assert_eq!(key(&place.operator).expect(201), first);
    assert!(!place.deployment().query("SELECT login FROM account").is_empty());
}

#[test]
fn operators_list_realms_and_make_them_and_nobody_else_does() {
    let place = Offices::new();
    for (who, _, client) in &place.others {
        let listed = client.get(REALMS);
        assert_eq!((listed.status, listed.code()), (403, "forbidden"), "{who}");
        let made = client.post(REALMS, json!({ "slug": "theirs", "issuer": "Theirs" }));
        assert_eq!((made.status, made.code()), (403, "forbidden"), "{who}");
    }
    let body = json!({ "slug": "panel", "issuer": "Game Panel", "preset": "pterodactyl" });
    let made = place.operator.post(REALMS, body.clone()).expect(201);
    assert_eq!((&made["slug"], &made["preset"]), (&json!("panel"), &json!("pterodactyl")));
    place.operator.post(REALMS, body).expect_problem(409, "realm_taken");
    for (change, field, status) in [
        (json!({ "slug": "UPPER", "issuer": "A" }), "slug", 400),
        (json!({ "slug": "shop", "issuer": "a:b" }), "issuer", 422),
        (json!({ "slug": "shop", "issuer": "A", "preset": "best" }), "preset", 422),
    ] {
        let code = if status == 400 { "invalid_request" } else { "policy_violation" };
        let problem = place.operator.post(REALMS, change).expect_problem(status, code);
        assert_eq!(fields(&problem), [field]);
    }
    let listed = place.operator.get(REALMS).expect(200);
    let slugs: Vec<_> = listed["items"].as_array().unwrap().iter().map(|realm| text(&realm["slug"])).collect();
    assert_eq!(slugs, ["default", "panel", &*place.foreign.slug]);
    // Its first owner is made by whoever made it.
    let owner = Account { realm: "panel".to_owned(), login: unique::login(), password: unique::password() };
    let there = place.operator.with_header(HEADER, "panel");
    let body = json!({ "login": owner.login, "password": owner.password, "role": "owner" });
    assert_eq!(there.post(ACCOUNTS, body).expect(201)["role"], "owner");
    let owner = owner.session(&place.server.client());
    assert_eq!(owner.get("/v1/admin/realm").expect(200)["slug"], "panel");
    let events = there.get("/v1/admin/audit-events?event=policy.changed").expect(200);
    assert_eq!(events["items"][0]["actor"]["id"], json!(id_of(&place.operator)));
}

#[test]
fn only_operators_act_on_operators_and_make_them_and_only_in_the_realm_default() {
    let place = Offices::new();
    let (client, deployment) = (place.server.client(), place.deployment());
    let other = named(deployment, "default", "operator");
    let id = id_of(&other.session(&client));
    let member = id_of(&place.others.iter().find(|(who, ..)| who == "member of default").unwrap().2);
    let path = account_path(&id, "");
    for (who, _, client) in place.others.iter().filter(|(who, at_home, _)| *at_home && !who.starts_with("member")) {
        for change in
            [json!({ "role": "member" }), json!({ "password": unique::password() }), json!({ "disabled": true })]
        {
            let answer = client.patch(&path, change);
            assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{who}");
        }
        client.delete(&path).expect_problem(403, "forbidden");
        for act in ["two-factor/disable", "unlock", "password-link"] {
            client.post(&account_path(&id, act), json!({})).expect_problem(403, "forbidden");
        }
        let body = json!({ "login": unique::login(), "password": unique::password(), "role": "operator" });
        client.post(ACCOUNTS, body).expect_problem(403, "forbidden");
        client.patch(&account_path(&member, ""), json!({ "role": "operator" })).expect_problem(403, "forbidden");
    }
    assert!(other.session(&client).is_signed_in());
    // Not in another realm, not even by an operator, and not beside the database.
    let there = place.there(&place.operator);
    there.patch(&account_path(&place.kim_id, ""), json!({ "role": "operator" })).expect_problem(403, "forbidden");
    let body = json!({ "login": unique::login(), "password": unique::password(), "role": "operator" });
    there.post(ACCOUNTS, body).expect_problem(403, "forbidden");
    let slug = &*place.foreign.slug;
    let refused = deployment.run(&["account", "set-role", &place.kim.login, "operator", "--realm", slug]).expect(1);
    assert!(refused.prose.contains("operator"), "{refused:?}");
    // A role that a row of another realm claims reaches nowhere.
    deployment.change(&format!("UPDATE account SET role = 'operator' WHERE login = '{}'", place.kim.login));
    let kim = place.kim.session(&client);
    assert_eq!(kim.get("/v1/admin/realm").expect(200)["slug"], slug);
    kim.get(REALMS).expect_problem(403, "forbidden");
    kim.with_header(HEADER, "default").get("/v1/admin/realm").expect_problem(403, "forbidden");
    // Operators make operators, and unmake them.
    let promoted = place.operator.patch(&account_path(&member, ""), json!({ "role": "operator" })).expect(200);
    assert_eq!(promoted["role"], "operator");
    place.operator.patch(&account_path(&member, ""), json!({ "role": "member" })).expect(200);
    place.operator.delete(&path).expect(204);
}

#[test]
fn an_operator_needs_the_second_factor_that_the_realm_default_requires_of_administrators() {
    let server = Server::start();
    let (deployment, client) = (server.deployment(), server.client());
    let realm = Realm::create(deployment, "recommended");
    for required in ["owners", "admins", "everyone"] {
        let setting = format!("enforcement.required_for={required}");
        deployment.run(&["realm", "set-policy", "--realm", "default", &setting]).expect(0);
        let account = named(deployment, "default", "operator");
        let session = account.session(&client);
        let there = session.with_header(HEADER, &realm.slug);
        for client in [&session, &there] {
            client.get("/v1/admin/realm").expect_problem(403, "enrollment_required");
        }
        let enrolled = account.clone().enroll(&client);
        let there = enrolled.session.with_header(HEADER, &realm.slug);
        assert_eq!(there.get("/v1/admin/realm").expect(200)["slug"], json!(realm.slug), "{required}");
        // Their own code is asked for as well, whatever the realm that they act in asks for.
        let body = json!({ "issuer": "Another", "proof": { "password": account.password } });
        let problem = there.patch("/v1/admin/realm", body).expect_problem(422, "invalid_proof");
        assert_eq!(fields(&problem), ["code"]);
    }
}

#[test]
fn remote_commands_of_an_operator_mean_the_realm_that_is_typed() {
    let place = Offices::new();
    let url = format!("http://{}", place.server.address());
    let run = |client: &Client, arguments: &[&str]| {
        let elsewhere = Deployment::new();
        let proof = elsewhere.directory().join("proof");
        std::fs::write(&proof, format!("{}\n", place.operator.password())).unwrap();
        let proof = proof.to_str().unwrap();
        let arguments = [arguments, &["--server", &url, "--output", "json", "--proof-file", proof]].concat();
        elsewhere.with("TOKEN", client.token()).run(&arguments)
    };
    let slug = &*place.foreign.slug;
    let shown = run(&place.operator, &["account", "show", &place.kim.login, "--realm", slug]).expect(0).json();
    assert_eq!(shown["realm"], json!(slug));
    run(&place.operator, &["account", "set-role", &place.kim.login, "admin", "--realm", slug]).expect(0);
    run(&place.operator, &["account", "show", &place.kim.login]).expect(3);
    run(&place.operator, &["account", "list", "--realm", "nowhere"]).expect(3);
    let made =
        run(&place.operator, &["realm", "create", "panel", "--issuer", "Panel", "--preset", "dqos"]).expect(0).json();
    assert_eq!((&made["slug"], &made["preset"]), (&json!("panel"), &json!("dqos")));
    let here = place.deployment().run(&["realm", "list", "--output", "json"]).expect(0).json();
    let there = run(&place.operator, &["realm", "list"]).expect(0).json();
    assert_eq!(there["items"].as_array().unwrap().len(), here["items"].as_array().unwrap().len());
    let (_, _, owner) = place.others.iter().find(|(who, ..)| who == "owner of default").unwrap();
    let refused = run(owner, &["account", "list", "--realm", slug]).expect(2);
    assert!(refused.prose.contains("COUNTERSIGN_TOKEN is of the realm default"), "{refused:?}");
    run(owner, &["realm", "list"]).expect(1);
}
