use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::{Account, Client, Deployment, Enrolled, Realm, Subject, unique};
use serde_json::json;

/// A value that must be found nowhere, and what it is.
struct Secret(&'static str, Vec<u8>);

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle)
}

/// Whether `code` stands in `text` as a word of its own.
fn has_word(text: &str, code: &str) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == code)
}

#[test]
fn no_secret_is_in_logs_metrics_or_the_data_directory() {
    let deployment = Deployment::new().with("LOG", "trace").with("METRICS_PUBLIC", "true");
    let server = deployment.start();
    let client = server.client();
    let mut secrets = Vec::new();
    let mut codes = Vec::new();

    // A whole journey, with refusals.
    let mut kim = Enrolled::create(server.deployment(), &client);
    let session = kim.session.clone();
    let typo = unique::password();
    Account { password: typo.clone(), ..kim.account.clone() }.sign_in(&client).expect(401);
    let stray = Account { login: unique::password(), ..Account::unknown() };
    stray.sign_in(&client).expect(401);
    let challenge = kim.challenge(&client);
    let wrong = kim.authenticator.wrong_codes(2).remove(1);
    // What is answered under an idempotency key is kept.
    let keyed = |client: &Client| client.with_header("idempotency-key", &unique::word());
    keyed(&client).second_factor(&challenge, &wrong).expect(422);
    let code = kim.authenticator.fresh_code();
    let body = json!({ "challenge_token": challenge, "code": code, "remember_device": true });
    let signed_in = keyed(&client).post("/v1/sign-in/second-factor", body).expect(200);
    let device = text(&signed_in["device_token"]);
    let body = json!({ "login": kim.account.login, "password": kim.account.password, "device_token": device });
    let skipped = client.post("/v1/sign-in", body).expect(200);
    let spent = kim.recovery_code();
    kim.sign_in_with(&client, &spent).expect(200);
    kim.sign_in_with(&client, &spent).expect(422);
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    let fresh = keyed(&session).post("/v1/account/two-factor/recovery-codes/regenerate", proof).expect(200);
    let fresh: Vec<String> = serde_json::from_value(fresh["recovery_codes"].clone()).unwrap();
    kim.recovery_codes.clone_from(&fresh);
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    let pending = keyed(&session).post(AUTHENTICATORS, proof).expect(201);
    let path = format!("{AUTHENTICATORS}/{}/qr-code", text(&pending["authenticator"]["id"]));
    session.get(&path).expect(200);
    let (_, second, _) = kim.add_authenticator(&session);
    let new = unique::password();
    let newer_code = kim.authenticator.fresh_code();
    let body = json!({ "current_password": kim.account.password, "new_password": new, "code": newer_code });
    session.put("/v1/account/password", body).expect(204);
    let malformed = format!("marker-{}", unique::word());
    let body = json!({ "login": malformed, "password": [malformed], "unknown": malformed });
    client.post("/v1/sign-in", body).expect(400);
    session.get(&format!("/v1/account/sessions?cursor={malformed}")).expect(400);
    client.with_token(&malformed).get("/v1/account").expect(401);
    client.with_token(&malformed).get(&format!("/{malformed}?{malformed}")).expect(404);
    let application = Realm { slug: "default".to_owned(), issuer: "Countersign".to_owned() }
        .api_key(server.deployment(), &["verify", "enroll", "manage"]);
    let key = application.client(&client);
    let mut subject = Subject::enroll(&key, "user-7");
    let subjects_code = subject.authenticator.fresh_code();
    subject.verify(&key, &subjects_code).expect(200);
    subject.verify(&key, &subject.recovery_codes[0]).expect(200);
    let operators = unique::password();
    let arguments = ["account", "set-password", &kim.account.login, "--password-stdin"];
    server.deployment().run_with_input(&arguments, &operators).expect(0);

    for password in [&kim.account.password, &typo, &stray.login, &stray.password, &new, &operators] {
        secrets.push(Secret("a password", password.clone().into_bytes()));
    }
    let tokens = [
        session.token().to_owned(),
        challenge,
        device,
        text(&signed_in["session"]["token"]),
        text(&skipped["session"]["token"]),
        application.key,
    ];
    for token in &tokens {
        secrets.push(Secret("a token", token.clone().into_bytes()));
        // After `cs_kind_`; there may be more underscores in it.
        let bare = token.splitn(3, '_').last().unwrap();
        assert!(bare.len() >= 32, "{token}");
        secrets.push(Secret("a token without its prefix", bare.into()));
    }
    for code in kim.recovery_codes.iter().chain(&fresh).chain(&subject.recovery_codes).chain([&spent]) {
        for spelling in [code.clone(), code.replace('-', ""), code.to_lowercase()] {
            secrets.push(Secret("a recovery code", spelling.into_bytes()));
        }
    }
    for secret in
        [kim.authenticator.secret(), second.secret(), subject.authenticator.secret(), &text(&pending["secret"])]
    {
        let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, secret).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        secrets.push(Secret("a secret in hexadecimal", hex.to_uppercase().into_bytes()));
        secrets.push(Secret("a secret in hexadecimal", hex.into_bytes()));
        secrets.push(Secret("a secret as a list of numbers", format!("{bytes:?}").into_bytes()));
        secrets.push(Secret("a secret in base32", secret.to_owned().into_bytes()));
        secrets.push(Secret("the bytes of a secret", bytes));
    }
    secrets.push(Secret("something malformed", malformed.into_bytes()));
    codes.extend([code, newer_code, subjects_code, wrong]);

    let metrics = client.get("/metrics").text();
    kim.account.password = operators;
    let token = text(&kim.sign_in_with(&client, &fresh[0]).expect(200)["session"]["token"]);
    let activity = client.with_token(&token).get("/v1/account/activity?limit=200").expect(200).to_string();
    let (deployment, log) = server.stop();
    assert!(log.contains("\"level\":\"DEBUG\""), "the filter lets everything through: {log}");
    for line in
        ["sign-in refused from 127.0.0.1 (password)", "sign-in refused from 127.0.0.1 (code)", "request refused"]
    {
        assert!(log.contains(line), "what was refused is in the log that is looked at: {line}");
    }

    let mut places = vec![
        ("the log".to_owned(), log.clone().into_bytes()),
        ("the metrics".to_owned(), metrics.into_bytes()),
        ("the activity".to_owned(), activity.into_bytes()),
    ];
    let kept = deployment.contents();
    let login = kim.account.login.as_bytes();
    assert!(kept.iter().any(|(_, content)| contains(content, login)), "what is no secret is found in the database");
    places.extend(kept);
    for (place, content) in &places {
        for Secret(what, value) in &secrets {
            assert!(!contains(content, value), "{what} is in {place}: {:?}", String::from_utf8_lossy(value));
        }
    }
    for code in &codes {
        assert!(!has_word(&log, code), "a code is in the log: {code}");
    }
}
