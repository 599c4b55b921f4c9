use std::collections::{BTreeMap, BTreeSet};

use countersign_tests::account::{fields, text, texts};
use countersign_tests::subject::{path, verify};
use countersign_tests::{Answer, Authenticator, Client, Realm, Server, Subject, all_at_once, openapi, unique};
use serde_json::{Value, json};

use crate::staff::Staff;

/// A server with a realm and a key that may do everything for subjects.
struct Service {
    server: Server,
    realm: Realm,
    key: Client,
}

impl Service {
    fn new(settings: &[&str]) -> Self {
        let server = Server::start();
        let realm = Realm::create(server.deployment(), "recommended");
        if !settings.is_empty() {
            realm.set_policy(server.deployment(), settings).expect(0);
        }
        let key = realm.api_key(server.deployment(), &["verify", "enroll", "manage"]).client(&server.client());
        Self { server, realm, key }
    }
}

fn tally(answers: &[Answer]) -> BTreeMap<(u16, &str), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry((answer.status, answer.code())).or_default() += 1;
    }
    tally
}

#[test]
fn a_subject_goes_from_nothing_through_its_enrollment_back_to_nothing() {
    let service = Service::new(&[]);
    let key = &service.key;
    let unknown = key.get(&path("user-7", "two-factor")).expect(200);
    assert_eq!((&unknown["enabled"], &unknown["enabled_at"]), (&json!(false), &Value::Null));
    assert_eq!((&unknown["authenticators"], &unknown["recovery_codes"]["total"]), (&json!([]), &json!(0)));
    assert_eq!(unknown["policy"]["totp"]["digits"], 6);
    verify(key, "user-7", "123456").expect_problem(409, "two_factor_not_enabled");
    for what in ["recovery-codes/regenerate", "two-factor/disable"] {
        key.post(&path("user-7", what), json!({})).expect_problem(409, "two_factor_not_enabled");
    }

    // No proof is asked: the application has checked the password itself.
    let body = json!({ "label": "kim@example.org", "name": "Phone" });
    let begun = key.post(&path("user-7", "authenticators"), body);
    assert_eq!(begun.header("cache-control"), "no-store");
    let begun = begun.expect(201);
    let (id, secret) = (text(&begun["authenticator"]["id"]), text(&begun["secret"]));
    assert_eq!(
        (&begun["authenticator"]["name"], &begun["authenticator"]["status"]),
        (&json!("Phone"), &json!("pending"))
    );
    let issuer = service.realm.issuer.replace(' ', "%20");
    let uri = format!("otpauth://totp/{issuer}:kim%40example.org?secret={secret}&issuer={issuer}");
    assert!(text(&begun["otpauth_uri"]).starts_with(&uri), "{begun}");
    assert!(text(&begun["qr_code_svg"]).starts_with("<svg"));
    assert_eq!(key.get(&path("user-7", "two-factor")).expect(200)["enabled"], false, "pending is not enabled");
    let mut app = Authenticator::new(&secret);
    verify(key, "user-7", &app.wrong_code()).expect_problem(409, "two_factor_not_enabled");
    let confirm =
        |code: &str| key.post(&path("user-7", &format!("authenticators/{id}/confirm")), json!({ "code": code }));
    confirm(&app.wrong_code()).expect_problem(422, "invalid_code");
    let confirming = app.fresh_code();
    let confirmed = confirm(&confirming).expect(200);
    let codes = texts(&confirmed["recovery_codes"]);
    assert_eq!((codes.len(), &confirmed["two_factor_enabled"]), (10, &json!(true)));
    assert!(confirmed.get("session").is_none());
    confirm(&confirming).expect_problem(409, "no_pending_enrollment");
    verify(key, "user-7", &confirming).expect_problem(422, "invalid_code");

    let code = app.fresh_code();
    let verified = key.post(&path("user-7", "verify"), json!({ "code": code, "purpose": "payment" })).expect(200);
    assert_eq!((&verified["verified"], &verified["method"]), (&json!(true), &json!("totp")));
    assert_eq!((&verified["authenticator_id"], &verified["recovery_codes_remaining"]), (&json!(id), &json!(10)));
    assert!(verified["verified_at"].is_string() && verified.get("replacement_recovery_code").is_none());
    let verified = verify(key, "user-7", &codes[0].to_lowercase()).expect(200);
    assert_eq!((&verified["method"], &verified["authenticator_id"]), (&json!("recovery_code"), &Value::Null));
    assert_eq!(verified["recovery_codes_remaining"], 9);
    let fresh = key.post(&path("user-7", "recovery-codes/regenerate"), json!({}));
    assert_eq!(fresh.header("cache-control"), "no-store");
    let fresh = texts(&fresh.expect(200)["recovery_codes"]);
    assert_eq!(fresh.len(), 10);
    verify(key, "user-7", &codes[1]).expect_problem(422, "invalid_code");

    // A second authenticator beside the first.
    let second = Subject::enroll(key, "user-7");
    assert_ne!(second.authenticator_id, id);
    assert_eq!(second.state(key)["authenticators"].as_array().unwrap().len(), 2);

    key.post(&path("user-7", "two-factor/disable"), json!({ "reason": "lost phone" })).expect(204);
    assert_eq!(second.state(key)["enabled"], false);
    second.verify(key, &fresh[0]).expect_problem(409, "two_factor_not_enabled");
    key.post(&path("user-7", "two-factor/disable"), json!({})).expect_problem(409, "two_factor_not_enabled");

    Subject::enroll(key, "user-7");
    key.delete(&path("user-7", "")).expect(204);
    assert_eq!(second.state(key)["enabled"], false);
    second.verify(key, "123456").expect_problem(409, "two_factor_not_enabled");
    key.delete(&path("user-7", "")).expect(204);
    key.post(&path("user-7", "unlock"), json!({})).expect(204);

    // Its audit events stay, with the key as the one who acted.
    let admin = service.realm.api_key(service.server.deployment(), &["admin"]).client(&service.server.client());
    let events = admin.get("/v1/admin/audit-events?limit=200").expect(200);
    let events = events["items"].as_array().unwrap();
    let kinds: BTreeSet<String> = events.iter().map(|event| text(&event["event"])).collect();
    for kind in
        ["account.created", "two_factor.enabled", "second_factor.accepted", "recovery_code.used", "account.deleted"]
    {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
    let of = |kind: &str| events.iter().find(|event| event["event"] == kind).unwrap();
    assert_eq!(of("two_factor.disabled")["details"]["reason"], "lost phone");
    assert!(events.iter().any(|event| event["details"]["purpose"] == "payment"));
    assert!(
        events.iter().filter(|event| event["account_id"].is_string()).all(|it| it["actor"]["kind"] == "application")
    );
}

#[test]
fn each_operation_wants_a_key_with_its_scope() {
    let staff = Staff::new();
    let client = staff.client();
    let expected = BTreeMap::from([
        ("show_subject_two_factor", vec!["verify", "enroll", "manage"]),
        ("begin_subject_enrollment", vec!["enroll"]),
        ("confirm_subject_enrollment", vec!["enroll"]),
        ("verify_subject", vec!["verify"]),
        ("regenerate_subject_recovery_codes", vec!["manage"]),
        ("disable_subject_two_factor", vec!["manage"]),
        ("unlock_subject", vec!["manage"]),
        ("delete_subject", vec!["manage"]),
    ]);
    let scopes = ["verify", "enroll", "manage", "admin"];
    let keys: Vec<(&str, Client)> = scopes.iter().map(|scope| (*scope, staff.key(&[scope]))).collect();
    let operations = openapi::operations(&client);
    let operations: Vec<_> = operations.iter().filter(|operation| operation.bearer == "api_key").collect();
    let ids: BTreeSet<&str> = operations.iter().map(|operation| &*operation.id).collect();
    assert_eq!(ids, expected.keys().copied().collect());
    for operation in operations {
        let send = |client: &Client| {
            let body = operation.well_formed("000000");
            client.send(&operation.method, &operation.path_of_nothing(), body.as_ref())
        };
        for (scope, key) in &keys {
            let answer = send(key);
            if expected[&*operation.id].contains(scope) {
                assert!(![401, 403].contains(&answer.status), "{} with {scope}: {}", operation.id, answer.text());
            } else {
                assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{} with {scope}", operation.id);
                answer.check_problem();
            }
        }
        for nobody in [&client, &staff.owner, &staff.admin, &staff.member] {
            send(nobody).expect_problem(401, "unauthenticated");
        }
    }
}

#[test]
fn a_subject_may_be_made_of_any_characters_that_are_seen() {
    let service = Service::new(&["recovery_codes.count=0"]);
    let key = &service.key;
    let long = "ä".repeat(200);
    let subjects = [
        "a/b",
        "a b",
        " ",
        "/",
        "..",
        ".",
        "ü☎",
        "日本",
        "👩",
        "a:b",
        ":",
        "100%",
        "%2F",
        "%",
        "?x=1",
        "#y",
        "a+b",
        "kim@example.org",
        "x&y=z;",
        "\\",
        "\"",
        "'",
        "--",
        &long,
    ];
    let mut secrets = BTreeSet::new();
    for subject in subjects {
        let mut enrolled = Subject::enroll(key, subject);
        assert!(secrets.insert(enrolled.authenticator.secret().to_owned()));
        let code = enrolled.authenticator.fresh_code();
        assert_eq!(enrolled.verify(key, &code).expect(200)["method"], "totp", "{subject:?}");
        enrolled.verify(key, &code).expect_problem(422, "invalid_code");
    }
    // Each is one of its own.
    for subject in subjects {
        let state = key.get(&path(subject, "two-factor")).expect(200);
        assert_eq!(state["authenticators"].as_array().unwrap().len(), 1, "{subject:?}");
    }
    let too_long = key.get(&path(&"ä".repeat(201), "two-factor")).expect_problem(400, "invalid_request");
    assert_eq!(fields(&too_long), ["subject"]);
    for unseen in ["a\tb", "two\nlines", "\u{7f}", "👩\u{200d}💻", "ada\u{202e}"] {
        let refused = key.get(&path(unseen, "two-factor")).expect_problem(400, "invalid_request");
        assert_eq!(fields(&refused), ["subject"], "{unseen:?}");
    }
    for illegal in ["/v1/subjects//two-factor", "/v1/subjects/%ff/two-factor"] {
        let answer = key.get(illegal);
        assert!([400, 404].contains(&answer.status), "{illegal}: {}", answer.text());
        answer.check_problem();
    }
    for subject in subjects {
        key.delete(&path(subject, "")).expect(204);
        assert_eq!(key.get(&path(subject, "two-factor")).expect(200)["enabled"], false, "{subject:?}");
    }
}

#[test]
fn subjects_are_compared_exactly() {
    let service = Service::new(&["recovery_codes.count=0"]);
    let key = &service.key;
    let mut kim = Subject::enroll(key, "Kim é");
    let code = kim.authenticator.fresh_code();
    let others = ["kim é", "KIM É", " Kim é", "Kim é ", "Kim e\u{301}", "Kim%20é", "Ｋim é", "Kim e"];
    for other in others {
        assert_eq!(key.get(&path(other, "two-factor")).expect(200)["enabled"], false, "{other:?}");
        verify(key, other, &code).expect_problem(409, "two_factor_not_enabled");
    }
    // Once they are enrolled, each has a secret of its own.
    for other in &others[..3] {
        Subject::enroll(key, other).verify(key, &code).expect_problem(422, "invalid_code");
    }
    kim.verify(key, &code).expect(200);
}

#[test]
fn a_subject_is_no_login_and_a_login_no_subject() {
    let staff = Staff::new();
    let client = staff.client();
    let key = staff.key(&["verify", "enroll", "manage"]);
    let kim = staff.enrolled();
    let login = &kim.account.login;
    assert_eq!(key.get(&path(login, "two-factor")).expect(200)["enabled"], false);
    verify(&key, login, &kim.recovery_codes[0]).expect_problem(409, "two_factor_not_enabled");
    Subject::enroll(&key, login);
    // Neither the subject nor the name by which it is kept can sign in.
    let subject = format!("subject-{}", unique::word());
    Subject::enroll(&key, &subject);
    for typed in [subject.clone(), format!(":{subject}")] {
        for password in ["", " ", "password", &unique::password()] {
            let body = json!({ "realm": staff.realm.slug, "login": typed, "password": password });
            assert!([400, 401].contains(&client.post("/v1/sign-in", body).status), "{typed}");
        }
    }
    key.delete(&path(login, "")).expect(204);
    kim.challenge(&client);
}

#[test]
fn a_verified_code_works_once_also_twenty_times_at_once_and_in_another_spelling() {
    let service = Service::new(&["throttle.free_failures=10"]);
    let key = &service.key;
    let mut kim = Subject::enroll(key, "kim");
    let code = kim.authenticator.fresh_code();
    let spellings = [code.clone(), format!("{} {}", &code[..3], &code[3..]), format!("-{code}-"), format!(" {code}")];
    let tries: Vec<String> = spellings.iter().cycle().take(20).cloned().collect();
    let answers = all_at_once(tries, |code| kim.verify(&service.server.client().with_token(key.token()), &code));
    let told = tally(&answers);
    assert_eq!(told.get(&(200, "")), Some(&1), "{told:?}");
    assert!(told.keys().all(|(status, _)| [200, 422, 429].contains(status)), "{told:?}");
    key.post(&path("kim", "unlock"), json!({})).expect(204);
    for again in &spellings {
        kim.verify(key, again).expect_problem(422, "invalid_code");
    }
    key.post(&path("kim", "unlock"), json!({})).expect(204);

    let recovery_code = kim.recovery_codes[0].clone();
    let spellings = [recovery_code.clone(), recovery_code.replace('-', ""), recovery_code.to_lowercase()];
    let tries: Vec<String> = spellings.iter().cycle().take(20).cloned().collect();
    let answers = all_at_once(tries, |code| kim.verify(&service.server.client().with_token(key.token()), &code));
    let told = tally(&answers);
    assert_eq!(told.get(&(200, "")), Some(&1), "{told:?}");
    assert_eq!(kim.state(key)["recovery_codes"]["remaining"], 9);
}

#[test]
fn a_code_typed_as_anything_but_a_text_is_malformed() {
    let service = Service::new(&["recovery_codes.count=0"]);
    let key = &service.key;
    let mut kim = Subject::enroll(key, "kim");
    let code = kim.authenticator.fresh_code();
    let number: u64 = code.parse().unwrap();
    for body in [
        json!({ "code": number }),
        json!({ "code": [code] }),
        json!({ "code": null }),
        json!({}),
        json!({ "code": "" }),
    ] {
        key.post(&path("kim", "verify"), body).expect_problem(400, "invalid_request");
    }
    kim.verify(key, &code).expect(200);
}

#[test]
fn wrong_codes_make_a_subject_wait_and_no_other() {
    let service = Service::new(&[]);
    let key = &service.key;
    let mut kim = Subject::enroll(key, "kim");
    let mut lee = Subject::enroll(key, "lee");
    for wrong in kim.authenticator.wrong_codes(5) {
        kim.verify(key, &wrong).expect_problem(422, "invalid_code");
    }
    let code = kim.authenticator.fresh_code();
    let (right, wrong) = (kim.verify(key, &code), kim.verify(key, "000000"));
    assert_eq!(right.status, 429);
    assert!(right.body["retry_after_seconds"].as_u64().is_some_and(|wait| (1..=30).contains(&wait)));
    right.check_problem();
    assert_eq!((right.status, right.code()), (wrong.status, wrong.code()), "right and wrong get the same answer");
    // The way out stays open, and others do not wait.
    let code_of_lee = lee.authenticator.fresh_code();
    lee.verify(key, &code_of_lee).expect(200);
    kim.verify(key, &kim.recovery_codes[0]).expect(200);

    for wrong in kim.authenticator.wrong_codes(5) {
        let status = kim.verify(key, &wrong).status;
        assert!([422, 429].contains(&status), "{status}");
    }
    key.post(&path("kim", "unlock"), json!({})).expect(204);
    kim.verify(key, &code).expect(200);
}

#[test]
fn a_used_recovery_code_is_replaced_where_the_policy_says_so() {
    let service = Service::new(&["recovery_codes.after_use=replace"]);
    let key = &service.key;
    let kim = Subject::enroll(key, "kim");
    let used = &kim.recovery_codes[3];
    let first = kim.verify(key, used).expect(200);
    assert_eq!(first["recovery_codes_remaining"], 10);
    let replacement = text(&first["replacement_recovery_code"]);
    assert!(!kim.recovery_codes.contains(&replacement));
    kim.verify(key, used).expect_problem(422, "invalid_code");
    let second = kim.verify(key, &replacement).expect(200);
    assert_eq!((&second["method"], &second["recovery_codes_remaining"]), (&json!("recovery_code"), &json!(10)));
    assert_ne!(second["replacement_recovery_code"], json!(replacement));
    kim.verify(key, &replacement).expect_problem(422, "invalid_code");
    kim.verify(key, &kim.recovery_codes[4]).expect(200);
}

#[test]
fn the_same_subject_of_two_realms_is_two_subjects() {
    let service = Service::new(&[]);
    let (key, deployment) = (&service.key, service.server.deployment());
    let other = Realm::create(deployment, "recommended");
    let other_key = other.api_key(deployment, &["verify", "enroll", "manage"]).client(&service.server.client());
    let mut here = Subject::enroll(key, "kim");
    let code = here.authenticator.fresh_code();
    assert_eq!(here.state(&other_key)["enabled"], false);
    here.verify(&other_key, &code).expect_problem(409, "two_factor_not_enabled");
    let there = Subject::enroll(&other_key, "kim");
    assert_ne!(here.authenticator.secret(), there.authenticator.secret());
    there.verify(&other_key, &code).expect_problem(422, "invalid_code");
    there.verify(&other_key, &here.recovery_codes[0]).expect_problem(422, "invalid_code");
    other_key.delete(&path("kim", "")).expect(204);
    here.verify(key, &code).expect(200);
    assert_eq!(here.state(key)["enabled"], true);
}

#[test]
fn a_subject_without_a_label_is_shown_as_it_can_be() {
    let service = Service::new(&[]);
    let shown = |subject: &str, body: Value| {
        let begun = service.key.post(&path(subject, "authenticators"), body).expect(201);
        let uri = text(&begun["otpauth_uri"]);
        uri.split(['?', ':']).nth(2).unwrap().to_owned()
    };
    assert_eq!(shown("user-7", json!({})), "user-7");
    assert_eq!(shown("a:b/ü", json!({})), "a-b%2F%C3%BC", "a colon cannot stand in a label");
    assert_eq!(shown("user-7", json!({ "label": "Kim Lee" })), "Kim%20Lee");
    let illegal = service.key.post(&path("user-7", "authenticators"), json!({ "label": "a:b" }));
    assert_eq!(fields(&illegal.expect_problem(400, "invalid_request")), ["label"]);
}

#[test]
fn a_key_that_only_enrolls_adds_no_factor_to_a_subject_that_has_one() {
    let service = Service::new(&[]);
    let key =
        |scopes: &[&str]| service.realm.api_key(service.server.deployment(), scopes).client(&service.server.client());
    let (enrolls, verifies, both) = (key(&["enroll"]), key(&["verify"]), key(&["enroll", "manage"]));
    let mut kim = Subject::enroll(&enrolls, "kim");
    // What is pending opens nothing, whoever began it.
    let begun = enrolls.post(&path("kim", "authenticators"), json!({})).expect(201);
    let mut app = Authenticator::new(&text(&begun["secret"]));
    let confirm = path("kim", &format!("authenticators/{}/confirm", text(&begun["authenticator"]["id"])));
    let code = app.fresh_code();
    let problem = enrolls.post(&confirm, json!({ "code": code })).expect_problem(403, "forbidden");
    assert!(text(&problem["detail"]).contains("manage"), "{problem}");
    verify(&verifies, "kim", &code).expect_problem(422, "invalid_code");
    assert_eq!(kim.state(&verifies)["authenticators"].as_array().unwrap().len(), 2);
    both.post(&confirm, json!({ "code": app.fresh_code() })).expect(200);
    verify(&verifies, "kim", &app.fresh_code()).expect(200);
    let code = kim.authenticator.fresh_code();
    kim.verify(&verifies, &code).expect(200);
}
