use std::collections::BTreeSet;

use countersign_tests::account::{fields, text};
use countersign_tests::{Account, Client, unique};
use serde_json::{Value, json};

use crate::staff::{ACCOUNTS, Staff, account_path, id_of};

fn logins(session: &Client, query: &str) -> BTreeSet<String> {
    let list = session.get(&format!("{ACCOUNTS}?{query}")).expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    list["items"].as_array().unwrap().iter().map(|item| text(&item["login"])).collect()
}

#[test]
fn an_account_is_made_and_signs_in() {
    let staff = Staff::new();
    let account = Account { realm: staff.realm.slug.clone(), ..Account::unknown() };
    let body = json!({ "login": account.login, "password": account.password, "role": "admin" });
    let made = staff.admin.post(ACCOUNTS, body).expect(201);
    assert_eq!((&made["login"], &made["role"]), (&json!(account.login), &json!("admin")));
    assert_eq!((&made["realm"], &made["two_factor_enabled"]), (&json!(staff.realm.slug), &json!(false)));
    let session = account.session(&staff.client());
    let mut shown = session.get("/v1/account").expect(200);
    assert_eq!(shown.as_object_mut().unwrap().remove("session").unwrap()["purpose"], "full");
    assert_eq!(shown, made);
    assert_eq!(session.get("/v1/account/activity").expect(200)["items"][1]["actor"]["kind"], "administrator");

    let shouted = json!({ "login": account.login.to_uppercase(), "password": account.password });
    staff.admin.post(ACCOUNTS, shouted).expect_problem(409, "login_taken");
    let weak = json!({ "login": unique::login(), "password": "password1" });
    assert_eq!(fields(&staff.admin.post(ACCOUNTS, weak).expect_problem(422, "policy_violation")), ["password"]);
    let illegal = json!({ "login": "a:b", "password": unique::password() });
    assert_eq!(fields(&staff.admin.post(ACCOUNTS, illegal).expect_problem(400, "invalid_request")), ["login"]);
    let unknown = json!({ "login": unique::login(), "password": unique::password(), "role": "king" });
    assert_eq!(fields(&staff.admin.post(ACCOUNTS, unknown).expect_problem(400, "invalid_request")), ["role"]);
}

#[test]
fn an_account_without_a_password_signs_in_once_it_gets_one() {
    let staff = Staff::new();
    let account = Account { realm: staff.realm.slug.clone(), ..Account::unknown() };
    let made = staff.admin.post(ACCOUNTS, json!({ "login": account.login })).expect(201);
    account.sign_in(&staff.client()).expect_problem(401, "invalid_credentials");
    let path = account_path(&text(&made["id"]), "");
    let weak = json!({ "password": "password1" });
    assert_eq!(fields(&staff.admin.patch(&path, weak).expect_problem(422, "policy_violation")), ["password"]);
    staff.admin.patch(&path, json!({ "password": account.password })).expect(200);
    account.session(&staff.client());
}

#[test]
fn accounts_are_searched_and_filtered() {
    let staff = Staff::new();
    let kim = staff.enrolled();
    let pending = staff.account("member");
    pending.begin(&pending.session(&staff.client()));
    let everyone = logins(&staff.admin, "");
    assert_eq!(everyone.len(), 5);

    let only = |login: &str| BTreeSet::from([login.to_owned()]);
    let part = kim.account.login[4..14].to_uppercase();
    assert_eq!(logins(&staff.admin, &format!("query={part}")), only(&kim.account.login));
    assert!(logins(&staff.admin, "query=nobody-at-all").is_empty());
    // What stands for anything in SQL stands for itself here.
    for wildcard in ["%25", "_", "%5C", "%27"] {
        assert!(logins(&staff.admin, &format!("query={wildcard}")).is_empty(), "{wildcard}");
    }
    assert_eq!(logins(&staff.admin, "two_factor=enabled"), only(&kim.account.login));
    assert_eq!(logins(&staff.admin, "two_factor=pending"), only(&pending.login));
    assert_eq!(logins(&staff.admin, "two_factor=disabled").len(), 3);
    assert_eq!(logins(&staff.admin, "role=member").len(), 3);
    let owner = text(&staff.owner.get("/v1/account").expect(200)["login"]);
    assert_eq!(logins(&staff.admin, "role=owner"), only(&owner));
    assert!(logins(&staff.admin, "role=owner&two_factor=enabled").is_empty());

    let list = staff.admin.get(&format!("{ACCOUNTS}?query={part}")).expect(200);
    let item = &list["items"][0];
    assert_eq!((&item["two_factor"], &item["two_factor_enabled"]), (&json!("enabled"), &json!(true)));
    assert_eq!((&item["disabled"], &item["throttled_for_seconds"]), (&json!(false), &Value::Null));
    assert!(item["last_sign_in_at"].is_string());
    for query in ["two_factor=nonsense", "role=king", "limit=0", "limit=201", "cursor=nonsense"] {
        staff.admin.get(&format!("{ACCOUNTS}?{query}")).expect_problem(400, "invalid_request");
    }
}

