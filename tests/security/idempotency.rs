use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::subject::{self, Subject};
use countersign_tests::{Account, Answer, Authenticator, Client, Enrolled, Realm, Server, all_at_once, unique};
use serde_json::json;

const REGENERATE: &str = "/v1/account/two-factor/recovery-codes/regenerate";

/// The same client with an idempotency key.
fn keyed(client: &Client, key: &str) -> Client {
    client.with_header("idempotency-key", key)
}

/// Sends it three times and demands one answer.
#[track_caller]
fn same(send: impl Fn() -> Answer) -> Answer {
    let first = send();
    for _ in 0..2 {
        let again = send();
        assert_eq!((again.status, again.text()), (first.status, first.text()));
        for header in ["content-type", "retry-after", "x-request-id", "cache-control"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
    }
    first
}

/// How many events of a kind an account has.
fn events(session: &Client, event: &str) -> usize {
    let activity = session.get("/v1/account/activity?limit=200").expect(200);
    activity["items"].as_array().unwrap().iter().filter(|it| it["event"] == event).count()
}

#[test]
fn every_act_of_a_member_is_carried_out_once_and_answered_alike() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let signed_in = same(|| account.sign_in(&keyed(&client, "sign-in"))).expect(200);
    let session = client.with_token(&text(&signed_in["session"]["token"]));
    assert_eq!(session.get("/v1/account/sessions").expect(200)["items"].as_array().unwrap().len(), 1);

    let password = json!({ "password": account.password });
    let pending = same(|| keyed(&session, "pending").post(AUTHENTICATORS, password.clone())).expect(201);
    let remove = format!("{AUTHENTICATORS}/{}/remove", text(&pending["authenticator"]["id"]));
    same(|| keyed(&session, "remove").post(&remove, json!({}))).expect(204);
    let begun = same(|| keyed(&session, "begin").post(AUTHENTICATORS, password.clone())).expect(201);
    let id = text(&begun["authenticator"]["id"]);
    let mut authenticator = Authenticator::new(&text(&begun["secret"]));
    let code = authenticator.fresh_code();
    let confirm = format!("{AUTHENTICATORS}/{id}/confirm");
    let confirmed = same(|| keyed(&session, "confirm").post(&confirm, json!({ "code": code }))).expect(200);
    let mut recovery_codes = countersign_tests::account::texts(&confirmed["recovery_codes"]);

    let challenge = same(|| account.sign_in(&keyed(&client, "again"))).expect(200);
    let challenge = text(&challenge["challenge"]["token"]);
    let code = authenticator.fresh_code();
    let done = same(|| keyed(&client, "second").second_factor(&challenge, &code)).expect(200);
    let second = client.with_token(&text(&done["session"]["token"]));
    same(|| keyed(&second, "out").post("/v1/sign-out", json!({}))).expect(204);
    assert!(!second.is_signed_in());

    let proof = json!({ "password": account.password, "code": recovery_codes.pop().unwrap() });
    let fresh = same(|| keyed(&session, "regenerate").post(REGENERATE, proof.clone())).expect(200);
    assert_eq!(fresh["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(events(&session, "recovery_codes.issued"), 2, "by the confirmation, and by one regeneration");
    let code = authenticator.fresh_code();
    let new = json!({ "current_password": account.password, "new_password": unique::password(), "code": code });
    same(|| keyed(&session, "password").put("/v1/account/password", new.clone())).expect(204);
    assert_eq!(events(&session, "second_factor.rejected"), 0);
}

#[test]
fn a_refusal_that_is_sent_again_is_counted_once() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let wrong = kim.authenticator.wrong_codes(1).remove(0);
    let challenge = kim.challenge(&client);
    for _ in 0..10 {
        same(|| keyed(&client, "k").second_factor(&challenge, &wrong)).expect_problem(422, "invalid_code");
    }
    let code = kim.authenticator.fresh_code();
    client.second_factor(&challenge, &code).expect(200);
    let stray = Account { password: unique::password(), ..kim.account.clone() };
    same(|| stray.sign_in(&keyed(&client, "wrong"))).expect_problem(401, "invalid_credentials");
    assert_eq!(events(&kim.session, "second_factor.rejected"), 1);
    assert_eq!(events(&kim.session, "sign_in.failed"), 1);
}

#[test]
fn of_thirty_requests_with_one_key_at_once_one_is_carried_out() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    let code = kim.authenticator.fresh_code();
    let answers = all_at_once(vec![(); 30], |()| keyed(&server.client(), "k").second_factor(&challenge, &code));
    let first = answers[0].text();
    for answer in &answers {
        assert_eq!((answer.status, answer.text()), (200, first.clone()));
    }
    let sessions = kim.session.get("/v1/account/sessions").expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2, "the one that enrolled, and one more");
    assert_eq!(events(&kim.session, "second_factor.rejected"), 0);

    // Thirty codes under one key are no thirty guesses.
    let challenge = kim.challenge(&client);
    let mut codes = kim.authenticator.wrong_codes(29);
    codes.push(kim.authenticator.fresh_code());
    let answers = all_at_once(codes, |code| keyed(&server.client(), "other").second_factor(&challenge, &code));
    let conflicts = answers.iter().filter(|answer| answer.code() == "idempotency_conflict").count();
    assert_eq!(conflicts, 29, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
}

