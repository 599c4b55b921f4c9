use std::collections::BTreeSet;

use countersign_tests::account::{AUTHENTICATORS, text, texts};
use countersign_tests::{Account, Client, Enrolled, Server, unique};
use serde_json::{Value, json};

#[test]
fn the_password_is_changed_with_the_old_one() {
    let server = Server::start();
    let client = server.client();
    let kim = Account::create(server.deployment());
    let session = kim.session(&client);
    let change = |current: &str, new: &str| {
        session.put("/v1/account/password", json!({ "current_password": current, "new_password": new }))
    };
    let wrong = change("not the password", &unique::password()).expect_problem(422, "invalid_proof");
    assert_eq!(wrong["errors"][0]["field"], "current_password");
    for unfit in ["short", "password1234", &kim.login] {
        let problem = change(&kim.password, unfit).expect_problem(422, "policy_violation");
        assert_eq!(problem["errors"][0]["field"], "new_password");
    }
    let changed = Account { password: unique::password(), ..kim.clone() };
    change(&kim.password, &changed.password).expect(204);
    kim.sign_in(&client).expect_problem(401, "invalid_credentials");
    changed.session(&client);
    assert!(session.is_signed_in(), "the session that changed it goes on");
}

#[test]
fn while_two_factor_is_on_a_new_password_needs_a_code_as_well() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let new = unique::password();
    let body = json!({ "current_password": kim.account.password, "new_password": new });
    let missing = kim.session.put("/v1/account/password", body).expect_problem(422, "invalid_proof");
    assert_eq!(missing["errors"][0]["field"], "code");
    let code = kim.authenticator.fresh_code();
    let body = json!({ "current_password": kim.account.password, "new_password": new, "code": code });
    kim.session.put("/v1/account/password", body).expect(204);
    kim.account.sign_in(&client).expect_problem(401, "invalid_credentials");
    kim.account.password = new;
    kim.sign_in(&client);
}

#[test]
fn sessions_are_listed_and_ended_one_by_one() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let older = account.session(&client.with_header("user-agent", "Browser of before"));
    let newer = account.session(&client.with_header("user-agent", "Browser of now"));
    let list = newer.get("/v1/account/sessions").expect(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next_cursor"]), (2, &Value::Null));
    assert_eq!((&items[0]["user_agent"], &items[0]["current"]), (&json!("Browser of now"), &json!(true)));
    assert_eq!((&items[1]["user_agent"], &items[1]["current"]), (&json!("Browser of before"), &json!(false)));
    assert!(items.iter().all(|item| item["ip"] == "127.0.0.1" && item["last_seen_at"].is_string()));
    assert!(!list.to_string().contains("cs_session_"), "tokens are not listed");

    newer.delete(&format!("/v1/account/sessions/{}", text(&items[1]["id"]))).expect(204);
    assert!(newer.is_signed_in() && !older.is_signed_in());
    newer.delete(&format!("/v1/account/sessions/{}", text(&items[0]["id"]))).expect(204);
    assert!(!newer.is_signed_in(), "one's own session can be ended as well");
}

#[test]
fn lists_come_in_pages() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let sessions: Vec<Client> = (0..5).map(|_| account.session(&client)).collect();
    let session = &sessions[0];
    let all = session.get("/v1/account/sessions").expect(200)["items"].as_array().unwrap().clone();
    let mut walked = Vec::new();
    let mut path = "/v1/account/sessions?limit=2".to_owned();
    loop {
        let page = session.get(&path).expect(200);
        walked.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/account/sessions?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(walked, all);
    for query in ["limit=0", "limit=201", "limit=x", "cursor=nonsense"] {
        let answer = session.get(&format!("/v1/account/sessions?{query}"));
        answer.expect_problem(400, "invalid_request");
    }
}

