use countersign_tests::account::{AUTHENTICATORS, fields, text, texts};
use countersign_tests::{Account, Authenticator, Deployment, Enrolled, Realm, Server, unique};
use serde_json::{Value, json};

use crate::{DISABLE, STATE, is_alphanumeric};

#[test]
fn ispconfig_two_factor_works_as_it_is_documented() {
    let server = Server::start();
    let deployment = server.deployment();
    let realm = Realm::create(deployment, "ispconfig");
    let word = unique::word();

    // Panel users sign in by user name, mail users by their e-mail address.
    let panel = Account::named(deployment, &realm.slug, &format!("client{word}"), "member");
    let mail = Account::named(deployment, &realm.slug, &format!("{word}@example.org"), "member");
    for account in [panel, mail] {
        a_user_goes_through_it(&server, account);
    }
}

fn a_user_goes_through_it(server: &Server, account: Account) {
    let client = server.client();
    let session = account.session(&client);

    // The recovery codes are shown once, before the setting is saved.
    let begun = session.post(AUTHENTICATORS, json!({})).expect(201);
    let (id, mut app) = (text(&begun["authenticator"]["id"]), Authenticator::new(&text(&begun["secret"])));
    let codes = texts(&begun["recovery_codes"]);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| is_alphanumeric(code, 2, 5)), "{codes:?}");

    // To activate it, password and code are given together.
    let code = app.fresh_code();
    let confirm = |body: Value| session.post(&format!("{AUTHENTICATORS}/{id}/confirm"), body);
    assert_eq!(fields(&confirm(json!({ "code": code })).expect_problem(422, "invalid_proof")), ["password"]);
    let wrong = json!({ "code": code, "password": "not the password" });
    confirm(wrong).expect_problem(422, "invalid_proof");
    let wrong = json!({ "code": app.wrong_code(), "password": account.password });
    confirm(wrong).expect_problem(422, "invalid_code");
    let confirmed = confirm(json!({ "code": code, "password": account.password })).expect(200);
    assert_eq!(confirmed["recovery_codes"], Value::Null, "they are not shown again");
    let view = session.post(crate::VIEW, json!({ "password": account.password }));
    view.expect_problem(403, "recovery_codes_not_viewable");
    let mut kim = Enrolled { account, session, authenticator_id: id, authenticator: app, recovery_codes: codes };

    // At sign-in, one field takes a code or a recovery code.
    let (totp, recovery_code) = (kim.authenticator.fresh_code(), kim.recovery_code());
    for (typed, method) in [(totp, "totp"), (recovery_code.replace('-', ""), "recovery_code")] {
        assert_eq!(kim.sign_in_with(&client, &typed).expect(200)["method"], method);
        kim.sign_in_with(&client, &typed).expect_problem(422, "invalid_code");
    }

    // Disable it with the password.
    let session = kim.session.clone();
    assert_eq!(fields(&session.post(DISABLE, json!({})).expect_problem(422, "invalid_proof")), ["password"]);
    session.post(DISABLE, json!({ "password": kim.account.password })).expect(204);
    assert_eq!(session.get(STATE).expect(200)["enabled"], false);
    kim.account.session(&client);
}

#[test]
fn ispconfig_codes_last_thirty_or_sixty_seconds() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "ispconfig");

    // A code lasts 30 seconds.
    let mut before = Enrolled::create_in(deployment, &client, &realm);
    // Set to 60 seconds, new authenticators show their codes for 60, and are read so.
    realm.set_policy(deployment, &["totp.period_seconds=60"]).expect(0);
    let account = Account::create_in(deployment, &realm);
    let session = account.session(&client);
    let begun = account.begin(&session);
    assert_eq!(begun["authenticator"]["period_seconds"], 60);
    assert!(text(&begun["otpauth_uri"]).ends_with("&period=60"), "{}", begun["otpauth_uri"]);
    let mut after = account.enroll(&client);
    after.sign_in(&client);
    let wrong_period = Authenticator::new(after.authenticator.secret()).present_codes();
    after.sign_in_with(&client, &wrong_period[0]).expect_problem(422, "invalid_code");
    // Authenticators from before go on as they are.
    before.sign_in(&client);
}

#[test]
fn ispconfig_administrators_turn_two_factor_off_for_any_user() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let realm = Realm::create(deployment, "ispconfig");
    let admin = Account::create_as(deployment, &realm, "admin").session(&client);
    let disable = |kim: &Enrolled| {
        let id = text(&kim.session.get("/v1/account").expect(200)["id"]);
        admin.post(&format!("/v1/admin/accounts/{id}/two-factor/disable"), json!({ "reason": "asked by phone" }))
    };

    // An administrator turns it off for any user.
    for role in ["member", "admin"] {
        let user = Account::create_as(deployment, &realm, role).enroll(&client);
        assert_eq!(disable(&user).expect(200)["success"], true, "{role}");
        user.account.session(&client);
    }
    // Only an owner does so for an owner.
    let owner = Account::create_as(deployment, &realm, "owner").enroll(&client);
    disable(&owner).expect_problem(403, "forbidden");
    let on_the_machine = |deployment: &Deployment| {
        deployment.run(&["account", "disable-2fa", &owner.account.login, "--realm", &realm.slug, "--yes"]).expect(0)
    };
    on_the_machine(deployment);
    owner.account.session(&client);
}
