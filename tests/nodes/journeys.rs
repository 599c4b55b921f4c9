use countersign_tests::account::{AUTHENTICATORS, confirm, text, texts};
use countersign_tests::database_server::Administration;
use countersign_tests::subject::path;
use countersign_tests::{Account, Authenticator, Client, Enrolled, Realm, unique};
use serde_json::json;

use crate::three;

on_both_engines!(
    a_whole_journey_goes_from_node_to_node,
    an_enrollment_is_begun_on_one_node_and_confirmed_on_another,
    a_challenge_of_one_node_is_answered_on_another_and_spent_on_all,
    a_session_begun_on_one_node_is_good_on_all_at_once_and_ended_on_all,
    a_code_accepted_on_one_node_is_spent_on_all,
    a_recovery_code_redeemed_on_one_node_is_spent_on_all,
    failures_on_different_nodes_are_one_count,
    a_policy_changed_on_one_node_holds_on_the_others,
    an_api_key_revoked_on_one_node_opens_nothing_on_the_others,
);

/// Each request goes to another node than the one before.
fn a_whole_journey_goes_from_node_to_node(server: &Administration) {
    let nodes = three(server);
    let client = nodes.rotating();
    // Enrollment, sign-in by a code, sign-in by a recovery code.
    let mut kim = Enrolled::create(nodes.deployment(), &client);
    let session = kim.sign_in(&client);
    assert!((0..3).all(|_| session.is_signed_in()));
    let code = kim.recovery_code();
    let body = kim.sign_in_with(&client, &code).expect(200);
    assert_eq!((&body["method"], &body["recovery_codes_remaining"]), (&json!("recovery_code"), &json!(9)));
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    // New recovery codes, which end the old ones.
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    let fresh = session.post("/v1/account/two-factor/recovery-codes/regenerate", proof).expect(200);
    let old = std::mem::replace(&mut kim.recovery_codes, texts(&fresh["recovery_codes"]));
    kim.sign_in_with(&client, &old[0]).expect_problem(422, "invalid_code");
    // A second authenticator; the first one is removed.
    let (_, second, _) = kim.add_authenticator(&session);
    let remove = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    session.post(&format!("{AUTHENTICATORS}/{}/remove", kim.authenticator_id), remove).expect(204);
    kim.authenticator = second;
    let session = kim.sign_in(&client);
    // Disabling, and a sign-in without a second factor.
    kim.disable(&session);
    for _ in 0..3 {
        assert_eq!(session.get("/v1/account/two-factor").expect(200)["enabled"], false);
    }
    kim.account.session(&client);
    // And again from the beginning.
    kim.account.enroll(&client).sign_in(&client);
}

fn an_enrollment_is_begun_on_one_node_and_confirmed_on_another(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let account = Account::create(nodes.deployment());
    let session = account.session(&first);
    let begun = account.begin(&session);
    let id = text(&begun["authenticator"]["id"]);
    let qr_code = second.with_token(session.token()).get(&format!("{AUTHENTICATORS}/{id}/qr-code"));
    assert_eq!(qr_code.text(), text(&begun["qr_code_svg"]), "what one node sealed another one opens");
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    let confirmed = confirm(&third.with_token(session.token()), &id, &code).expect(200);
    for client in nodes.clients() {
        let challenge = account.challenge(&client);
        client.second_factor(&challenge, &code).expect_problem(422, "invalid_code");
    }
    let codes = texts(&confirmed["recovery_codes"]);
    for (client, code) in nodes.clients().iter().zip(&codes) {
        client.second_factor(&account.challenge(client), code).expect(200);
    }
}

fn a_challenge_of_one_node_is_answered_on_another_and_spent_on_all(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let mut kim = Enrolled::create(nodes.deployment(), &first);
    let challenge = kim.challenge(&first);
    second.second_factor(&challenge, &kim.authenticator.fresh_code()).expect(200);
    let code = kim.authenticator.fresh_code();
    for client in [&first, &second, &third] {
        client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    }
}

