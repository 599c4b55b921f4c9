use countersign_tests::account::{AUTHENTICATORS, confirm, fields, text};
use countersign_tests::{Account, Authenticator, Deployment, Enrolled, Realm, Server, tools, unique};
use serde_json::{Value, json};

use crate::{DISABLE, REGENERATE, STATE, VIEW};

#[test]
fn docspell_two_factor_works_as_it_is_documented() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "docspell");
    let account = Account::create_in(deployment, &realm);
    let session = account.session(&client);

    // Activate two-factor authentication: a QR code is shown, and the secret behind an eye.
    let begun = session.post(AUTHENTICATORS, json!({})).expect(201);
    let (id, secret) = (text(&begun["authenticator"]["id"]), text(&begun["secret"]));
    let qr_code = format!("{AUTHENTICATORS}/{id}/qr-code");
    let png = session.with_header("accept", "image/png").get(&qr_code);
    assert_eq!(tools::read_qr_code(&png.bytes), text(&begun["otpauth_uri"]));

    // Confirm with a code of the app.
    let mut app = Authenticator::new(&secret);
    confirm(&session, &id, &app.wrong_code()).expect_problem(422, "invalid_code");
    let confirmed = confirm(&session, &id, &app.fresh_code()).expect(200);
    // There are no recovery codes.
    assert_eq!((&begun["recovery_codes"], &confirmed["recovery_codes"]), (&Value::Null, &Value::Null));
    session.post(VIEW, json!({})).expect_problem(403, "recovery_codes_not_viewable");
    let code = json!({ "code": app.wrong_code() });
    let none = session.post(REGENERATE, code).expect_problem(422, "policy_violation");
    assert!(text(&none["detail"]).contains("administrator"), "the way back is named: {none}");
    // The secret is not shown again.
    session.get(&qr_code).expect_problem(404, "not_found");
    for path in ["/v1/account", STATE, "/v1/account/activity"] {
        assert!(!session.get(path).text().contains(&secret), "{path}");
    }
    let mut kim = Enrolled { account, session, authenticator_id: id, authenticator: app, recovery_codes: Vec::new() };

    // At sign-in, a second form asks for the code.
    let body = kim.account.sign_in(&client).expect(200);
    assert_eq!((&body["status"], &body["challenge"]["methods"]), (&json!("second_factor_required"), &json!(["totp"])));
    let wrong = client.second_factor(&text(&body["challenge"]["token"]), &kim.authenticator.wrong_code());
    let wrong = wrong.expect_problem(422, "invalid_code");
    assert!(text(&wrong["detail"]).contains("administrator"), "the way back is named: {wrong}");
    kim.sign_in(&client);

    // Disable it only with a code; the password does not help.
    let password = json!({ "password": kim.account.password });
    assert_eq!(fields(&kim.session.post(DISABLE, password).expect_problem(422, "invalid_proof")), ["code"]);
    kim.session.post(DISABLE, json!({ "code": kim.authenticator.fresh_code() })).expect(204);
    // The secret is removed when it is disabled, and a new setup gets a new secret.
    assert_eq!(kim.session.get(STATE).expect(200)["authenticators"], json!([]));
    let kim = kim.account.enroll(&client);
    assert_ne!(kim.authenticator.secret(), secret);
}

#[test]
fn docspell_two_factor_is_disabled_by_a_remote_command_with_an_admin_secret() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "docspell");
    let kim = Enrolled::create_in(deployment, &client, &realm);
    let login = kim.account.login.clone();
    let id = text(&kim.session.get("/v1/account").expect(200)["id"]);
    let path = format!("/v1/admin/accounts/{id}/two-factor/disable");
    let url = format!("http://{}", server.address());
    let arguments = ["account", "disable-2fa", &login, "--yes", "--server", &url, "--output", "table"];
    // Another machine: nothing of the deployment is on it.
    let remote = |token: &str| Deployment::new().with("TOKEN", token).run(&arguments);

    // The admin endpoint is off until it is configured: without a key of the scope admin it opens for nothing.
    client.post(&path, json!({})).expect_problem(401, "unauthenticated");
    client.with_token(&unique::word()).post(&path, json!({})).expect_problem(401, "unauthenticated");
    kim.session.post(&path, json!({})).expect_problem(403, "forbidden");
    let other = realm.api_key(deployment, &["verify", "enroll", "manage"]);
    other.client(&client).post(&path, json!({})).expect_problem(403, "forbidden");
    for token in [&other.key, &unique::word()] {
        let refused = remote(token);
        assert!(refused.code != 0 && !refused.prose.contains(token), "{refused:?}");
    }
    assert_ne!(Deployment::new().run(&arguments).code, 0);
    kim.challenge(&client);

    // With the admin secret, the command says success and message in a table.
    let admin = realm.api_key(deployment, &["admin"]);
    let done = remote(&admin.key).expect(0);
    for part in ["success", "message", "true", &login] {
        assert!(done.results.contains(part), "{part}: {}", done.results);
    }
    assert!(serde_json::from_str::<Value>(&done.results).is_err(), "a table: {}", done.results);
    assert!(!kim.session.is_signed_in());
    kim.account.session(&client);
}
