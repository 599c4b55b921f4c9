use countersign_tests::account::text;
use countersign_tests::{Account, Client, Realm};
use serde_json::{Value, json};

use crate::staff::{Staff, account_path, id_of};

fn events(session: &Client, query: &str) -> Vec<Value> {
    let list = session.get(&format!("/v1/admin/audit-events?limit=200&{query}")).expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

#[test]
fn audit_events_are_filtered_by_kind_account_and_time() {
    let staff = Staff::new();
    let kim = staff.enrolled();
    let id = id_of(&kim.session);
    let all = events(&staff.admin, "");
    assert!(all.iter().all(|event| event["realm"] == json!(staff.realm.slug)), "{all:?}");
    let newest_first = all.windows(2).all(|pair| text(&pair[0]["at"]) >= text(&pair[1]["at"]));
    assert!(newest_first);

    let by_kind = events(&staff.admin, "event=sign_in.succeeded");
    assert!(by_kind.len() == 4 && by_kind.iter().all(|event| event["event"] == "sign_in.succeeded"), "{by_kind:?}");
    let by_id = events(&staff.admin, &format!("account={id}"));
    let by_login = events(&staff.admin, &format!("account={}", kim.account.login.to_uppercase()));
    assert!(by_id.len() >= 4 && by_id == by_login, "{by_id:?} {by_login:?}");
    assert!(by_id.iter().all(|event| event["account_id"] == json!(id)));
    let both = events(&staff.admin, &format!("account={id}&event=two_factor.enabled"));
    assert_eq!(both.len(), 1);
    let at = text(&both[0]["at"]);
    let since = events(&staff.admin, &format!("account={id}&since={at}"));
    let until = events(&staff.admin, &format!("account={id}&until={at}"));
    assert_eq!(since.len() + until.len(), by_id.len(), "at this time or later, and before it");
    assert!(since.contains(&both[0]) && !until.contains(&both[0]));
    assert!(events(&staff.admin, "since=2100-01-01T00:00:00Z").is_empty());
    assert!(events(&staff.admin, "account=nobody").is_empty());

    let wrong = Account { password: "not the password".to_owned(), ..kim.account.clone() };
    wrong.sign_in(&staff.client()).expect_problem(401, "invalid_credentials");
    let failed = events(&staff.admin, "outcome=failure");
    assert!(failed.len() == 1 && failed[0]["event"] == "sign_in.failed", "{failed:?}");
    let done = events(&staff.admin, "outcome=success");
    assert!(done.len() + 1 == events(&staff.admin, "").len(), "{done:?}");
    let from = text(&failed[0]["ip"]);
    let here = events(&staff.admin, &format!("address={from}&outcome=failure"));
    assert_eq!(here, failed);
    assert!(events(&staff.admin, "address=203.0.113.7").is_empty());

    for query in [
        "outcome=nonsense",
        "address=nonsense",
        "address=127.0.0",
        "event=nonsense",
        "since=yesterday",
        "until=2026",
        "limit=0",
        "cursor=nonsense",
    ] {
        staff.admin.get(&format!("/v1/admin/audit-events?{query}")).expect_problem(400, "invalid_request");
    }
}

#[test]
fn audit_events_are_filtered_by_who_acted_and_by_part_of_a_login() {
    let staff = Staff::new();
    let kim = staff.account("member");
    let kim_id = id_of(&kim.session(&staff.client()));
    let path = account_path(&kim_id, "");
    staff.admin.patch(&path, json!({ "disabled": true })).expect(200);
    staff.owner.patch(&path, json!({ "disabled": false })).expect(200);
    let (owner, admin) = (staff.owner.get("/v1/account").expect(200), id_of(&staff.admin));
    let kinds = |query: &str| -> Vec<String> {
        events(&staff.admin, query).iter().map(|event| text(&event["event"])).collect()
    };
    assert_eq!(kinds("actor_kind=administrator"), ["account.updated", "account.updated"]);
    let by_admin = events(&staff.admin, &format!("actor={admin}&actor_kind=administrator"));
    assert!(by_admin.len() == 1 && by_admin[0]["details"]["disabled"] == "true", "{by_admin:?}");
    let by_owner =
        events(&staff.admin, &format!("actor={}&event=account.updated", text(&owner["login"]).to_uppercase()));
    assert!(by_owner.len() == 1 && by_owner[0]["details"]["disabled"] == "false", "{by_owner:?}");
    assert!(kinds("actor_kind=application").is_empty() && kinds("actor=nobody").is_empty());
    let key = staff.realm.api_key(staff.deployment(), &["admin"]);
    key.client(&staff.client()).patch(&path, json!({ "disabled": true })).expect(200);
    let by_key = events(&staff.admin, "actor_kind=application");
    let key_id = text(&by_key[0]["actor"]["id"]);
    assert_eq!(events(&staff.admin, &format!("actor={key_id}")), by_key);
    let part = kim.login[3..12].to_uppercase();
    let concerning = events(&staff.admin, &format!("login={part}"));
    assert!(
        !concerning.is_empty() && concerning.iter().all(|event| event["login"] == json!(kim.login)),
        "{concerning:?}"
    );
    assert_eq!(concerning, events(&staff.admin, &format!("account={kim_id}")));
    // Also once it is gone.
    staff.owner.delete(&path).expect(204);
    assert_eq!(kinds(&format!("login={part}"))[0], "account.deleted");
    assert!(kinds("login=nobody-at-all").is_empty() && kinds("login=%25").is_empty());
    for query in ["actor_kind=emperor", "login=a%E2%80%AEb"] {
        staff.admin.get(&format!("/v1/admin/audit-events?{query}")).expect_problem(400, "invalid_request");
    }
    // The pages and the command line find the same.
    let slug = &staff.realm.slug;
    let listed = staff.deployment().run(&["audit", "list", "--realm", slug, "--actor-kind", "application"]);
    assert_eq!(listed.expect(0).json()["items"], json!(by_key));
    let exported = staff.deployment().run(&["audit", "export", "--realm", slug, "--actor", &key_id, "--login", &part]);
    assert_eq!(exported.expect(0).results.lines().count(), by_key.len());
}

#[test]
fn audit_events_come_in_pages_and_are_the_same_on_the_command_line() {
    let staff = Staff::new();
    let all = events(&staff.admin, "");
    let (mut walked, mut path) = (Vec::new(), "/v1/admin/audit-events?limit=2".to_owned());
    loop {
        let page = staff.admin.get(&path).expect(200);
        walked.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/admin/audit-events?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(walked, all);
    let slug = &staff.realm.slug;
    let listed = staff.deployment().run(&["audit", "list", "--realm", slug, "--output", "json"]).expect(0).json();
    assert_eq!(listed["items"], json!(all));
    let exported = staff.deployment().run(&["audit", "export", "--realm", slug, "--format", "jsonl"]).expect(0);
    let lines: Vec<Value> = exported.results.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), all.len());
    assert!(all.iter().all(|event| lines.contains(event)));
    let csv = staff.deployment().run(&["audit", "export", "--realm", slug, "--format", "csv"]).expect(0).results;
    assert_eq!(csv.lines().count(), all.len() + 1, "a heading and a line each: {csv}");
}

#[test]
fn an_administrator_sees_the_events_of_the_own_realm_only() {
    let staff = Staff::new();
    let other = Realm::create(staff.deployment(), "recommended");
    let stranger = Account::create_in(staff.deployment(), &other);
    let session = stranger.session(&staff.client());
    let id = id_of(&session);
    for query in [format!("account={id}"), format!("account={}", stranger.login)] {
        assert!(events(&staff.admin, &query).is_empty(), "{query}");
    }
    assert!(!json!(events(&staff.admin, "")).to_string().contains(&stranger.login));
}
