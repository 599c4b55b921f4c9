use std::collections::BTreeSet;

use countersign_tests::account::text;
use countersign_tests::browser::Jar;
use countersign_tests::{Account, Client, Enrolled, Realm, Server, openapi};
use serde_json::json;

/// Sends a well-formed request to every operation that wants a token; each must answer that it wants one.
#[track_caller]
fn opens_nothing(client: &Client, operations: &[openapi::Operation]) {
    for operation in operations.iter().filter(|operation| operation.secured) {
        let body = operation.well_formed("000000");
        let answer = client.send(&operation.method, &operation.path_of_nothing(), body.as_ref());
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{}", operation.id);
        answer.expect_problem(401, "unauthenticated");
    }
}

#[test]
fn every_operation_but_sign_in_and_health_wants_a_session() {
    let server = Server::start();
    let operations = openapi::operations(&server.client());
    let open: BTreeSet<&str> =
        operations.iter().filter(|operation| !operation.secured).map(|operation| &*operation.id).collect();
    let expected = ["check_liveness", "check_readiness", "sign_in", "verify_second_factor"];
    assert_eq!(open, BTreeSet::from(expected));

    let client = server.client();
    opens_nothing(&client, &operations);
    for kind in ["session", "page", "key", "challenge", "device"] {
        opens_nothing(&client.with_token(&format!("cs_{kind}_{}", "A".repeat(43))), &operations);
    }
    let kinds: BTreeSet<&str> = operations.iter().map(|operation| &*operation.bearer).collect();
    assert_eq!(kinds, BTreeSet::from(["", "administrator", "api_key", "session"]));
    for header in ["Bearer", "Bearer ", "Basic a2ltOmtpbQ==", "nonsense"] {
        opens_nothing(&client.with_header("authorization", header), &operations);
    }
}

#[test]
fn a_session_opens_no_operation_of_applications_and_a_key_none_of_people() {
    let server = Server::start();
    let client = server.client();
    let realm = Realm::create(server.deployment(), "recommended");
    let owner = Account::create_as(server.deployment(), &realm, "owner").session(&client);
    let key = realm.api_key(server.deployment(), &["verify", "enroll", "manage", "admin"]);
    let of_kind = |kind: &str| -> Vec<openapi::Operation> {
        let all = openapi::operations(&client).into_iter();
        let found: Vec<_> = all.filter(|operation| operation.bearer == kind).collect();
        assert!(found.len() > 5, "there are operations for {kind}");
        found
    };
    opens_nothing(&owner, &of_kind("api_key"));
    opens_nothing(&client.with_token(&owner.token().replace("cs_session_", "cs_key_")), &of_kind("api_key"));
    opens_nothing(&key.client(&client), &of_kind("session"));
    let disguised = key.key.replace("cs_key_", "cs_session_");
    opens_nothing(&client.with_token(&disguised), &of_kind("session"));
    opens_nothing(&client.with_token(&disguised), &of_kind("administrator"));
    assert!(owner.is_signed_in());
    key.client(&client).get("/v1/admin/realm").expect(200);
}

/// Signs in at the pages and answers what the browser keeps.
fn cookie_of(server: &Server, account: &Account) -> String {
    let mut jar = Jar::of(server);
    jar.get("/sign-in");
    let fields = [("login", &*account.login), ("password", &*account.password), ("realm", &*account.realm)];
    assert_eq!(jar.post("/sign-in", &fields).status, 303);
    assert_eq!(jar.get("/security").status, 200);
    jar.cookie("__Host-countersign-session").to_owned()
}

#[test]
fn what_the_pages_keep_in_a_browser_opens_no_operation() {
    let server = Server::start();
    let client = server.client();
    let realm = Realm::create(server.deployment(), "recommended");
    for role in ["member", "admin", "owner"] {
        let cookie = cookie_of(&server, &Account::create_as(server.deployment(), &realm, role));
        assert!(cookie.starts_with("cs_page_"), "{cookie}");
        opens_nothing(&client.with_token(&cookie), &openapi::operations(&client));
        let disguised = cookie.replace("cs_page_", "cs_session_");
        opens_nothing(&client.with_token(&disguised), &openapi::operations(&client));
    }
}

#[test]
fn a_challenge_opens_no_operation() {
    let server = Server::start();
    let client = server.client();
    let kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    opens_nothing(&client.with_token(&challenge), &openapi::operations(&client));
    let disguised = challenge.replace("cs_challenge_", "cs_session_");
    opens_nothing(&client.with_token(&disguised), &openapi::operations(&client));
}

#[test]
fn a_trusted_device_opens_no_operation() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let body = json!({
        "challenge_token": kim.challenge(&client), "code": kim.recovery_code(), "remember_device": true,
    });
    let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    opens_nothing(&client.with_token(&device), &openapi::operations(&client));
    opens_nothing(&client.with_token(&device.replace("cs_device_", "cs_session_")), &openapi::operations(&client));
    let code = kim.authenticator.fresh_code();
    client.second_factor(&device, &code).expect_problem(401, "invalid_challenge");
}

#[test]
fn a_session_is_no_challenge() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let code = kim.authenticator.fresh_code();
    client.second_factor(kim.session.token(), &code).expect_problem(401, "invalid_challenge");
    let disguised = kim.session.token().replace("cs_session_", "cs_challenge_");
    client.second_factor(&disguised, &code).expect_problem(401, "invalid_challenge");
    kim.sign_in_with(&client, &code).expect(200);
}

#[test]
fn a_challenge_belongs_to_its_account() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let mut lee = Enrolled::create(server.deployment(), &client);
    kim.sign_in_with(&client, &lee.authenticator.fresh_code()).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &lee.recovery_codes[0]).expect_problem(422, "invalid_code");
    lee.sign_in(&client);
    let code = lee.recovery_code();
    lee.sign_in_with(&client, &code).expect(200);
    kim.sign_in(&client);
}