/// The logins of a part of the list, in its order, and the part.
fn part(session: &Client, query: &str) -> (Vec<String>, Value) {
    let list = session.get(&format!("{ACCOUNTS}?{query}")).expect(200);
    (list["items"].as_array().unwrap().iter().map(|item| text(&item["login"])).collect(), list)
}

#[test]
fn accounts_are_filtered_by_state_and_counted() {
    let staff = Staff::new();
    let client = staff.client();
    let (kim, gone, idle) = (staff.enrolled(), staff.account("member"), staff.account("member"));
    gone.session(&client);
    let listed = |login: &str| part(&staff.admin, &format!("query={login}")).1["items"][0].clone();
    staff.admin.patch(&account_path(&text(&listed(&gone.login)["id"]), ""), json!({ "disabled": true })).expect(200);
    staff
        .admin
        .patch(&account_path(&text(&listed(&idle.login)["id"]), ""), json!({ "two_factor_required": true }))
        .expect(200);
    let only = |login: &str| BTreeSet::from([login.to_owned()]);
    assert_eq!(logins(&staff.admin, "disabled=true"), only(&gone.login));
    assert!(!logins(&staff.admin, "disabled=false").contains(&gone.login));
    assert_eq!(logins(&staff.admin, "never_signed_in=true"), only(&idle.login));
    assert_eq!(logins(&staff.admin, "required_but_missing=true"), only(&idle.login));
    assert!(logins(&staff.admin, "waiting=true").is_empty());
    let challenges = [kim.challenge(&client), kim.challenge(&client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
    assert_eq!(logins(&staff.admin, "waiting=true"), only(&kim.account.login));
    assert_eq!(logins(&staff.admin, "waiting=false").len(), 6, "as if it were left out");
    let (_, first) = part(&staff.admin, "limit=2");
    assert_eq!(first["count"], json!({ "accounts": 6, "more": false }));
    let cursor = text(&first["next_cursor"]);
    assert_eq!(part(&staff.admin, &format!("limit=2&cursor={cursor}")).1["count"], Value::Null);
    assert_eq!(part(&staff.admin, &format!("limit=2&cursor={cursor}&count=true")).1["count"]["accounts"], 6);
    assert_eq!(part(&staff.admin, "count=false").1["count"], Value::Null);
    for query in ["disabled=perhaps", "name=kim&disabled=true", "sort=size", &format!("sort=login&cursor={cursor}")] {
        staff.admin.get(&format!("{ACCOUNTS}?{query}")).expect_problem(400, "invalid_request");
    }
}

#[test]
fn accounts_are_sorted_and_come_in_pages_both_ways() {
    let staff = Staff::new();
    (0..4).for_each(|_| drop(staff.account("member")));
    let (all, _) = part(&staff.admin, "");
    for sort in ["created", "created_desc", "login", "login_desc", "last_sign_in", "last_sign_in_desc"] {
        let (sorted, whole) = part(&staff.admin, &format!("sort={sort}"));
        assert_eq!((&whole["next_cursor"], &whole["previous_cursor"]), (&Value::Null, &Value::Null));
        let mut expected = all.clone();
        match sort {
            "created" => {}
            "created_desc" => expected.reverse(),
            "login" => expected.sort(),
            "login_desc" => expected.sort_by(|a, b| b.cmp(a)),
            // Who administers has signed in, one after the other; the others have not.
            _ => expected.clone_from(&sorted),
        }
        assert_eq!(sorted, expected, "{sort}");
        let (mut walked, mut query) = (Vec::new(), format!("sort={sort}&limit=3"));
        let mut last = loop {
            let (logins, page) = part(&staff.admin, &query);
            walked.extend(logins);
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("sort={sort}&limit=3&cursor={cursor}"),
                None => break page,
            }
        };
        assert_eq!(walked, sorted, "{sort}, forward");
        let mut back: Vec<String> = last["items"].as_array().unwrap().iter().map(|item| text(&item["login"])).collect();
        while let Some(cursor) = last["previous_cursor"].as_str() {
            let (logins, page) = part(&staff.admin, &format!("sort={sort}&limit=3&cursor={cursor}"));
            back.splice(0..0, logins);
            last = page;
        }
        assert_eq!(back, sorted, "{sort}, back");
    }
    let (never_first, _) = part(&staff.admin, "sort=last_sign_in");
    let administer = part(&staff.admin, "never_signed_in=true").0.len();
    assert_eq!((administer, never_first.len()), (4, 7));
    let mut never: Vec<_> = never_first[..4].to_vec();
    let mut expected = part(&staff.admin, "never_signed_in=true").0;
    never.sort();
    expected.sort();
    assert_eq!(never, expected);
}

#[test]
fn accounts_come_in_pages_oldest_first() {
    let staff = Staff::new();
    let made: Vec<String> = (0..4)
        .map(|_| {
            let login = unique::login();
            staff.admin.post(ACCOUNTS, json!({ "login": login })).expect(201);
            login
        })
        .collect();
    let (mut walked, mut path) = (Vec::new(), format!("{ACCOUNTS}?limit=3"));
    loop {
        let page = staff.admin.get(&path).expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        walked.extend(items.iter().map(|item| text(&item["login"])));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("{ACCOUNTS}?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((walked.len(), &walked[3..]), (7, &made[..]));
}

#[test]
fn a_new_password_or_disabling_ends_what_the_account_has_open() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let path = account_path(&id_of(&kim.session), "");
    let challenge = kim.challenge(&client);

    let changed = staff.admin.patch(&path, json!({ "role": "admin" })).expect(200);
    assert_eq!(changed["role"], "admin");
    assert!(kim.session.is_signed_in(), "a role ends nothing");
    kim.account.password = unique::password();
    staff.admin.patch(&path, json!({ "password": kim.account.password })).expect(200);
    assert!(!kim.session.is_signed_in());
    let code = kim.recovery_code();
    client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    let session = kim.sign_in(&client);

    let challenge = kim.challenge(&client);
    staff.admin.patch(&path, json!({ "disabled": true })).expect(200);
    assert_eq!(staff.admin.get(&path).expect(200)["disabled"], true);
    session.get("/v1/account").expect_problem(401, "unauthenticated");
    client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    kim.account.sign_in(&client).expect_problem(401, "invalid_credentials");
    staff.admin.patch(&path, json!({ "disabled": false })).expect(200);
    session.get("/v1/account").expect_problem(401, "unauthenticated");
    kim.sign_in_with(&client, &code).expect(200);

    for nothing in [json!({ "disabled": "yes" }), json!({ "realm": "lee" }), json!([])] {
        staff.admin.patch(&path, nothing).expect_problem(400, "invalid_request");
    }
}

#[test]
fn turning_two_factor_off_for_someone_ends_sessions_and_is_audited_with_its_reason() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let id = id_of(&kim.session);
    let (second, challenge) = (kim.sign_in(&client), kim.challenge(&client));
    let path = account_path(&id, "two-factor/disable");
    let done = staff.admin.post(&path, json!({ "reason": "lost phone" })).expect(200);
    assert_eq!(done["success"], true);
    assert!(text(&done["message"]).contains(&kim.account.login), "{done}");
    assert!(!kim.session.is_signed_in() && !second.is_signed_in());
    let code = kim.recovery_code();
    client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    let session = kim.account.session(&client);
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["enabled"], &state["authenticators"]), (&json!(false), &json!([])));
    staff.admin.post(&path, json!({})).expect_problem(409, "two_factor_not_enabled");

    let events = staff.admin.get(&format!("/v1/admin/audit-events?event=two_factor.disabled&account={id}"));
    let events = events.expect(200)["items"].clone();
    let [event] = &events.as_array().unwrap()[..] else { panic!("one event: {events}") };
    assert_eq!(event["actor"], json!({ "kind": "administrator", "id": id_of(&staff.admin) }));
    assert_eq!((&event["details"]["reason"], &event["login"]), (&json!("lost phone"), &json!(kim.account.login)));
    assert_eq!((&event["outcome"], &event["ip"]), (&json!("success"), &json!("127.0.0.1")));
}

