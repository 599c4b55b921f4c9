use countersign_tests::account::{AUTHENTICATORS, fields, text, texts};
use countersign_tests::{Authenticator, Client, Enrolled, Realm, Server, unique};
use serde_json::{Value, json};

const DISABLE: &str = "/v1/account/two-factor/disable";
const REGENERATE: &str = "/v1/account/two-factor/recovery-codes/regenerate";
const VIEW: &str = "/v1/account/two-factor/recovery-codes/view";

fn password(kim: &Enrolled) -> Value {
    json!({ "password": kim.account.password })
}

fn with_code(kim: &Enrolled, code: &str) -> Value {
    json!({ "password": kim.account.password, "code": code })
}

fn change_password(kim: &Enrolled, code: &str) -> countersign_tests::Answer {
    let (old, new) = (&kim.account.password, unique::password());
    let body = json!({ "current_password": old, "new_password": new, "code": code });
    kim.session.put("/v1/account/password", body)
}

#[test]
fn a_stolen_session_and_the_password_get_no_factor_of_their_own() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    for path in [AUTHENTICATORS, REGENERATE, DISABLE] {
        let refused = kim.session.post(path, password(&kim));
        assert_eq!(fields(&refused.expect_problem(422, "invalid_proof")), ["code"], "{path}");
    }
    let asked = kim.session.get("/v1/account/two-factor").expect(200);
    for proof in ["begin", "disable", "recovery_codes"] {
        assert_eq!(asked["policy"]["proofs"][proof], "password_and_code", "{proof}");
    }
}

#[test]
fn an_authenticator_that_was_just_added_turns_off_nothing_older() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let begun = kim.session.post(AUTHENTICATORS, with_code(&kim, &kim.authenticator.clone().fresh_code())).expect(201);
    let mut mine = Authenticator::new(&text(&begun["secret"]));
    let confirm = format!("{AUTHENTICATORS}/{}/confirm", text(&begun["authenticator"]["id"]));
    kim.session.post(&confirm, json!({ "code": mine.fresh_code() })).expect(200);

    let code = mine.fresh_code();
    let refused = kim.session.post(DISABLE, with_code(&kim, &code));
    let problem = refused.expect_problem(422, "invalid_proof");
    assert_eq!(fields(&problem), ["code"]);
    assert!(text(&problem["detail"]).contains("older"), "{problem}");
    assert_eq!(fields(&change_password(&kim, &code).expect_problem(422, "invalid_proof")), ["code"]);
    let remove = format!("{AUTHENTICATORS}/{}/remove", kim.authenticator_id);
    kim.session.post(&remove, with_code(&kim, &code)).expect_problem(422, "invalid_proof");
    // What was there before turns off both.
    let code = kim.recovery_code();
    kim.session.post(DISABLE, with_code(&kim, &code)).expect(204);
}

#[test]
fn where_the_password_yields_recovery_codes_they_change_no_password() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    for preset in ["dokploy", "pterodactyl", "dqos", "ispconfig"] {
        let realm = Realm::create(deployment, preset);
        let mut kim = Enrolled::create_in(deployment, &client, &realm);
        if kim.session.get("/v1/account/two-factor").expect(200)["recovery_codes"]["viewable"] == true {
            let viewed = texts(&kim.session.post(VIEW, password(&kim)).expect(200)["recovery_codes"]);
            change_password(&kim, &viewed[0]).expect_problem(422, "invalid_proof");
        }
        let made = texts(&kim.session.post(REGENERATE, password(&kim)).expect(200)["recovery_codes"]);
        change_password(&kim, &made[0]).expect_problem(422, "invalid_proof");
        kim.sign_in_with(&client, &made[0]).expect(200);
        let code = kim.authenticator.fresh_code();
        change_password(&kim, &code).expect(204);
    }
}

/// A session that a trusted device opened: the password, and no second factor.
fn opened_by_a_device(kim: &mut Enrolled, client: &Client) -> Client {
    let body = json!({
        "challenge_token": kim.challenge(client),
        "code": kim.authenticator.fresh_code(),
        "remember_device": true,
    });
    let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    let mut body = kim.account.credentials();
    body["device_token"] = json!(device);
    let opened = client.post("/v1/sign-in", body).expect(200);
    assert_eq!(opened["status"], "signed_in", "{opened}");
    client.with_token(&text(&opened["session"]["token"]))
}

#[test]
fn a_session_that_a_trusted_device_opened_steps_up_before_it_gets_a_factor() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "dqos");
    realm.set_policy(deployment, &["sign_in.trusted_device_days=30", "authenticators.max_per_account=3"]).expect(0);
    let mut kim = Enrolled::create_in(deployment, &client, &realm);
    let session = opened_by_a_device(&mut kim, &client);
    for path in [AUTHENTICATORS, REGENERATE, VIEW, DISABLE] {
        let refused = session.post(path, password(&kim));
        assert_eq!(fields(&refused.expect_problem(422, "invalid_proof")), ["code"], "{path}");
    }
    let code = kim.authenticator.fresh_code();
    session.post(REGENERATE, with_code(&kim, &code)).expect(200);
    session.post(VIEW, password(&kim)).expect(200);
}

#[test]
fn no_policy_yields_factors_for_less_than_it_takes_to_turn_them_off() {
    let server = Server::start();
    let deployment = server.deployment();
    let realm = Realm::create(deployment, "recommended");
    for weak in ["password", "code", "password_or_code"] {
        let refused = realm.set_policy(deployment, &[&format!("proofs.recovery_codes={weak}")]);
        assert!(refused.expect(1).prose.contains("proofs.recovery_codes"));
    }
    let refused = realm.set_policy(deployment, &["proofs.disable=password", "proofs.hold_hours=0"]);
    assert!(refused.expect(1).prose.contains("proofs.hold_hours"));
    realm.set_policy(deployment, &["proofs.hold_hours=0"]).expect(0);
}
