use countersign_tests::account::{AUTHENTICATORS, confirm, text};
use countersign_tests::{Account, Authenticator, Server, tools};
use serde_json::{Value, json};

#[test]
fn the_first_enrollment_goes_from_the_qr_code_to_recovery_codes() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());

    let begun = session.post(AUTHENTICATORS, json!({ "name": "Phone", "password": account.password }));
    assert_eq!(begun.header("cache-control"), "no-store");
    let begun = begun.expect(201);
    let shown = &begun["authenticator"];
    assert_eq!((&shown["name"], &shown["status"]), (&json!("Phone"), &json!("pending")));
    assert_eq!(
        (&shown["algorithm"], &shown["digits"], &shown["period_seconds"]),
        (&json!("SHA1"), &json!(6), &json!(30))
    );
    assert_eq!((&shown["confirmed_at"], &shown["last_used_at"]), (&Value::Null, &Value::Null));
    assert_eq!(begun["recovery_codes"], Value::Null, "they are shown after the confirmation");
    let id = text(&shown["id"]);

    let uri = text(&begun["otpauth_uri"]);
    let secret = text(&begun["secret"]);
    let label = account.login.replace('@', "%40");
    assert_eq!(
        uri,
        format!(
            "otpauth://totp/Countersign:{label}?secret={secret}&issuer=Countersign&algorithm=SHA1&digits=6&period=30"
        )
    );
    let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, &secret).unwrap();
    assert_eq!(bytes.len(), 20, "as many bytes as the policy says, in what the user is shown");

    let qr_code = format!("{AUTHENTICATORS}/{id}/qr-code");
    let svg = session.get(&qr_code);
    assert_eq!((svg.header("content-type"), svg.header("cache-control")), ("image/svg+xml", "no-store"));
    assert_eq!(svg.text(), text(&begun["qr_code_svg"]));
    assert!(svg.text().starts_with("<svg"), "{}", svg.text());
    let png = session.with_header("accept", "image/png").get(&qr_code);
    assert_eq!((png.status, png.header("content-type")), (200, "image/png"));
    assert_eq!(tools::read_qr_code(&png.bytes), uri, "a QR code reader reads exactly the key URI");

    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["enabled"], &state["enabled_at"]), (&json!(false), &Value::Null));
    assert_eq!(state["authenticators"][0]["status"], "pending");

    let mut authenticator = Authenticator::new(&secret);
    confirm(&session, &id, &authenticator.wrong_code()).expect_problem(422, "invalid_code");
    let confirmed = confirm(&session, &id, &authenticator.fresh_code());
    assert_eq!(confirmed.header("cache-control"), "no-store");
    let confirmed = confirmed.expect(200);
    assert_eq!(confirmed["two_factor_enabled"], true);
    assert_eq!(
        (&confirmed["authenticator"]["id"], &confirmed["authenticator"]["status"]),
        (&json!(id), &json!("active"))
    );
    let codes: Vec<String> = confirmed["recovery_codes"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| is_recovery_code(code)), "{codes:?}");
    let different: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(different.len(), 10);

    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["enabled"], true);
    assert!(state["enabled_at"].is_string());
    assert_eq!(state["authenticators"].as_array().unwrap().len(), 1);
    assert!(state["authenticators"][0]["confirmed_at"].is_string());
    let recovery = &state["recovery_codes"];
    assert_eq!(
        (&recovery["total"], &recovery["remaining"], &recovery["viewable"]),
        (&json!(10), &json!(10), &json!(false))
    );
    assert_eq!(state["policy"]["proofs"]["disable"], "password_and_code");
    assert_eq!(session.get("/v1/account").expect(200)["two_factor_enabled"], true);
}

/// `XXXX-XXXX-XXXX-XXXX` of Crockford's 32 symbols.
fn is_recovery_code(code: &str) -> bool {
    let parts: Vec<&str> = code.split('-').collect();
    let symbol = |symbol: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(symbol);
    parts.len() == 4 && parts.iter().all(|part| part.len() == 4 && part.chars().all(symbol))
}

#[test]
fn beginning_an_enrollment_asks_for_the_password_again() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    let missing = session.post(AUTHENTICATORS, json!({})).expect_problem(422, "invalid_proof");
    assert_eq!(missing["errors"][0]["field"], "password");
    let wrong = session.post(AUTHENTICATORS, json!({ "password": "not the password" }));
    assert_eq!(wrong.expect_problem(422, "invalid_proof")["errors"][0]["field"], "password");
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["authenticators"], json!([]), "nothing was begun");
    account.begin(&session);
}

#[test]
fn the_issuer_is_the_realms_unless_its_policy_says_otherwise() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    let body = json!({ "password": account.password, "issuer": "Somebody Else" });
    let refused = session.post(AUTHENTICATORS, body).expect_problem(422, "policy_violation");
    assert_eq!(refused["errors"][0]["field"], "issuer");
}

#[test]
fn a_secret_is_shown_to_the_one_who_begins_and_never_again() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    let (id, authenticator, _) = account.add_authenticator(&session);
    session.get(&format!("{AUTHENTICATORS}/{id}/qr-code")).expect_problem(404, "not_found");
    for path in ["/v1/account", "/v1/account/two-factor", "/v1/account/activity"] {
        let answer = session.get(path);
        assert!(!answer.text().contains(authenticator.secret()), "{path}");
        assert!(!answer.text().contains("otpauth"), "{path}");
    }
}
