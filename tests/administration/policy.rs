use countersign_tests::account::{AUTHENTICATORS, confirm, fields, text};
use countersign_tests::{Answer, Authenticator, Client};
use serde_json::{Value, json};

use crate::staff::Staff;

const REALM: &str = "/v1/admin/realm";

/// Changes the policy over the API.
fn change(staff: &Staff, policy: &Value) -> Answer {
    staff.owner.patch(REALM, json!({ "policy": policy }))
}

#[test]
fn a_merge_patch_changes_what_it_names_and_nothing_else() {
    let staff = Staff::new();
    let before = staff.admin.get(REALM).expect(200);
    let changed = change(&staff, &json!({ "totp": { "digits": 8 }, "enforcement": { "grace_days": 7 } })).expect(200);
    let mut expected = before.clone();
    expected["policy"]["totp"]["digits"] = json!(8);
    expected["policy"]["enforcement"]["grace_days"] = json!(7);
    assert_eq!(changed, expected);
    assert_eq!(staff.realm.show(staff.deployment())["policy"], expected["policy"], "the command line shows the same");
    assert_eq!(change(&staff, &json!({})).expect(200), expected);

    let named = staff.admin.patch(REALM, json!({ "issuer": "Shop & Söhne" })).expect(200);
    assert_eq!((&named["issuer"], &named["policy"]), (&json!("Shop & Söhne"), &expected["policy"]));
    let body = json!({ "preset": "dqos", "policy": { "recovery_codes": { "count": 12 } } });
    let preset = staff.owner.patch(REALM, body).expect(200)["policy"].clone();
    assert_eq!((&preset["recovery_codes"]["count"], &preset["totp"]["digits"]), (&json!(12), &json!(6)));
    assert_eq!(preset["proofs"]["disable"], "password");

    let events = staff.admin.get("/v1/admin/audit-events?event=policy.changed").expect(200);
    let told = events["items"].to_string();
    assert!(told.contains("totp.digits") && told.contains("6 → 8"), "{told}");
}

#[test]
fn what_breaks_a_rule_is_named_and_changes_nothing() {
    let staff = Staff::new();
    let before = staff.admin.get(REALM).expect(200);
    for (policy, key) in [
        (json!({ "totp": { "period_seconds": 7 } }), "totp.period_seconds"),
        (json!({ "totp": { "period_seconds": "30" } }), "totp.period_seconds"),
        (json!({ "totp": { "digits": 6.5 } }), "totp.digits"),
        (json!({ "totp": { "secret_bytes": 10 } }), "totp.secret_bytes"),
        (json!({ "totp": { "skew_steps": 3 } }), "totp.skew_steps"),
        (json!({ "totp": { "algorithm": "MD5" } }), "totp.algorithm"),
        (json!({ "totp": { "colour": "green" } }), "totp.colour"),
        (json!({ "colour": "green" }), "colour"),
        (json!({ "totp": "SHA1" }), "totp"),
        (json!({ "recovery_codes": { "format": "XX" } }), "recovery_codes.format"),
        (json!({ "recovery_codes": { "count": 3 } }), "recovery_codes.count"),
        (json!({ "proofs": { "disable": "none" } }), "proofs.disable"),
        (json!({ "proofs": { "recovery_codes": "none" } }), "proofs.recovery_codes"),
        (json!({ "sign_in": { "challenge_attempts": 0 } }), "sign_in.challenge_attempts"),
        (json!({ "enforcement": { "grace_days": -1 } }), "enforcement.grace_days"),
        (json!({ "throttle": { "free_failures": null } }), "throttle.free_failures"),
    ] {
        let problem = change(&staff, &policy).expect_problem(422, "policy_violation");
        assert_eq!(fields(&problem), [key], "{policy}: {problem}");
    }
    let several = json!({ "totp": { "digits": 9, "skew_steps": 1 }, "enforcement": { "required_for": "some" } });
    let mut named = fields(&change(&staff, &several).expect_problem(422, "policy_violation"));
    named.sort();
    assert!(named.contains(&"enforcement.required_for".to_owned()), "{named:?}");
    for (body, field) in [(json!({ "preset": "best" }), "preset"), (json!({ "issuer": "a:b" }), "issuer")] {
        let problem = staff.admin.patch(REALM, body).expect_problem(422, "policy_violation");
        assert_eq!(fields(&problem), [field]);
    }
    for policy in [json!([]), json!("recommended"), json!(7)] {
        change(&staff, &policy).expect_problem(422, "policy_violation");
    }
    // A good key beside a bad one is not taken either.
    change(&staff, &json!({ "totp": { "digits": 8, "period_seconds": 7 } })).expect_problem(422, "policy_violation");
    assert_eq!(staff.admin.get(REALM).expect(200), before);
    let events = staff.admin.get("/v1/admin/audit-events?event=policy.changed").expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "only the making of the realm: {events}");
}

