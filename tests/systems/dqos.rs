use countersign_tests::account::{AUTHENTICATORS, confirm, fields, text, texts};
use countersign_tests::{Account, Authenticator, Enrolled, Realm, Server, tools};
use serde_json::{Value, json};

use crate::{DISABLE, REGENERATE, STATE, VIEW, is_alphanumeric};

#[test]
fn dqos_two_factor_works_as_it_is_documented() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "dqos");
    let account = Account::create_in(deployment, &realm);
    let session = account.session(&client);

    // Enable two-factor authentication: a QR code to scan.
    let begun = session.post(AUTHENTICATORS, json!({})).expect(201);
    let (id, secret) = (text(&begun["authenticator"]["id"]), text(&begun["secret"]));
    let png = session.with_header("accept", "image/png").get(&format!("{AUTHENTICATORS}/{id}/qr-code"));
    assert_eq!(tools::read_qr_code(&png.bytes), text(&begun["otpauth_uri"]));
    assert_eq!(begun["recovery_codes"], Value::Null);
    assert_eq!(session.get(STATE).expect(200)["enabled"], false);

    // Confirm with a code of the app.
    let mut app = Authenticator::new(&secret);
    confirm(&session, &id, &app.wrong_code()).expect_problem(422, "invalid_code");
    let confirmed = confirm(&session, &id, &app.fresh_code()).expect(200);
    // Store the recovery codes: eight, which are shown now.
    let codes = texts(&confirmed["recovery_codes"]);
    assert_eq!(codes.len(), 8);
    assert!(codes.iter().all(|code| is_alphanumeric(code, 2, 10)), "{codes:?}");
    let mut kim = Enrolled { account, session, authenticator_id: id, authenticator: app, recovery_codes: codes };
    let session = kim.session.clone();
    let proof = json!({ "password": kim.account.password });

    // At sign-in, a second page asks for the code.
    kim.sign_in(&client);
    // Or use a recovery code; each works once.
    let spent = kim.recovery_codes.remove(0);
    let body = kim.sign_in_with(&client, &spent).expect(200);
    assert_eq!((&body["method"], &body["recovery_codes_remaining"]), (&json!("recovery_code"), &json!(7)));
    kim.sign_in_with(&client, &spent).expect_problem(422, "invalid_code");

    // View the recovery codes, with the password.
    for path in [VIEW, REGENERATE, DISABLE] {
        assert_eq!(fields(&session.post(path, json!({})).expect_problem(422, "invalid_proof")), ["password"]);
    }
    assert_eq!(texts(&session.post(VIEW, proof.clone()).expect(200)["recovery_codes"]), kim.recovery_codes);
    // Regenerate the recovery codes, with the password: the old ones are replaced.
    let fresh = texts(&session.post(REGENERATE, proof.clone()).expect(200)["recovery_codes"]);
    assert_eq!((fresh.len(), &texts(&session.post(VIEW, proof.clone()).expect(200)["recovery_codes"])), (8, &fresh));
    kim.sign_in_with(&client, &kim.recovery_codes[0]).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &fresh[0]).expect(200);

    // Disable two-factor authentication, with the password.
    session.post(DISABLE, json!({ "password": "not the password" })).expect_problem(422, "invalid_proof");
    session.post(DISABLE, proof).expect(204);
    let state = session.get(STATE).expect(200);
    assert_eq!((&state["enabled"], &state["authenticators"]), (&json!(false), &json!([])));
    assert_eq!(state["recovery_codes"]["remaining"], 0);
    kim.account.session(&client);
}