fn a_session_begun_on_one_node_is_good_on_all_at_once_and_ended_on_all(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let account = Account::create(nodes.deployment());
    // Several times over: a node that remembers a session for a while would show it.
    for _ in 0..5 {
        let session = account.session(&first);
        let elsewhere = [&first, &second, &third].map(|client| client.with_token(session.token()));
        assert!(elsewhere.iter().all(Client::is_signed_in));
        assert_eq!(elsewhere[1].send("POST", "/v1/sign-out", None).status, 204);
        assert!(!elsewhere.iter().any(Client::is_signed_in));
    }
    // And all of them by a new password, given on yet another node.
    let sessions = [&first, &second, &third].map(|client| account.session(client));
    let new = unique::password();
    let body = json!({ "current_password": account.password, "new_password": new });
    sessions[2].put("/v1/account/password", body).expect(204);
    assert_eq!(sessions.map(|session| session.is_signed_in()), [false, false, true]);
    account.sign_in(&first).expect_problem(401, "invalid_credentials");
}

fn a_code_accepted_on_one_node_is_spent_on_all(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let mut kim = Enrolled::create(nodes.deployment(), &first);
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&first, &code).expect(200);
    for client in [&second, &third, &first] {
        kim.sign_in_with(client, &code).expect_problem(422, "invalid_code");
    }
}

fn a_recovery_code_redeemed_on_one_node_is_spent_on_all(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let mut kim = Enrolled::create(nodes.deployment(), &first);
    let code = kim.recovery_code();
    kim.sign_in_with(&second, &code).expect(200);
    for client in [&third, &first, &second] {
        kim.sign_in_with(client, &code).expect_problem(422, "invalid_code");
    }
}

fn failures_on_different_nodes_are_one_count(server: &Administration) {
    let nodes = three(server);
    let client = nodes.rotating();
    let mut kim = Enrolled::create(nodes.deployment(), &client);
    for (client, code) in nodes.spread(5).iter().zip(kim.authenticator.wrong_codes(5)) {
        kim.sign_in_with(client, &code).expect_problem(422, "invalid_code");
    }
    let code = kim.authenticator.fresh_code();
    for client in nodes.clients() {
        kim.sign_in_with(&client, &code).expect_problem(429, "too_many_attempts");
    }
}

fn a_policy_changed_on_one_node_holds_on_the_others(server: &Administration) {
    let nodes = three(server);
    let [first, second, third] = nodes.clients().try_into().unwrap();
    let realm = Realm::create(nodes.deployment(), "recommended");
    let owner = Account::create_as(nodes.deployment(), &realm, "owner").session(&first);
    let member = Account::create_in(nodes.deployment(), &realm);
    let digits = |client: &Client| {
        let begun = member.begin(&member.session(client));
        begun["authenticator"]["digits"].as_u64().unwrap()
    };
    for client in [&second, &third] {
        assert_eq!(digits(client), 6);
    }
    for (number, client) in [(8, &second), (7, &third), (6, &first)] {
        owner.patch("/v1/admin/realm", json!({ "policy": { "totp": { "digits": number } } })).expect(200);
        assert_eq!(digits(client), number, "from the next request on");
    }
}

fn an_api_key_revoked_on_one_node_opens_nothing_on_the_others(server: &Administration) {
    let nodes = three(server);
    let realm = Realm::create(nodes.deployment(), "recommended");
    let owner = Account::create_as(nodes.deployment(), &realm, "owner").session(&nodes.server(0).client());
    let key = realm.api_key(nodes.deployment(), &["verify"]);
    let verify = path("kim", "verify");
    let open = |client: &Client| key.client(client).post(&verify, json!({ "code": "123456" })).status;
    for client in nodes.clients() {
        assert_ne!(open(&client), 401);
    }
    owner.delete(&format!("/v1/admin/api-keys/{}", key.id)).expect(204);
    for client in nodes.clients() {
        assert_eq!(open(&client), 401);
    }
}