#[test]
fn the_command_line_takes_keys_a_file_and_a_preset() {
    let staff = Staff::new();
    let deployment = staff.deployment();
    let policy = || staff.realm.show(deployment)["policy"].clone();
    staff.realm.set_policy(deployment, &["totp.digits=7", "sign_in.trusted_device_days=0"]).expect(0);
    assert_eq!((&policy()["totp"]["digits"], &policy()["sign_in"]["trusted_device_days"]), (&json!(7), &json!(0)));
    let file = deployment.directory().join("policy.toml");
    std::fs::write(&file, "[totp]\nperiod_seconds = 60\n").unwrap();
    staff.realm.set_policy(deployment, &["--file", file.to_str().unwrap()]).expect(0);
    assert_eq!((&policy()["totp"]["period_seconds"], &policy()["totp"]["digits"]), (&json!(60), &json!(7)));
    staff.realm.set_policy(deployment, &["--preset", "docspell"]).expect(0);
    assert_eq!((&policy()["totp"]["digits"], &policy()["recovery_codes"]["count"]), (&json!(6), &json!(0)));

    let before = policy();
    for (wrong, told) in [
        ("totp.period_seconds=7", "totp.period_seconds"),
        ("totp.colour=green", "totp.colour"),
        ("proofs.disable=none", "proofs.disable"),
    ] {
        let refused = staff.realm.set_policy(deployment, &[wrong]);
        assert!([1, 2].contains(&refused.code) && refused.prose.contains(told), "{refused:?}");
    }
    assert_eq!(policy(), before);
    deployment.run(&["realm", "show", "--realm", "nowhere"]).expect(3);
    let again = ["realm", "create", &staff.realm.slug, "--issuer", "Twice", "--preset", "dqos"];
    deployment.run(&again).expect(1);
    let listed = deployment.run(&["realm", "list"]).expect(0).json();
    assert!(listed.to_string().contains(&staff.realm.slug) && listed.to_string().contains("default"), "{listed}");
}

#[test]
fn trusted_devices_are_void_when_the_policy_knows_none() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let body = json!({
        "challenge_token": kim.challenge(&client), "code": kim.recovery_code(), "remember_device": true,
    });
    let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    let mut from_it = kim.account.credentials();
    from_it["device_token"] = json!(device);
    assert_eq!(client.post("/v1/sign-in", from_it.clone()).expect(200)["status"], "signed_in");
    change(&staff, &json!({ "sign_in": { "trusted_device_days": 0 } })).expect(200);
    assert_eq!(client.post("/v1/sign-in", from_it).expect(200)["status"], "second_factor_required");
    let body = json!({
        "challenge_token": kim.challenge(&client), "code": kim.recovery_code(), "remember_device": true,
    });
    let signed_in = client.post("/v1/sign-in/second-factor", body).expect(200);
    assert!(signed_in.get("device_token").is_none(), "none is made either: {signed_in}");
}

#[test]
fn fewer_tries_hold_for_challenges_that_stand() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let challenge = kim.challenge(&client);
    for wrong in kim.authenticator.wrong_codes(2) {
        client.second_factor(&challenge, &wrong).expect_problem(422, "invalid_code");
    }
    change(&staff, &json!({ "sign_in": { "challenge_attempts": 2 } })).expect(200);
    let code = kim.authenticator.fresh_code();
    client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    kim.sign_in_with(&client, &code).expect(200);
}

#[test]
fn a_shorter_life_holds_from_the_next_request_on() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let challenge = kim.challenge(&client);
    // That what stands already ends sooner as well is shown with a clock that the test sets, among the use cases.
    let short =
        json!({ "sign_in": { "session_ttl_seconds": 300, "session_idle_seconds": 60, "challenge_ttl_seconds": 60 } });
    change(&staff, &short).expect(200);
    let code = kim.authenticator.fresh_code();
    let body = client.second_factor(&challenge, &code).expect(200);
    let seconds = |time: &Value| -> u64 {
        let date = countersign_tests::tools::run("date", "coreutils", &["-d", &text(time), "+%s"], b"");
        String::from_utf8(date).unwrap().trim().parse().unwrap()
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(seconds(&body["session"]["expires_at"]).abs_diff(now + 300) < 30, "{body}");
    let challenge = kim.account.sign_in(&client).expect(200);
    assert!(seconds(&challenge["challenge"]["expires_at"]).abs_diff(now + 60) < 30, "{challenge}");
}

#[test]
fn other_parameters_void_an_enrollment_under_way_and_leave_active_authenticators_alone() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let account = staff.account("member");
    let session = account.session(&client);
    let begun = account.begin(&session);
    change(&staff, &json!({ "totp": { "digits": 8 } })).expect(200);
    let id = text(&begun["authenticator"]["id"]);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    confirm(&session, &id, &code).expect_problem(409, "no_pending_enrollment");
    assert_eq!(session.get("/v1/account/two-factor").expect(200)["enabled"], false);
    let again = session.post(AUTHENTICATORS, json!({ "password": account.password })).expect(201);
    assert_eq!(again["authenticator"]["digits"], 8);
    assert!(text(&again["otpauth_uri"]).contains("digits=8"), "{again}");
    kim.sign_in(&client);
}

