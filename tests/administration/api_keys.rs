use countersign_tests::account::{fields, text, texts};
use countersign_tests::subject::path;
use countersign_tests::{Client, Realm};
use serde_json::{Value, json};

use crate::staff::Staff;

const KEYS: &str = "/v1/admin/api-keys";

fn make(administrator: &Client, scopes: &[&str]) -> (String, String) {
    let answer = administrator.post(KEYS, json!({ "name": "Shop", "scopes": scopes }));
    assert_eq!(answer.header("cache-control"), "no-store");
    let made = answer.expect(201);
    (text(&made["id"]), text(&made["key"]))
}

#[test]
fn a_key_is_shown_once_and_opens_nothing_once_it_is_revoked() {
    let staff = Staff::new();
    let made = staff.admin.post(KEYS, json!({ "name": "Shop", "scopes": ["verify", "enroll"] })).expect(201);
    let (id, token) = (text(&made["id"]), text(&made["key"]));
    assert_eq!((&made["name"], &made["realm"]), (&json!("Shop"), &json!(staff.realm.slug)));
    assert_eq!(texts(&made["scopes"]), ["verify", "enroll"]);
    assert!(token.starts_with("cs_key_"), "{token}");

    let key = staff.client().with_token(&token);
    assert_eq!(key.get(&path("kim", "two-factor")).expect(200)["enabled"], false);
    let list = staff.admin.get(KEYS).expect(200);
    let [item] = &list["items"].as_array().unwrap()[..] else { panic!("one key: {list}") };
    assert_eq!((&item["id"], &item["name"], &item["expires_at"]), (&json!(id), &json!("Shop"), &Value::Null));
    assert!(item.get("key").is_none() && item["last_used_at"].is_string(), "{item}");
    let part = &token["cs_key_".len().."cs_key_".len() + 20];
    for shown in [list.to_string(), staff.admin.get("/v1/admin/audit-events").text()] {
        assert!(!shown.contains(part), "a key is shown once: {shown}");
    }
    assert!(!staff.deployment().data_hold(part.as_bytes()));

    let one = format!("{KEYS}/{id}");
    staff.admin.delete(&one).expect(204);
    key.get(&path("kim", "two-factor")).expect_problem(401, "unauthenticated");
    staff.admin.delete(&one).expect_problem(404, "not_found");
    assert_eq!(staff.admin.get(KEYS).expect(200)["items"], json!([]));
    let told = |event: &str| {
        let events = staff.admin.get(&format!("/v1/admin/audit-events?event={event}")).expect(200);
        events["items"].as_array().unwrap().len()
    };
    assert_eq!((told("api_key.created"), told("api_key.revoked")), (1, 1));
}

#[test]
fn a_key_with_one_wrong_character_opens_nothing() {
    let staff = Staff::new();
    let (_, token) = make(&staff.admin, &["verify", "admin"]);
    let show = path("kim", "two-factor");
    staff.client().with_token(&token).get(&show).expect(200);
    let replaced = |at: usize| {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    };
    let last = token.len() - 1;
    let wrong = [
        // In the checksum, before it, in the middle, at the beginning.
        replaced(last),
        replaced(last - 3),
        replaced(token.len() / 2),
        replaced("cs_key_".len()),
        token[..last].to_owned(),
        format!("{token}A"),
        token.to_uppercase(),
        token.replace("cs_key_", ""),
    ];
    for wrong in wrong {
        let client = staff.client().with_token(&wrong);
        client.get(&show).expect_problem(401, "unauthenticated");
        client.get("/v1/admin/realm").expect_problem(401, "unauthenticated");
    }
}

#[test]
fn a_key_opens_its_own_realm_and_no_other() {
    let staff = Staff::new();
    let other = Realm::create(staff.deployment(), "recommended");
    let key = other.api_key(staff.deployment(), &["admin"]);
    assert_eq!(key.client(&staff.client()).get("/v1/admin/realm").expect(200)["slug"], json!(other.slug));
    // It is not even there for an owner of this one.
    staff.owner.delete(&format!("{KEYS}/{}", key.id)).expect_problem(404, "not_found");
    assert_eq!(staff.owner.get(KEYS).expect(200)["items"], json!([]));
    key.client(&staff.client()).get("/v1/admin/realm").expect(200);
}

#[test]
fn a_key_without_name_scope_or_future_is_not_made() {
    let staff = Staff::new();
    for (body, field) in [
        (json!({ "scopes": ["verify"] }), "name"),
        (json!({ "name": "two\nlines", "scopes": ["verify"] }), "name"),
        (json!({ "name": "Shop" }), "scopes"),
        (json!({ "name": "Shop", "scopes": [] }), "scopes"),
        (json!({ "name": "Shop", "scopes": ["everything"] }), "scopes"),
        (json!({ "name": "Shop", "scopes": "verify" }), "scopes"),
        (json!({ "name": "Shop", "scopes": ["verify"], "expires_at": "2020-01-01T00:00:00Z" }), "expires_at"),
        (json!({ "name": "Shop", "scopes": ["verify"], "expires_at": "tomorrow" }), "expires_at"),
    ] {
        let problem = staff.admin.post(KEYS, body.clone()).expect_problem(400, "invalid_request");
        assert_eq!(fields(&problem), [field], "{body}");
    }
    assert_eq!(staff.admin.get(KEYS).expect(200)["items"], json!([]));
}

#[test]
fn a_key_with_an_end_ends_by_itself() {
    let staff = Staff::new();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let date =
        countersign_tests::tools::run("date", "coreutils", &["-u", "-d", &format!("@{}", now + 3), "+%FT%TZ"], b"");
    let end = String::from_utf8(date).unwrap().trim().to_owned();
    let made = staff.admin.post(KEYS, json!({ "name": "Shop", "scopes": ["verify"], "expires_at": end })).expect(201);
    let key = staff.client().with_token(&text(&made["key"]));
    key.get(&path("kim", "two-factor")).expect(200);
    std::thread::sleep(std::time::Duration::from_millis(3_200));
    key.get(&path("kim", "two-factor")).expect_problem(401, "unauthenticated");
}

#[test]
fn keys_are_listed_in_pages_and_looked_after_on_the_command_line() {
    let staff = Staff::new();
    let ids: Vec<String> = (0..3).map(|_| make(&staff.admin, &["verify"]).0).collect();
    let first = staff.admin.get(&format!("{KEYS}?limit=2")).expect(200);
    let cursor = text(&first["next_cursor"]);
    let second = staff.admin.get(&format!("{KEYS}?limit=2&cursor={cursor}")).expect(200);
    let pages = [&first, &second];
    let walked: Vec<String> =
        pages.iter().flat_map(|page| page["items"].as_array().unwrap()).map(|item| text(&item["id"])).collect();
    assert_eq!(walked, ids.iter().rev().cloned().collect::<Vec<_>>(), "newest first");

    let slug = &staff.realm.slug;
    let listed = staff.deployment().run(&["api-key", "list", "--realm", slug]).expect(0).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert!(!listed.to_string().contains("cs_key_"));
    staff.deployment().run(&["api-key", "revoke", &ids[0], "--realm", slug, "--yes"]).expect(0);
    staff.deployment().run(&["api-key", "revoke", &ids[0], "--realm", slug, "--yes"]).expect(3);
    assert_eq!(staff.admin.get(KEYS).expect(200)["items"].as_array().unwrap().len(), 2);
}
