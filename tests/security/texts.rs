//! What a text may be, at every door of the interface.

use countersign_tests::account::fields;
use countersign_tests::{Account, Answer, Client, Server, unique};
use serde_json::{Value, json};

/// What no text may have that is kept or shown, and what shows nothing: each class once.
const UNSEEN: [&str; 14] = [
    "a\u{0}b",
    "a\u{7}b",
    "a\nb",
    "a\u{7f}b",
    "a\u{85}b",
    "evil\u{202e}gnp.exe",
    "a\u{2066}b",
    "a\u{200e}b",
    "a\u{200b}b",
    "a\u{200d}b",
    "a\u{ad}b",
    "\u{feff}a",
    "a\u{2028}b",
    "a\u{fffe}b",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[track_caller]
fn refused(answer: Answer, field: &str, text: &str) {
    let problem = answer.expect_problem(400, "invalid_request");
    assert_eq!(fields(&problem), [field], "{text:?}: {problem}");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("must ") && !problem.to_string().contains("evil"), "{text:?}: {problem}");
}

fn an_owner(server: &Server) -> Client {
    let login = unique::login();
    Account::named(server.deployment(), "default", &login, "owner").session(&server.client())
}

fn a_key(owner: &Client) -> Client {
    let body = json!({ "name": "k", "scopes": ["verify", "enroll", "manage", "admin"] });
    let key = owner.post("/v1/admin/api-keys", body).expect(201);
    owner.with_token(key["key"].as_str().unwrap())
}

#[test]
fn what_cannot_be_seen_is_refused_at_every_door_and_the_field_named() {
    let server = Server::start();
    let owner = an_owner(&server);
    let key = a_key(&owner);
    let other = key.post("/v1/admin/accounts", json!({ "login": unique::login() })).expect(201);
    let other = format!("/v1/admin/accounts/{}", other["id"].as_str().unwrap());
    let begun = key.post("/v1/subjects/bob/authenticators", json!({})).expect(201);
    let begun = format!("/v1/subjects/bob/authenticators/{}", begun["authenticator"]["id"].as_str().unwrap());
    let posts: [(&str, String, Value); 8] = [
        ("login", "/v1/admin/accounts".into(), json!({})),
        ("name", "/v1/admin/api-keys".into(), json!({ "scopes": ["verify"] })),
        ("label", "/v1/subjects/bob/authenticators".into(), json!({})),
        ("name", "/v1/subjects/bob/authenticators".into(), json!({})),
        ("name", "/v1/account/two-factor/authenticators".into(), json!({})),
        ("purpose", "/v1/subjects/bob/verify".into(), json!({ "code": "123456" })),
        ("reason", "/v1/subjects/bob/two-factor/disable".into(), json!({})),
        ("reason", format!("{other}/two-factor/disable"), json!({})),
    ];
    for text in UNSEEN {
        for (field, path, body) in &posts {
            let mut body = body.clone();
            body[*field] = json!(text);
            let client = if path.starts_with("/v1/account/") { &owner } else { &key };
            refused(client.post(path, body), field, text);
        }
        refused(key.patch(&other, json!({ "login": text })), "login", text);
        let violation = key.patch("/v1/admin/realm", json!({ "issuer": text })).expect_problem(422, "policy_violation");
        assert_eq!(fields(&violation), ["issuer"], "{text:?}");
        let text = encoded(text);
        for path in [
            "/two-factor",
            "/authenticators",
            "/verify",
            "/recovery-codes/regenerate",
            "/two-factor/disable",
            "/unlock",
            "",
        ] {
            let path_of = format!("/v1/subjects/{text}{path}");
            let answer = match path {
                "/two-factor" => key.get(&path_of),
                "" => key.delete(&path_of),
                "/verify" => key.post(&path_of, json!({ "code": "123456" })),
                _ => key.post(&path_of, json!({})),
            };
            refused(answer, "subject", &path_of);
        }
        let confirm = format!("/v1/subjects/{text}/{}/confirm", begun.trim_start_matches("/v1/subjects/bob/"));
        refused(key.post(&confirm, json!({ "code": "123456" })), "subject", &confirm);
        refused(key.get(&format!("/v1/admin/accounts?query={text}")), "query", &text);
        refused(key.get(&format!("/v1/admin/audit-events?account={text}")), "account", &text);
        for parameter in ["name", "subject"] {
            refused(key.get(&format!("/v1/admin/accounts?{parameter}={text}")), parameter, &text);
        }
        refused(key.get(&format!("/v1/admin/audit-events?subject={text}")), "subject", &text);
    }
    // Nothing of it was kept.
    let kept = key.get("/v1/admin/audit-events?limit=200").expect(200).to_string();
    assert!(!kept.contains("gnp.exe"), "{kept}");
}

#[test]
fn a_login_that_was_copied_signs_in_and_a_broken_one_is_refused() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let sign_in = |login: String| {
        server.client().post("/v1/sign-in", json!({ "login": login, "password": kim.credentials()["password"] }))
    };
    for around in ["\u{feff}", "\u{200b}", "\u{202e}", "\u{ad}", " "] {
        sign_in(format!("{around}{}{around}", kim.login)).expect(200);
    }
    for broken in ["\0", "a\u{0}b", "a\nb", "a\u{fffe}"] {
        refused(sign_in(broken.to_owned()), "login", broken);
    }
}

/// Whatever is allowed is allowed on every engine, and can be enrolled.
#[test]
fn the_longest_names_of_the_widest_characters_can_be_enrolled() {
    let server = Server::start();
    let key = a_key(&an_owner(&server));
    for (number, wide) in ["🙂", "語", "\u{10ffff}", "x"].into_iter().enumerate() {
        let label = if wide == "\u{10ffff}" { "é".repeat(200) } else { wide.repeat(200) };
        let name: String = label.chars().take(100).collect();
        let begun =
            key.post(&format!("/v1/subjects/s{number}/authenticators"), json!({ "label": label, "name": name }));
        let begun = begun.expect(201);
        assert!(begun["otpauth_uri"].as_str().unwrap().len() <= 2_874);
        assert!(begun["qr_code_svg"].as_str().unwrap().starts_with("<svg"));
    }
    for login in ["🙂".repeat(200), "\u{fdfa}".repeat(33), "\u{130}".repeat(200), "ß".repeat(200)] {
        key.post("/v1/admin/accounts", json!({ "login": login })).expect(201);
    }
    let too_long = key.post("/v1/admin/accounts", json!({ "login": "\u{fdfa}".repeat(34) }));
    refused(too_long, "login", "what is too long once it is normalized");
    for (issuer, status) in [("社".repeat(66), 200), ("社".repeat(67), 422), ("x".repeat(200), 200)] {
        assert_eq!(key.patch("/v1/admin/realm", json!({ "issuer": issuer })).status, status);
    }
}