#[test]
fn a_stricter_proof_is_asked_from_the_next_request_on() {
    let staff = Staff::new();
    let kim = staff.enrolled();
    change(&staff, &json!({ "proofs": { "recovery_codes": "code", "disable": "code" } })).expect(200);
    let regenerate = "/v1/account/two-factor/recovery-codes/regenerate";
    let problem = kim.session.post(regenerate, json!({ "password": kim.account.password }));
    assert_eq!(fields(&problem.expect_problem(422, "invalid_proof")), ["code"]);
    kim.session.post(regenerate, json!({ "code": kim.recovery_codes[0] })).expect(200);
}

#[test]
fn an_administrator_changes_nothing_that_protects_owners() {
    let staff = Staff::new();
    let before = staff.owner.get(REALM).expect(200);
    for (policy, keys) in [
        (json!({ "throttle": { "free_failures": 10 } }), vec!["throttle.free_failures"]),
        (json!({ "totp": { "skew_steps": 2, "algorithm": "SHA256" } }), vec!["totp.skew_steps"]),
        (json!({ "recovery_codes": { "count": 20 } }), vec!["recovery_codes.count"]),
        (json!({ "proofs": { "disable": "password" } }), vec!["proofs.disable"]),
        (json!({ "enforcement": { "required_for": "everyone" } }), vec!["enforcement.required_for"]),
        (json!({ "sign_in": { "trusted_device_days": 90 } }), vec!["sign_in.trusted_device_days"]),
        (
            json!({ "administration": { "may_disable_two_factor": "nobody" } }),
            vec!["administration.may_disable_two_factor"],
        ),
        (json!({ "totp": { "digits": 8, "period_seconds": 60 } }), vec!["totp.digits", "totp.period_seconds"]),
    ] {
        let by_admins_key = {
            let made = staff.admin.post("/v1/admin/api-keys", json!({ "name": "a", "scopes": ["admin"] })).expect(201);
            staff.client().with_token(&text(&made["key"]))
        };
        for client in [&staff.admin, &by_admins_key] {
            let problem = client.patch(REALM, json!({ "policy": policy })).expect_problem(403, "forbidden");
            assert_eq!(fields(&problem), keys, "{policy}: {problem}");
        }
    }
    let problem = staff.admin.patch(REALM, json!({ "preset": "docspell" })).expect_problem(403, "forbidden");
    assert!(fields(&problem).contains(&"proofs.disable".to_owned()), "{problem}");
    assert_eq!(staff.owner.get(REALM).expect(200), before);
    // What is theirs they change, and what stays as it is may be sent along.
    let own = json!({ "issuer": "Shop", "policy": {
        "authenticators": { "user_chosen_issuer": true }, "totp": { "digits": 6 },
    } });
    assert_eq!(staff.admin.patch(REALM, own).expect(200)["issuer"], "Shop");
    // A key is as an owner's where an owner made it, and so is one that was made with it.
    let make = |client: &Client| {
        let made = client.post("/v1/admin/api-keys", json!({ "name": "o", "scopes": ["admin"] })).expect(201);
        staff.client().with_token(&text(&made["key"]))
    };
    let by_owners_key = make(&staff.owner);
    for (key, digits) in [(make(&by_owners_key), 7), (by_owners_key, 8), (staff.key(&["admin"]), 6)] {
        key.patch(REALM, json!({ "policy": { "totp": { "digits": digits } } })).expect(200);
    }
    let kinds = staff.owner.get("/v1/admin/api-keys").expect(200)["items"].clone();
    let made_by_owner = kinds.as_array().unwrap().iter().filter(|key| key["made_by_owner"] == true).count();
    assert_eq!(made_by_owner, 3, "{kinds}");
}

#[test]
fn a_policy_that_is_loosened_lets_nothing_rise_again() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let body = json!({
        "challenge_token": kim.challenge(&client), "code": kim.recovery_code(), "remember_device": true,
    });
    let device = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    let (challenge, code) = (kim.challenge(&client), kim.recovery_code());
    client.second_factor(&challenge, &kim.authenticator.wrong_code()).expect_problem(422, "invalid_code");
    let lee = staff.account("member");
    let session = lee.session(&client);
    let begun = lee.begin(&session);
    change(
        &staff,
        &json!({
            "sign_in": { "trusted_device_days": 0, "challenge_attempts": 1 }, "totp": { "digits": 8 },
            "recovery_codes": { "count": 0 },
        }),
    )
    .expect(200);
    change(
        &staff,
        &json!({
            "sign_in": { "trusted_device_days": 30, "challenge_attempts": 5 }, "totp": { "digits": 6 },
            "recovery_codes": { "count": 10 },
        }),
    )
    .expect(200);
    let mut from_it = kim.account.credentials();
    from_it["device_token"] = json!(device);
    assert_eq!(client.post("/v1/sign-in", from_it).expect(200)["status"], "second_factor_required");
    client.second_factor(&challenge, &kim.authenticator.fresh_code()).expect_problem(401, "invalid_challenge");
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    let pending = Authenticator::new(&text(&begun["secret"])).fresh_code();
    let id = text(&begun["authenticator"]["id"]);
    confirm(&session, &id, &pending).expect_problem(409, "no_pending_enrollment");
}
