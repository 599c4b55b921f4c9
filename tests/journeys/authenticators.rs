use countersign_tests::account::{AUTHENTICATORS, confirm, text};
use countersign_tests::{Account, Authenticator, Enrolled, Server};
use serde_json::{Value, json};

#[test]
fn an_authenticator_can_be_renamed() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    let path = format!("{AUTHENTICATORS}/{}", kim.authenticator_id);
    let renamed = kim.session.patch(&path, json!({ "name": "Büro-Telefon ☎" })).expect(200);
    assert_eq!(renamed["name"], "Büro-Telefon ☎");
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["authenticators"][0], renamed);
    kim.session.patch(&path, json!({ "name": "two\nlines" })).expect_problem(400, "invalid_request");
}

#[test]
fn a_second_authenticator_works_beside_the_first_until_it_is_removed() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let (second_id, mut second, confirmed) = kim.add_authenticator(&kim.session.clone());
    assert_eq!(confirmed["recovery_codes"], Value::Null, "the codes of the first enrollment hold");
    kim.sign_in(&client);
    let code = second.fresh_code();
    kim.sign_in_with(&client, &code).expect(200);

    let session = kim.session.clone();
    let remove = format!("{AUTHENTICATORS}/{second_id}/remove");
    let missing = session.post(&remove, json!({ "password": kim.account.password }));
    assert_eq!(missing.expect_problem(422, "invalid_proof")["errors"][0]["field"], "code");
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    session.post(&remove, proof).expect(204);

    let code = second.fresh_code();
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    kim.sign_in(&client);
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["authenticators"].as_array().unwrap().len(), 1);
}

#[test]
fn a_pending_authenticator_is_removed_without_proof() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    let begun = account.begin(&session);
    let id = text(&begun["authenticator"]["id"]);
    session.post(&format!("{AUTHENTICATORS}/{id}/remove"), json!({})).expect(204);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    confirm(&session, &id, &code).expect_problem(409, "no_pending_enrollment");
    assert_eq!(session.get("/v1/account/two-factor").expect(200)["authenticators"], json!([]));
}

#[test]
fn removing_the_last_authenticator_turns_two_factor_off() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    kim.session.post(&format!("{AUTHENTICATORS}/{}/remove", kim.authenticator_id), proof).expect(204);
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["enabled"], &state["authenticators"]), (&json!(false), &json!([])));
    kim.account.session(&client);
}

#[test]
fn two_factor_is_turned_off_with_password_and_code() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let path = "/v1/account/two-factor/disable";
    let password = kim.account.password.clone();
    for (proof, missing) in [
        (json!({}), vec!["password", "code"]),
        (json!({ "password": password }), vec!["code"]),
        (json!({ "code": kim.recovery_codes[0] }), vec!["password"]),
    ] {
        let problem = kim.session.post(path, proof).expect_problem(422, "invalid_proof");
        let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, missing);
    }
    let code = kim.authenticator.fresh_code();
    kim.session.post(path, json!({ "password": password, "code": code })).expect(204);

    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["enabled"], &state["authenticators"]), (&json!(false), &json!([])));
    assert_eq!(state["recovery_codes"]["remaining"], 0);
    let proof = json!({ "password": password, "code": kim.authenticator.fresh_code() });
    kim.session.post(path, proof).expect_problem(409, "two_factor_not_enabled");
    kim.account.session(&client);
}

#[test]
fn there_are_no_more_authenticators_than_the_policy_allows() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    for _ in 2..=5 {
        kim.add_authenticator(&kim.session.clone());
    }
    let sixth = kim.session.post(AUTHENTICATORS, json!({ "password": kim.account.password }));
    sixth.expect_problem(409, "too_many_authenticators");
}