#[test]
fn a_key_stands_for_one_request_of_one_who_asks() {
    let server = Server::start();
    let client = server.client();
    let realm = Realm::create(server.deployment(), "recommended");
    let other_realm = Realm::create(server.deployment(), "recommended");
    let scopes = ["verify", "enroll", "manage"];
    let key = realm.api_key(server.deployment(), &scopes).client(&client);
    let same_realm = realm.api_key(server.deployment(), &scopes).client(&client);
    let elsewhere = other_realm.api_key(server.deployment(), &scopes).client(&client);
    let mut ada = Subject::enroll(&key, "ada");
    Subject::enroll(&key, "bob");
    Subject::enroll(&elsewhere, "ada");
    let code = ada.authenticator.fresh_code();
    let verified = same(|| ada.verify(&keyed(&key, "k"), &code)).expect(200);

    // Another body, another subject, another operation: another request.
    ada.verify(&keyed(&key, "k"), "000000").expect_problem(409, "idempotency_conflict");
    subject::verify(&keyed(&key, "k"), "bob", &code).expect_problem(409, "idempotency_conflict");
    let regenerate = "/v1/subjects/ada/recovery-codes/regenerate";
    keyed(&key, "k").post(regenerate, json!({ "code": code })).expect_problem(409, "idempotency_conflict");
    // Another who asks: their own business, which they are told nothing of.
    for other in [&same_realm, &elsewhere] {
        let answer = ada.verify(&keyed(other, "k"), &code).expect_problem(422, "invalid_code");
        assert_ne!(answer["request_id"], verified["request_id"]);
    }
    let nobody = client.with_token("cs_key_unknown");
    ada.verify(&keyed(&nobody, "k"), &code).expect_problem(401, "unauthenticated");
    assert_eq!(same(|| ada.verify(&keyed(&key, "k"), &code)).expect(200), verified);
}

#[test]
fn a_key_has_one_to_two_hundred_visible_characters() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    for bad in ["", "two words", &"a".repeat(201)] {
        let problem = account.sign_in(&keyed(&client, bad)).expect_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "Idempotency-Key");
    }
    for good in ["!".to_owned(), "~".repeat(200), "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"".to_owned()] {
        account.sign_in(&keyed(&client, &good)).expect(200);
    }
    keyed(&client, "two words").get("/v1/account").expect_problem(401, "unauthenticated");
}

/// Killed at some point of thirty requests: what was carried out is carried out no more, and what was not can be.
#[test]
fn a_killed_server_leaves_neither_a_second_success_nor_a_failure() {
    let mut server = Server::start();
    for milliseconds in [2, 15, 60] {
        let client = server.client();
        let realm = Realm::create(server.deployment(), "recommended");
        let key = realm.api_key(server.deployment(), &["verify", "enroll"]);
        let mut subject = Subject::enroll(&key.client(&client), "user-7");
        let code = subject.authenticator.fresh_code();
        let body = json!({ "code": code });
        let tries: Vec<_> = (0..9).map(Some).chain([None]).collect();
        all_at_once(tries, |turn| match turn {
            None => {
                std::thread::sleep(std::time::Duration::from_millis(milliseconds));
                server.kill_in_place();
            }
            Some(_) => {
                let client = keyed(&key.client(&server.client()), "k");
                if let Ok(answer) = client.try_send("POST", "/v1/subjects/user-7/verify", Some(&body)) {
                    assert_eq!(answer.status, 200, "{}", answer.text());
                }
            }
        });
        server = server.kill().start();
        let client = key.client(&server.client());
        let again = subject.verify(&keyed(&client, "k"), &code);
        assert!(again.status == 200 || again.code() == "idempotency_conflict", "{}", again.text());
        // Whatever became of it, nothing was counted against its owner, and its code is spent or yet to be used once.
        let next = subject.authenticator.fresh_code();
        subject.verify(&client, &next).expect(200);
        let administrator = realm.api_key(server.deployment(), &["admin"]).client(&server.client());
        let events = administrator.get("/v1/admin/audit-events?limit=200").expect(200);
        let count = |event: &str| {
            let items = events["items"].as_array().unwrap().iter();
            items.filter(|it| it["event"] == event && it["details"]["purpose"] == "verify").count()
        };
        assert_eq!(count("second_factor.rejected"), 0);
        assert!(count("second_factor.accepted") <= 2, "{events}");
    }
}

#[test]
fn a_key_is_looked_up_only_for_what_there_is_and_for_those_who_may_ask() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let keyed = keyed(&client, "used");
    account.sign_in(&keyed).expect(200);
    // The same key and login elsewhere: neither is there another request to be told apart from.
    keyed.put("/v1/sign-in", account.credentials()).expect_problem(405, "method_not_allowed");
    keyed.post("/v1/nowhere", account.credentials()).expect_problem(404, "not_found");
    // Whoever has to have a token is none by a login in the body.
    keyed.post("/v1/admin/accounts", json!({ "login": account.login })).expect_problem(401, "unauthenticated");
    keyed
        .post("/v1/sign-in", json!({ "login": account.login, "password": "x" }))
        .expect_problem(409, "idempotency_conflict");
}
