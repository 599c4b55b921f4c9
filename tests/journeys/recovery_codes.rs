use countersign_tests::{Account, Enrolled, Server};
use serde_json::json;

#[test]
fn a_recovery_code_stands_in_for_the_authenticator_however_it_is_typed() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let spellings: [fn(String) -> String; 4] = [
        |code| code,
        |code| code.replace('-', ""),
        |code| code.to_lowercase(),
        |code| format!(" {} ", code.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l")),
    ];
    for (spelling, remaining) in spellings.into_iter().zip([9, 8, 7, 6]) {
        let code = spelling(kim.recovery_code());
        let body = kim.sign_in_with(&client, &code).expect(200);
        assert_eq!((&body["status"], &body["method"]), (&json!("signed_in"), &json!("recovery_code")));
        assert_eq!(body["recovery_codes_remaining"], remaining);
    }
}

#[test]
fn regenerating_recovery_codes_kills_the_older_ones() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let path = "/v1/account/two-factor/recovery-codes/regenerate";

    let missing = kim.session.post(path, json!({})).expect_problem(422, "invalid_proof");
    let fields: Vec<_> = missing["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["password", "code"], "both are needed");

    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    let answer = kim.session.post(path, proof);
    assert_eq!(answer.header("cache-control"), "no-store");
    let fresh: Vec<String> = serde_json::from_value(answer.expect(200)["recovery_codes"].clone()).unwrap();
    assert_eq!(fresh.len(), 10);
    assert!(kim.recovery_codes.iter().all(|old| !fresh.contains(old)));

    let old = kim.recovery_code();
    kim.sign_in_with(&client, &old).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &fresh[0]).expect(200);

    let code = kim.authenticator.fresh_code();
    kim.session.post(path, json!({ "password": kim.account.password, "code": code })).expect(200);
    kim.sign_in_with(&client, &fresh[1]).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
}

#[test]
fn recovery_codes_are_not_shown_again_and_looking_for_them_changes_nothing() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let proof = json!({ "password": kim.account.password });
    let answer = kim.session.post("/v1/account/two-factor/recovery-codes/view", proof);
    answer.expect_problem(403, "recovery_codes_not_viewable");
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
}

#[test]
fn without_a_second_factor_there_are_no_recovery_codes() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    for what in ["view", "regenerate"] {
        let proof = json!({ "password": account.password });
        let answer = session.post(&format!("/v1/account/two-factor/recovery-codes/{what}"), proof);
        answer.expect_problem(409, "two_factor_not_enabled");
    }
}
