use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::account::fields;
use countersign_tests::{Client, Deployment};
use serde_json::{Value, json};

use crate::remote::remote;
use crate::staff::Staff;

const APPEARANCE: &str = "/v1/admin/realm/appearance";

/// A picture of so many bytes.
fn svg(bytes: usize) -> String {
    format!("<svg>{}</svg>", "x".repeat(bytes - "<svg></svg>".len()))
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn changed(client: &Client, change: Value) -> Value {
    client.patch(APPEARANCE, change).expect(200)
}

#[test]
fn a_merge_patch_changes_what_it_names_and_null_takes_away() {
    let staff = Staff::new();
    let bare = json!({
        "name": null, "accent": null, "logo": null, "contact_name": null, "contact_link": null, "time_zone": null,
        "return_addresses": [],
    });
    assert_eq!(staff.admin.get(APPEARANCE).expect(200), bare);
    let change = json!({
        "name": " Game Panel ",
        "accent": "#7A2FB0",
        "logo": format!("data:image/png;base64,{}", base64(b"<svg/>")),
        "contact_name": "IT desk",
        "contact_link": "MAILTO:it@example.org",
        "time_zone": "europe/berlin",
        "return_addresses": ["https://panel.example", "http://localhost:3000/back"],
    });
    let full = json!({
        "name": "Game Panel",
        "accent": "#7a2fb0",
        "logo": { "media_type": "image/svg+xml", "bytes": 6 },
        "contact_name": "IT desk",
        "contact_link": "mailto:it@example.org",
        "time_zone": "Europe/Berlin",
        "return_addresses": ["https://panel.example/", "http://localhost:3000/back"],
    });
    assert_eq!(changed(&staff.owner, change), full);
    assert_eq!(staff.admin.get(APPEARANCE).expect(200), full);
    assert_eq!(staff.realm.show(staff.deployment())["appearance"], full, "the command line shows the same");
    let picture = staff.client().get(&format!("/assets/realms/{}/logo", staff.realm.slug));
    assert_eq!((picture.header("content-type"), picture.text().as_str()), ("image/svg+xml", "<svg/>"));

    assert_eq!(changed(&staff.owner, json!({})), full, "what is left out stays");
    let mut less = full.clone();
    (less["logo"], less["accent"]) = (json!(null), json!("#000000"));
    assert_eq!(changed(&staff.owner, json!({ "logo": null, "accent": "#000000" })), less);
    let mut nothing = bare.clone();
    nothing["return_addresses"] = json!(null);
    assert_eq!(changed(&staff.owner, nothing), bare);

    let events = staff.admin.get("/v1/admin/audit-events?event=realm.appearance_changed").expect(200);
    let events = events["items"].as_array().unwrap();
    assert_eq!(events.len(), 4, "{events:?}");
    assert_eq!(events[3]["actor"]["kind"], "administrator");
    assert_eq!(events[3]["details"]["name"], "none → Game Panel");
}

#[test]
fn what_breaks_a_rule_is_named_never_repeated_and_changes_nothing() {
    let staff = Staff::new();
    let before = changed(&staff.owner, json!({ "name": "Panel", "accent": "#0a7d55" }));
    for (change, field) in [
        (json!({ "accent": "hunter2" }), "accent"),
        (json!({ "name": "hunter2\n" .repeat(20) }), "name"),
        (json!({ "logo": "<svg>hunter2</svg>" }), "logo"),
        (json!({ "logo": base64(b"GIF89a hunter2") }), "logo"),
        (json!({ "logo": base64(svg(65_537).as_bytes()) }), "logo"),
        (json!({ "contact_name": "hunter2\n".repeat(20) }), "contact_name"),
        (json!({ "contact_link": "javascript:hunter2" }), "contact_link"),
        (json!({ "time_zone": "Europe/Hunter2" }), "time_zone"),
        (json!({ "return_addresses": ["https://a.example/", "http://hunter2.example/"] }), "return_addresses"),
        // A good one beside it is not taken either.
        (json!({ "name": "Shop", "accent": "hunter2" }), "accent"),
    ] {
        let problem = staff.owner.patch(APPEARANCE, change).expect_problem(422, "policy_violation");
        assert_eq!(fields(&problem), [field], "{problem}");
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
    for (change, field) in [
        (json!({ "accent": 7 }), "accent"),
        (json!({ "logo": { "hunter2": 1 } }), "logo"),
        (json!({ "return_addresses": "https://hunter2.example/" }), "return_addresses"),
        (json!({ "hunter2": "x" }), "(unknown)"),
    ] {
        let problem = staff.owner.patch(APPEARANCE, change).expect_problem(400, "invalid_request");
        assert_eq!(fields(&problem), [field], "{problem}");
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
    assert_eq!(staff.admin.get(APPEARANCE).expect(200), before);
}

#[test]
fn a_picture_as_large_as_it_may_be_fits_into_a_body_and_nothing_else_is_let_through() {
    let staff = Staff::new();
    let largest = json!({ "logo": base64(svg(65_536).as_bytes()) });
    assert_eq!(changed(&staff.owner, largest.clone())["logo"]["bytes"], 65_536);
    // Also where the body has to be read to know whether it came before.
    let repeated = staff.owner.with_header("idempotency-key", "a-large-picture");
    for _ in 0..2 {
        assert_eq!(changed(&repeated, largest.clone())["logo"]["bytes"], 65_536);
    }
    let long = base64(&[7; 128 * 1024]);
    let told = |client: &Client, path: &str, body: Value| {
        client.patch(path, body).expect_problem(400, "invalid_request")["detail"].to_string()
    };
    assert!(told(&staff.owner, APPEARANCE, json!({ "logo": long })).contains("longer than 128 KiB"));
    assert!(told(&staff.owner, "/v1/admin/realm", json!({ "issuer": long })).contains("longer than 64 KiB"));
    assert_eq!(staff.admin.get(APPEARANCE).expect(200)["logo"]["bytes"], 65_536);
}

#[test]
fn only_owners_and_keys_that_owners_made_say_how_a_realm_looks_and_owners_prove_it() {
    let staff = Staff::new();
    let key = |by: &Client| {
        let made = by.post("/v1/admin/api-keys", json!({ "name": "Dress", "scopes": ["admin"] })).expect(201);
        staff.client().with_token(made["key"].as_str().unwrap())
    };
    let (of_an_owner, of_an_admin) = (key(&staff.owner), key(&staff.admin));
    for client in [&staff.admin, &of_an_admin, &staff.member] {
        client.patch(APPEARANCE, json!({ "name": "Mine" })).expect_problem(403, "forbidden");
    }
    staff.owner.without_proof().patch(APPEARANCE, json!({ "name": "Mine" })).expect_problem(422, "invalid_proof");
    let wrong = staff.owner.with_proof("not the password");
    wrong.patch(APPEARANCE, json!({ "name": "Mine" })).expect_problem(422, "invalid_proof");
    assert_eq!(staff.owner.get(APPEARANCE).expect(200)["name"], Value::Null);
    for (client, name) in [(&staff.owner, "By the owner"), (&of_an_owner, "By a key")] {
        assert_eq!(changed(client, json!({ "name": name }))["name"], name);
    }
}

#[test]
fn the_command_over_a_server_does_what_the_one_beside_the_database_does() {
    let staff = Staff::new();
    let token = staff.owner.token();
    let logo = staff.deployment().directory().join("logo.svg");
    std::fs::write(&logo, svg(65_536)).unwrap();
    let set = [
        &["realm", "set-appearance", "--name", "Panel", "--accent", "#7a2fb0", "--logo", logo.to_str().unwrap()][..],
        &["--return-to", "https://panel.example/", "--contact-name", "IT desk", "--contact-link", "tel:4711"],
        &["--time-zone", "Asia/Kolkata"],
    ]
    .concat();
    let there = remote(&staff, token, &set, "").expect(0).json();
    assert_eq!(there, staff.realm.show(staff.deployment()));
    assert_eq!(there["appearance"]["logo"]["bytes"], 65_536);
    assert_eq!(remote(&staff, token, &["realm", "show"], "").expect(0).json(), there);
    let less = remote(&staff, token, &["realm", "set-appearance", "--no-logo", "--no-return-to"], "").expect(0).json();
    assert_eq!(
        less["appearance"],
        json!({
            "name": "Panel", "accent": "#7a2fb0", "logo": null, "contact_name": "IT desk", "contact_link": "tel:4711",
        "time_zone": "Asia/Kolkata", "return_addresses": [],
        })
    );
    let refused = remote(&staff, token, &["realm", "set-appearance", "--accent", "hunter2"], "").expect(1);
    assert!(refused.prose.contains("accent must be a color") && !refused.prose.contains("hunter2"), "{refused:?}");
    remote(&staff, staff.admin.token(), &["realm", "set-appearance", "--no-name"], "").expect(1);
    // A session gives a proof for it, and nobody here could be asked for one.
    let url = format!("http://{}", staff.server.address());
    let unproven = ["realm", "set-appearance", "--no-name", "--server", &url];
    let ended = Deployment::new().with("TOKEN", token).run(&unproven).expect(2);
    assert!(ended.prose.contains("--proof-file"), "{ended:?}");
}
