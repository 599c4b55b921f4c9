use countersign_tests::account::{AUTHENTICATORS, confirm, text, texts};
use countersign_tests::{Account, Authenticator, Enrolled, Realm, Server, tools};
use serde_json::{Value, json};

use crate::{DISABLE, REGENERATE, STATE, VIEW, is_alphanumeric};

#[test]
fn dokploy_two_factor_works_as_it_is_documented() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "dokploy");
    let account = Account::create_in(deployment, &realm);
    let session = account.session(&client);

    // Enable 2FA: choose an issuer, scan the QR code with an authenticator app, or type the key by hand.
    let begun = session.post(AUTHENTICATORS, json!({ "issuer": "My Server" })).expect(201);
    let (id, secret) = (text(&begun["authenticator"]["id"]), text(&begun["secret"]));
    let png = session.with_header("accept", "image/png").get(&format!("{AUTHENTICATORS}/{id}/qr-code"));
    let uri = text(&begun["otpauth_uri"]);
    assert_eq!(tools::read_qr_code(&png.bytes), uri);
    // The URI has the form otpauth://totp/Issuer:login?secret=…&issuer=….
    let label = account.login.replace('@', "%40");
    let expected = format!("otpauth://totp/My%20Server:{label}?secret={secret}&issuer=My%20Server");
    assert!(uri.starts_with(&expected), "{uri}");

    // Save the backup codes: they are shown before the code is confirmed.
    let codes = texts(&begun["recovery_codes"]);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| is_alphanumeric(code, 2, 5)), "{codes:?}");

    // Verify with a code of the app. One step of 30 seconds before and after is accepted, and no more.
    let mut app = Authenticator::new(&secret);
    let step = app.settled_step();
    for outside in [step - 2, step + 2] {
        confirm(&session, &id, &app.code_of(outside)).expect_problem(422, "invalid_code");
    }
    let confirmed = confirm(&session, &id, &app.code_of(step - 1)).expect(200);
    assert_eq!((&confirmed["two_factor_enabled"], &confirmed["recovery_codes"]), (&json!(true), &Value::Null));
    app.spent(step - 1);
    let mut kim = Enrolled { account, session, authenticator_id: id, authenticator: app, recovery_codes: codes };

    // Sign in with the password, then with a code of the app.
    kim.sign_in(&client);
    // The authenticator is lost: sign in with a backup code instead; each works once.
    let spent = kim.recovery_codes.remove(0);
    assert_eq!(kim.sign_in_with(&client, &spent).expect(200)["recovery_codes_remaining"], 9);
    kim.sign_in_with(&client, &spent).expect_problem(422, "invalid_code");

    // View and download the backup codes: the unused ones, with the password.
    let session = kim.session.clone();
    let proof = json!({ "password": kim.account.password });
    session.post(VIEW, json!({})).expect_problem(422, "invalid_proof");
    let viewed = session.post(VIEW, proof.clone());
    assert_eq!(viewed.header("cache-control"), "no-store");
    assert_eq!(texts(&viewed.expect(200)["recovery_codes"]), kim.recovery_codes);
    // Regenerate the backup codes: the old ones do not work any more.
    let fresh = texts(&session.post(REGENERATE, proof.clone()).expect(200)["recovery_codes"]);
    assert_eq!((fresh.len(), &texts(&session.post(VIEW, proof.clone()).expect(200)["recovery_codes"])), (10, &fresh));
    let old = std::mem::replace(&mut kim.recovery_codes, fresh);
    kim.sign_in_with(&client, &old[0]).expect_problem(422, "invalid_code");
    let code = kim.recovery_codes.remove(0);
    kim.sign_in_with(&client, &code).expect(200);

    // The secret is encrypted in the database, and the backup codes are hashed.
    let secret = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, kim.authenticator.secret()).unwrap();
    for value in [&secret[..], kim.authenticator.secret().as_bytes(), kim.recovery_codes[0].as_bytes()] {
        assert!(!deployment.data_hold(value));
    }

    // Disable 2FA with a code.
    session.post(DISABLE, json!({})).expect_problem(422, "invalid_proof");
    session.post(DISABLE, json!({ "code": kim.authenticator.fresh_code() })).expect(204);
    assert_eq!(session.get(STATE).expect(200)["enabled"], false);
    // Disabling does not delete the backup codes: they stay, and open nothing.
    let kept = deployment.query("SELECT COUNT(*) FROM recovery_code");
    assert!(kept.trim().parse::<u32>().unwrap() >= 9, "{kept}");
    kim.account.session(&client);
    let dormant = kim.recovery_codes.remove(0);
    let kim = kim.account.enroll(&client);
    kim.sign_in_with(&client, &dormant).expect_problem(422, "invalid_code");

    // Or disable 2FA with the password.
    let wrong = json!({ "password": "not the password" });
    kim.session.post(DISABLE, wrong).expect_problem(422, "invalid_proof");
    kim.session.post(DISABLE, proof).expect(204);
    let kim = kim.account.enroll(&client);

    // An administrator disables 2FA for a member who lost everything.
    let owner = Account::create_as(deployment, &realm, "owner").session(&client);
    let id = text(&kim.session.get("/v1/account").expect(200)["id"]);
    let done = owner.post(&format!("/v1/admin/accounts/{id}/two-factor/disable"), json!({ "reason": "lost phone" }));
    assert_eq!(done.expect(200)["success"], true);
    let session = kim.account.session(&client);
    assert_eq!(session.get("/v1/account").expect(200)["two_factor_enabled"], false);
}
