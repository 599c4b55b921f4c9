use std::collections::BTreeSet;

use countersign_tests::account::{AUTHENTICATORS, fields, text, texts};
use countersign_tests::{Account, Authenticator, Enrolled, Realm, Server};
use serde_json::{Value, json};

use crate::{DISABLE, STATE, is_alphanumeric};

#[test]
fn pterodactyl_two_factor_works_as_it_is_documented() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "pterodactyl");
    let account = Account::create_in(deployment, &realm);
    let session = account.session(&client);

    // Retrieve the two-factor setup data: the secret and the image URL data, without a password.
    let begun = session.post(AUTHENTICATORS, json!({})).expect(201);
    let (id, secret) = (text(&begun["authenticator"]["id"]), text(&begun["secret"]));
    assert!(text(&begun["otpauth_uri"]).contains(&format!("secret={secret}&issuer=Issuer%20")));
    assert_eq!(begun["recovery_codes"], Value::Null);

    // Enable it with a code and the account's password; the code alone is not enough.
    let mut app = Authenticator::new(&secret);
    let code = app.fresh_code();
    let confirm = |body: Value| session.post(&format!("{AUTHENTICATORS}/{id}/confirm"), body);
    let missing = confirm(json!({ "code": code })).expect_problem(422, "invalid_proof");
    assert_eq!(fields(&missing), ["password"]);
    let wrong = json!({ "code": code, "password": "not the password" });
    confirm(wrong).expect_problem(422, "invalid_proof");
    let wrong = json!({ "code": app.wrong_code(), "password": account.password });
    confirm(wrong).expect_problem(422, "invalid_code");
    assert_eq!(session.get(STATE).expect(200)["enabled"], false);
    let confirmed = confirm(json!({ "code": code, "password": account.password })).expect(200);
    // The answer has ten recovery tokens of ten characters.
    let tokens = texts(&confirmed["recovery_codes"]);
    assert_eq!(tokens.len(), 10);
    assert!(tokens.iter().all(|token| is_alphanumeric(token, 1, 10)), "{tokens:?}");
    let mut kim = Enrolled { account, session, authenticator_id: id, authenticator: app, recovery_codes: tokens };
    let session = kim.session.clone();
    let proof = json!({ "password": kim.account.password });

    // Enabling it when it is enabled is an error that says so.
    let again = session.post(AUTHENTICATORS, json!({})).expect_problem(409, "two_factor_already_enabled");
    assert!(text(&again["title"]).contains("already on"), "{again}");

    // A code is exactly six digits.
    let challenge = kim.challenge(&client);
    let code = kim.authenticator.fresh_code();
    for wrong in [&code[..5], &format!("{code}0")] {
        client.second_factor(&challenge, wrong).expect_problem(422, "invalid_code");
    }
    // Each code can be used once.
    client.second_factor(&challenge, &code).expect(200);
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    // A recovery token signs in instead, once.
    let token = kim.recovery_code();
    assert_eq!(kim.sign_in_with(&client, &token).expect(200)["method"], "recovery_code");
    kim.sign_in_with(&client, &token).expect_problem(422, "invalid_code");

    // Disable it with the password.
    assert_eq!(fields(&session.post(DISABLE, json!({})).expect_problem(422, "invalid_proof")), ["password"]);
    session.post(DISABLE, json!({ "password": "not the password" })).expect_problem(422, "invalid_proof");
    session.post(DISABLE, proof.clone()).expect(204);
    session.post(DISABLE, proof.clone()).expect_problem(409, "two_factor_not_enabled");
    // The secret is cleared, the flag is off and all recovery tokens are dead.
    let state = session.get(STATE).expect(200);
    assert_eq!((&state["enabled"], &state["authenticators"]), (&json!(false), &json!([])));
    assert_eq!((&state["recovery_codes"]["total"], &state["recovery_codes"]["remaining"]), (&json!(0), &json!(0)));
    let dead = kim.recovery_code();
    let kim = kim.account.enroll(&client);
    assert_ne!(kim.authenticator.secret(), secret);
    kim.sign_in_with(&client, &dead).expect_problem(422, "invalid_code");

    // Both events are in the activity feed.
    let feed = kim.session.get("/v1/account/activity?limit=200").expect(200);
    let events: BTreeSet<String> =
        feed["items"].as_array().unwrap().iter().map(|event| text(&event["event"])).collect();
    assert!(events.contains("two_factor.enabled") && events.contains("two_factor.disabled"), "{events:?}");
}

#[test]
fn pterodactyl_requires_two_factor_of_nobody_admins_or_everyone() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "pterodactyl");
    let admin = Account::create_as(deployment, &realm, "admin");
    let member = Account::create_in(deployment, &realm);
    let came_to = |account: &Account| text(&account.sign_in(&client).expect(200)["status"]);

    // Require 2-Factor Authentication: not required, admin only, all users. It holds at once.
    for (required_for, of_admin, of_member) in [
        ("nobody", "signed_in", "signed_in"),
        ("admins", "enrollment_required", "signed_in"),
        ("everyone", "enrollment_required", "enrollment_required"),
    ] {
        realm.set_policy(deployment, &[&format!("enforcement.required_for={required_for}")]).expect(0);
        assert_eq!((&*came_to(&admin), &*came_to(&member)), (of_admin, of_member), "{required_for}");
    }
}

#[test]
fn pterodactyl_disables_two_factor_by_e_mail_on_the_command_line_only() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "pterodactyl");
    let kim = Enrolled::create_in(deployment, &client, &realm);
    let id = text(&kim.session.get("/v1/account").expect(200)["id"]);
    let path = format!("/v1/admin/accounts/{id}/two-factor/disable");

    // There is no button for it: the API refuses administrators, owners and keys.
    let key = realm.api_key(deployment, &["admin"]).client(&client);
    let staff = ["admin", "owner"].map(|role| Account::create_as(deployment, &realm, role).session(&client));
    for administrator in staff.iter().chain([&key]) {
        administrator.post(&path, json!({})).expect_problem(403, "forbidden");
    }
    kim.challenge(&client);

    // Disable 2FA for a user by e-mail, on the command line of the server.
    let said = deployment.run(&["account", "disable-2fa", &kim.account.login, "--realm", &realm.slug, "--yes"]);
    assert_eq!(said.expect(0).json()["success"], true);
    assert!(!kim.session.is_signed_in());
    kim.account.session(&client);
}
