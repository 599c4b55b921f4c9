//! What applications state of their end users.

use countersign_tests::account::fields;
use countersign_tests::subject::{Subject, path};
use countersign_tests::{Answer, Client, Realm, Server};
use serde_json::{Value, json};

fn verify(key: &Client, subject: &str, code: &str, client: &Value) -> Answer {
    key.post(&path(subject, "verify"), json!({ "code": code, "client": client }))
}

#[test]
fn an_event_shows_the_end_user_whom_the_application_states() {
    let server = Server::start();
    let client = server.client();
    let realm = Realm::create(server.deployment(), "recommended");
    let key = realm.api_key(server.deployment(), &["verify", "enroll"]).client(&client);
    let begin = json!({ "client": { "ip": "198.51.100.4" } });
    key.post(&path("bob", "authenticators"), begin).expect(201);
    let mut ada = Subject::enroll(&key, "ada");
    let stated = json!({ "ip": "2001:db8::7", "user_agent": "Mozilla/5.0\u{7}\u{202e} (X11)" });
    verify(&key, "ada", &ada.authenticator.fresh_code(), &stated).expect(200);
    ada.verify(&key, "000000").expect(422);

    let administrator = realm.api_key(server.deployment(), &["admin"]).client(&client);
    let events = administrator.get("/v1/admin/audit-events?limit=200").expect(200);
    let event = |name: &str| {
        let events = events["items"].as_array().unwrap();
        events.iter().find(|it| it["event"] == name && it["details"]["purpose"] != "confirm").unwrap().clone()
    };
    let accepted = event("second_factor.accepted");
    assert_eq!((&accepted["ip"], &accepted["user_agent"]), (&json!("2001:db8::7"), &json!("Mozilla/5.0 (X11)")));
    assert_eq!(accepted["details"]["client"], "stated");
    let rejected = event("second_factor.rejected");
    assert_eq!((&rejected["ip"], &rejected["details"]["client"]), (&json!("127.0.0.1"), &Value::Null));
    let begun = events["items"].as_array().unwrap().iter().filter(|it| it["event"] == "enrollment.started");
    let begun: Vec<_> = begun.map(|it| it["ip"].as_str().unwrap()).collect();
    assert!(begun.contains(&"198.51.100.4") && begun.contains(&"127.0.0.1"), "{begun:?}");
}

#[test]
fn what_is_no_address_is_refused_by_its_name() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let key = realm.api_key(server.deployment(), &["verify", "enroll"]).client(&server.client());
    let wrong = [
        (json!({ "ip": "203.0.113.7:443" }), "client.ip"),
        (json!({ "ip": "[2001:db8::1]" }), "client.ip"),
        (json!({ "ip": "fe80::1%eth0" }), "client.ip"),
        (json!({ "ip": " 203.0.113.7" }), "client.ip"),
        (json!({ "ip": "203.0.113.07" }), "client.ip"),
        (json!({ "ip": "" }), "client.ip"),
        (json!({ "ip": 7 }), "client.ip"),
        (json!({ "ip": ["203.0.113.7"] }), "client.ip"),
        (json!({ "user_agent": 7 }), "client.user_agent"),
        (json!({ "user_agent": "x".repeat(1025) }), "client.user_agent"),
        (json!({ "port": "7" }), "client.(unknown)"),
        (json!("203.0.113.7"), "client"),
    ];
    for (client, field) in wrong {
        let problem = verify(&key, "nobody", "000000", &client).expect_problem(400, "invalid_request");
        assert_eq!(fields(&problem), [field], "{client}");
        let problem = key.post(&path("nobody", "authenticators"), json!({ "client": client }));
        assert_eq!(fields(&problem.expect_problem(400, "invalid_request")), [field]);
    }
    for right in [json!({}), Value::Null, json!({ "ip": null, "user_agent": "" })] {
        verify(&key, "nobody", "000000", &right).expect_problem(409, "two_factor_not_enabled");
    }
}

/// An application may state what it likes: nobody of another realm has to wait for it.
#[test]
fn a_stated_address_is_counted_within_its_realm_only() {
    let server = Server::start();
    let client = server.client();
    let address = json!({ "ip": "198.51.100.9" });
    let realms = [(); 2].map(|()| Realm::create(server.deployment(), "recommended"));
    let [key, other] = realms.map(|realm| realm.api_key(server.deployment(), &["verify", "enroll"]).client(&client));
    let ada = Subject::enroll(&other, "ada");
    for guesser in 0..6 {
        let name = format!("guesser-{guesser}");
        Subject::enroll(&key, &name);
        for _ in 0..5 {
            let answer = verify(&key, &name, "0000-0000-0000-0000", &address);
            assert!([422, 429].contains(&answer.status), "{}", answer.text());
        }
    }
    verify(&other, "ada", &ada.recovery_codes[0], &address).expect(200);
}