#[test]
fn an_administrator_ends_a_wait() {
    let staff = Staff::new();
    let client = staff.client();
    let mut kim = staff.enrolled();
    let path = account_path(&id_of(&kim.session), "");
    let challenges = [kim.challenge(&client), kim.challenge(&client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
    let waits = staff.admin.get(&path).expect(200)["throttled_for_seconds"].clone();
    assert!(waits.as_u64().is_some_and(|seconds| (1..=30).contains(&seconds)), "{waits}");
    client.second_factor(&challenges[1], "000000").expect_problem(429, "too_many_attempts");
    staff.admin.post(&account_path(&id_of(&kim.session), "unlock"), json!({})).expect(204);
    assert_eq!(staff.admin.get(&path).expect(200)["throttled_for_seconds"], Value::Null);
    kim.sign_in(&client);
}

#[test]
fn a_deleted_account_is_gone_but_for_its_audit_events() {
    let staff = Staff::new();
    let kim = staff.enrolled();
    let id = id_of(&kim.session);
    let too_long = json!({ "reason": "x".repeat(501) });
    assert_eq!(
        fields(&staff.admin.post(&account_path(&id, "delete"), too_long).expect_problem(400, "invalid_request")),
        ["reason"]
    );
    staff.admin.post(&account_path(&id, "delete"), json!({ "reason": "left the company" })).expect(204);
    kim.account.sign_in(&staff.client()).expect_problem(401, "invalid_credentials");
    assert!(!kim.session.is_signed_in());
    staff.admin.get(&account_path(&id, "")).expect_problem(404, "not_found");
    staff.admin.delete(&account_path(&id, "")).expect_problem(404, "not_found");
    let events = staff.admin.get(&format!("/v1/admin/audit-events?account={id}")).expect(200);
    let kinds: Vec<String> = events["items"].as_array().unwrap().iter().map(|event| text(&event["event"])).collect();
    assert_eq!((&*kinds[0], &events["items"][0]["details"]["reason"]), ("account.deleted", &json!("left the company")));
    assert!(kinds.contains(&"two_factor.enabled".to_owned()), "{kinds:?}");
    for nonsense in ["nonsense", "01890000-0000-7000-8000-000000000000"] {
        staff.admin.get(&account_path(nonsense, "")).expect_problem(404, "not_found");
    }
}

#[test]
fn strange_values_from_an_owner_are_refused_or_taken_and_never_a_fault() {
    let staff = Staff::new();
    let kim = account_path(&id_of(&staff.member), "");
    let strange = ["\u{0}", " ", "a\nb", "'; DROP TABLE account; --", "\u{202e}", "💣", "{{7*7}}", "%s%n", "../../etc"];
    for text in strange {
        for (method, path, body) in [
            ("POST", ACCOUNTS, json!({ "login": text })),
            ("PATCH", &kim, json!({ "password": text })),
            ("POST", &format!("{kim}/two-factor/disable"), json!({ "reason": text })),
            ("PATCH", "/v1/admin/realm", json!({ "issuer": text })),
            ("PATCH", "/v1/admin/realm", json!({ "preset": text })),
            ("PATCH", "/v1/admin/realm", json!({ "policy": { text: text } })),
            ("POST", "/v1/admin/api-keys", json!({ "name": text, "scopes": ["verify"] })),
            ("POST", "/v1/admin/api-keys", json!({ "name": "x", "scopes": [text] })),
            ("POST", "/v1/admin/api-keys", json!({ "name": "x", "scopes": ["verify"], "expires_at": text })),
        ] {
            let answer = staff.owner.send(method, path, Some(&body));
            assert!(answer.status < 500, "{method} {path} {body}: {}", answer.text());
            if answer.status >= 400 {
                answer.check_problem();
            }
        }
    }
    assert!(staff.owner.is_signed_in() && staff.admin.is_signed_in());
    staff.client().get("/health/ready").expect(200);
}

#[test]
fn several_accounts_are_acted_on_for_one_proof_and_each_refusal_is_told() {
    let staff = Staff::new();
    let client = staff.client();
    let (kim, lee, idle) = (staff.account("member"), staff.account("member"), staff.account("member"));
    let sessions = [kim.session(&client), lee.session(&client)];
    let [kim_id, lee_id] = [0, 1].map(|number| id_of(&sessions[number]));
    let (admin, owner) = (id_of(&staff.admin), id_of(&staff.owner));
    let bulk = format!("{ACCOUNTS}/bulk");
    let body = json!({ "act": "end_sessions", "accounts": [kim_id, owner, kim_id] });
    let done = staff.admin.post(&bulk, body).expect(200);
    assert_eq!((&done["done"], &done["unchanged"], &done["more"]), (&json!(1), &json!(0), &json!(false)));
    assert_eq!(done["refused"][0]["reason"], "owners_only");
    assert!(!sessions[0].is_signed_in() && sessions[1].is_signed_in());

    let body = json!({ "act": "disable", "accounts": [kim_id, lee_id, admin, owner] });
    let done = staff.admin.post(&bulk, body.clone()).expect(200);
    let reasons: Vec<_> = done["refused"].as_array().unwrap().iter().map(|one| text(&one["reason"])).collect();
    assert_eq!((&done["done"], reasons), (&json!(2), vec!["own_account".to_owned(), "owners_only".to_owned()]));
    assert!(!sessions[1].is_signed_in());
    kim.sign_in(&client).expect_problem(401, "invalid_credentials");
    let again = staff.admin.post(&bulk, body).expect(200);
    assert_eq!((&again["done"], &again["unchanged"]), (&json!(0), &json!(2)));
    let events = staff.admin.get("/v1/admin/audit-events?event=account.updated").expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 2, "one of each account");

    let matching = json!({ "act": "enable", "matching": { "disabled": true }, "expected": 3 });
    let problem = staff.admin.post(&bulk, matching).expect_problem(400, "invalid_request");
    assert_eq!(fields(&problem), ["expected"]);
    let matching = json!({ "act": "enable", "matching": { "disabled": true }, "expected": 2 });
    assert_eq!(staff.admin.post(&bulk, matching).expect(200)["done"], 2);
    kim.session(&client);
    let required = json!({ "act": "require_two_factor", "matching": { "never_signed_in": true } });
    assert_eq!(staff.admin.post(&bulk, required).expect(200)["done"], 1);
    assert_eq!(part(&staff.admin, &format!("query={}", idle.login)).1["items"][0]["two_factor_required"], true);

    for wrong in [
        json!({ "act": "disable" }),
        json!({ "act": "disable", "accounts": [] }),
        json!({ "act": "disable", "accounts": [kim_id], "matching": {} }),
        json!({ "act": "delete", "accounts": [kim_id] }),
        json!({ "act": "disable", "accounts": ["nonsense"] }),
        json!({ "act": "disable", "accounts": vec![kim_id.clone(); 1_001] }),
    ] {
        staff.admin.post(&bulk, wrong).expect_problem(400, "invalid_request");
    }
    staff.member.post(&bulk, json!({ "act": "disable", "accounts": [kim_id] })).expect_problem(403, "forbidden");
}