/// All events of the account, newest first.
fn activity(session: &Client) -> Vec<Value> {
    let list = session.get("/v1/account/activity?limit=200").expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

#[test]
fn the_activity_tells_the_whole_story() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let session = kim.session.clone();
    let password = kim.account.password.clone();

    // Wrong password, wrong code, code and device, recovery code, proof.
    Account { password: unique::password(), ..kim.account.clone() }.sign_in(&client).expect(401);
    let wrong = kim.authenticator.wrong_code();
    kim.sign_in_with(&client, &wrong).expect(422);
    let body = json!({
        "challenge_token": kim.challenge(&client),
        "code": kim.authenticator.fresh_code(),
        "remember_device": true,
    });
    let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    let body = json!({ "login": kim.account.login, "password": password, "device_token": device });
    client.post("/v1/sign-in", body).expect(200);
    let devices = session.get("/v1/account/trusted-devices").expect(200);
    session.delete(&format!("/v1/account/trusted-devices/{}", text(&devices["items"][0]["id"]))).expect(204);
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
    let proof = json!({ "password": password, "code": kim.recovery_code() });
    let fresh = session.post("/v1/account/two-factor/recovery-codes/regenerate", proof).expect(200);
    kim.recovery_codes = texts(&fresh["recovery_codes"]);
    // A second authenticator comes and goes.
    let (second, mut app, _) = kim.add_authenticator(&session);
    let proof = json!({ "password": password, "code": app.fresh_code() });
    session.post(&format!("{AUTHENTICATORS}/{second}/remove"), proof).expect(204);
    // Five wrong codes, and a sixth that is not looked at; the operator helps.
    let challenges = [kim.challenge(&client), kim.challenge(&client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
    client.second_factor(&challenges[0], "111111").expect_problem(429, "too_many_attempts");
    server.deployment().run(&["account", "unlock", &kim.account.login]).expect(0);
    // A new password, another session ended, two-factor off.
    let new = unique::password();
    let body = json!({ "current_password": password, "new_password": new, "code": kim.authenticator.fresh_code() });
    session.put("/v1/account/password", body).expect(204);
    let arguments = ["account", "disable-2fa", &kim.account.login, "--yes", "--reason", "lost phone"];
    server.deployment().run(&arguments).expect(0);

    kim.account.password = new;
    let session = kim.account.session(&client);
    session.send("POST", "/v1/sign-out", None).expect(204);
    let session = kim.account.session(&client);
    let events = activity(&session);

    let told: BTreeSet<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let expected = BTreeSet::from([
        "account.created",
        "account.unlocked",
        "authenticator.added",
        "authenticator.removed",
        "device.revoked",
        "device.trusted",
        "enrollment.started",
        "password.changed",
        "recovery_code.used",
        "recovery_codes.issued",
        "second_factor.accepted",
        "second_factor.rejected",
        "second_factor.throttled",
        "session.ended",
        "sign_in.challenged",
        "sign_in.failed",
        "sign_in.succeeded",
        "two_factor.disabled",
        "two_factor.enabled",
    ]);
    assert_eq!(told, expected);

    for event in &events {
        let kind = event["event"].as_str().unwrap();
        let failure = ["sign_in.failed", "second_factor.rejected", "second_factor.throttled"].contains(&kind);
        assert_eq!(event["outcome"], if failure { "failure" } else { "success" }, "{event}");
        let by_operator = ["account.created", "account.unlocked", "two_factor.disabled"].contains(&kind);
        assert_eq!(event["actor"]["kind"], if by_operator { "operator" } else { "account" }, "{event}");
        assert_eq!(event["ip"], if by_operator { Value::Null } else { json!("127.0.0.1") }, "{event}");
        assert_eq!((&event["login"], &event["realm"]), (&json!(kim.account.login), &json!("default")), "{event}");
        assert!(event["id"].is_string() && event["at"].is_string() && event["details"].is_object(), "{event}");
    }
    let disabled = events.iter().find(|event| event["event"] == "two_factor.disabled").unwrap();
    assert_eq!(disabled["details"]["reason"], "lost phone");
    let times: Vec<&str> = events.iter().map(|event| event["at"].as_str().unwrap()).collect();
    assert!(times.first() >= times.last(), "newest first: {times:?}");
}

#[test]
fn an_account_sees_its_own_activity_only() {
    let server = Server::start();
    let client = server.client();
    let (kim, lee) = (Account::create(server.deployment()), Account::create(server.deployment()));
    let session = kim.session(&client);
    lee.session(&client);
    let logins: BTreeSet<_> = activity(&session).iter().map(|event| text(&event["login"])).collect();
    assert_eq!(logins, BTreeSet::from([kim.login]));
}

#[test]
fn the_events_of_a_sign_in_have_one_identifier_and_its_owner_shuts_everybody_else_out() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    client.second_factor(&challenge, &kim.authenticator.wrong_code()).expect_problem(422, "invalid_code");
    let intruder = kim.sign_in(&client);
    let activity = kim.session.get("/v1/account/activity").expect(200);
    let events = activity["items"].as_array().unwrap();
    let of_sign_ins: BTreeSet<String> =
        events.iter().filter_map(|event| event["details"]["sign_in_id"].as_str().map(str::to_owned)).collect();
    assert_eq!(of_sign_ins.len(), 2, "one of the challenge that was left, one of the sign-in: {events:?}");
    let newest = events[0]["details"]["sign_in_id"].clone();
    let kinds = |id: &Value| -> Vec<String> {
        events.iter().filter(|event| event["details"]["sign_in_id"] == *id).map(|event| text(&event["event"])).collect()
    };
    assert_eq!(kinds(&newest), ["sign_in.succeeded", "second_factor.accepted", "sign_in.challenged"]);

    let new = unique::password();
    let secure = |session: &Client, current: &str, new: &str, code: Option<String>| {
        session.post("/v1/account/secure", json!({ "current_password": current, "new_password": new, "code": code }))
    };
    let body = json!({ "current_password": kim.account.password, "new_password": new });
    let missing = kim.session.post("/v1/account/secure", body).expect_problem(422, "invalid_proof");
    assert_eq!(missing["errors"][0]["field"], "code");
    let code = kim.authenticator.fresh_code();
    let same = secure(&kim.session, &kim.account.password, &kim.account.password, Some(code.clone()));
    assert_eq!(same.expect_problem(422, "policy_violation")["errors"][0]["field"], "new_password");
    assert!(intruder.is_signed_in(), "nothing was done");
    let secured = secure(&kim.session, &kim.account.password, &new, Some(code)).expect(200);
    assert_eq!(secured["recovery_codes"].as_array().unwrap().len(), 10);
    assert!(!intruder.is_signed_in() && kim.session.is_signed_in());
    kim.account.sign_in(&client).expect_problem(401, "invalid_credentials");
    let last = &kim.session.get("/v1/account/activity").expect(200)["items"][0];
    let told = (&last["event"], &last["details"]["sessions_ended"], &last["outcome"]);
    assert_eq!(told, (&json!("sign_in.failed"), &Value::Null, &json!("failure")));
    let events = kim.session.get("/v1/account/activity").expect(200);
    let secured = events["items"].as_array().unwrap().iter().find(|event| event["event"] == "account.secured").unwrap();
    assert_eq!(secured["details"]["sessions_ended"], "1");
    kim.account.password = new;
    kim.sign_in(&client);
}
