//! What accounts and subjects go by: beside the database, over a server, and over the API.

use countersign_tests::account::{fields, text};
use countersign_tests::subject::path;
use countersign_tests::{Account, Client, Finished, Realm, Subject};
use serde_json::{Value, json};

use crate::remote::remote;
use crate::staff::{ACCOUNTS, Staff, account_path, id_of};

const SUBJECT: &str = "user 42/ä";
const LABEL: &str = "Grace Hopper";

/// A text in an address.
fn encoded(text: &str) -> String {
    path(text, "").replace("/v1/subjects/", "")
}

/// Both ways of an administrator's command line.
#[derive(Clone, Copy, Debug)]
enum Side {
    Local,
    Remote,
}

impl Side {
    const BOTH: [Self; 2] = [Self::Local, Self::Remote];

    fn run(self, staff: &Staff, arguments: &[&str]) -> Finished {
        match self {
            Self::Local => {
                staff.deployment().run(&[arguments, &["--realm", &staff.realm.slug, "--output", "json"]].concat())
            }
            Self::Remote => remote(staff, staff.owner.token(), arguments, ""),
        }
    }
}

/// A realm with a subject.
struct Service {
    staff: Staff,
    key: Client,
    grace: Subject,
    id: String,
}

impl Service {
    fn new() -> Self {
        let staff = Staff::new();
        let key = staff.key(&["verify", "enroll", "manage"]);
        // The label is what the subject is called from its first enrollment on.
        key.post(&path(SUBJECT, "authenticators"), json!({ "label": LABEL })).expect(201);
        let grace = Subject::enroll(&key, SUBJECT);
        let listed = staff.admin.get(&format!("{ACCOUNTS}?subject={}", encoded(SUBJECT))).expect(200);
        let id = text(&listed["items"][0]["id"]);
        Self { staff, key, grace, id }
    }
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

#[test]
fn a_subject_is_looked_after_on_the_command_line_by_identifier_and_by_id() {
    let Service { staff, key, mut grace, id } = Service::new();
    for side in Side::BOTH {
        for name in [&[SUBJECT][..], &[SUBJECT, "--subject"], &[&id]] {
            let run = |command: &[&str]| side.run(&staff, &[command, name].concat());
            let shown = run(&["account", "show"]).expect(0).json();
            assert_eq!((&shown["id"], &shown["subject"]), (&json!(id), &json!(SUBJECT)), "{side:?} {name:?}");
            assert_eq!((&shown["login"], &shown["two_factor_enabled"]), (&json!(LABEL), &json!(true)));

            // Five failures in a row make a subject wait; codes that were accepted in between begin anew.
            for wrong in grace.authenticator.wrong_codes(5) {
                grace.verify(&key, &wrong).expect_problem(422, "invalid_code");
            }
            grace.verify(&key, "000000").expect_problem(429, "too_many_attempts");
            let said = run(&["account", "unlock"]).expect(0).json();
            let told = format!("The failed attempts of the subject {SUBJECT} were forgotten.");
            assert_eq!(said["message"], json!(told), "{side:?} {name:?}");
            grace.verify(&key, "000000").expect_problem(422, "invalid_code");

            let off = run(&["account", "disable-2fa", "--reason", "lost phone", "--yes"]).expect(0).json();
            assert!(text(&off["message"]).contains(&format!("the subject {SUBJECT}")), "{off}");
            assert_eq!(grace.state(&key)["enabled"], false);
            run(&["account", "disable-2fa", "--yes"]).expect(1);
            grace = Subject::enroll(&key, SUBJECT);
        }
    }
    // What a name is not.
    for (nobody, side) in
        ["user 42/Ä", LABEL, "user 42"].iter().flat_map(|nobody| Side::BOTH.map(|side| (nobody, side)))
    {
        for command in ["show", "unlock"] {
            let said = side.run(&staff, &["account", command, nobody]).expect(3);
            assert!(said.results.is_empty() && said.prose.contains("account list --query"), "{said:?}");
        }
    }
    let deleted = Side::Remote.run(&staff, &["account", "delete", "--subject", SUBJECT, "--yes"]).expect(0).json();
    assert!(text(&deleted["message"]).starts_with(&format!("The subject {SUBJECT} was deleted")), "{deleted}");
    assert_eq!(grace.state(&key)["enabled"], false);
    Side::Local.run(&staff, &["account", "show", SUBJECT]).expect(3);
}

#[test]
fn both_sides_of_the_command_line_say_the_same_of_subjects() {
    let Service { staff, id, .. } = Service::new();
    for arguments in [
        &["account", "list"][..],
        &["account", "list", "--query", "USER 42"],
        &["account", "list", "--query", "hopper"],
        &["account", "show", SUBJECT],
        &["audit", "list", "--account", SUBJECT],
        &["audit", "list", "--account", &id],
        &["audit", "list", "--subject", SUBJECT, "--event", "two_factor.enabled"],
        &["audit", "export", "--subject", SUBJECT, "--format", "csv"],
    ] {
        let [here, there] = Side::BOTH.map(|side| side.run(&staff, arguments).expect(0).results);
        assert_eq!(here, there, "{arguments:?}");
        assert!(here.contains(&id), "{arguments:?}: {here}");
    }
}

#[test]
fn the_audit_trail_is_filtered_by_subject() {
    let Service { staff, key, id, .. } = Service::new();
    let encoded = encoded(SUBJECT);
    let kinds = |list: &Value| {
        let events = list["items"].as_array().unwrap().clone();
        assert!(events.iter().all(|event| event["account_id"] == json!(id)), "{list}");
        events.iter().map(|event| text(&event["event"])).collect::<Vec<_>>()
    };
    let over_api = |query: &str| kinds(&staff.admin.get(&format!("/v1/admin/audit-events?{query}")).expect(200));
    let all = over_api(&format!("account={id}"));
    assert!(all.contains(&"account.created".to_owned()) && all.contains(&"two_factor.enabled".to_owned()), "{all:?}");
    for query in [format!("account={encoded}"), format!("subject={encoded}")] {
        assert_eq!(over_api(&query), all, "{query}");
        assert_eq!(over_api(&format!("{query}&event=two_factor.enabled")), ["two_factor.enabled"], "{query}");
    }
    for side in Side::BOTH {
        for filter in [["--account", SUBJECT], ["--subject", SUBJECT], ["--account", &id]] {
            let listed = side.run(&staff, &[&["audit", "list"], &filter[..]].concat()).expect(0).json();
            assert_eq!(kinds(&listed), all, "{side:?} {filter:?}");
        }
        let nobody = side.run(&staff, &["audit", "list", "--subject", "nobody"]).expect(0);
        assert_eq!(nobody.json()["items"], json!([]));
        assert!(nobody.prose.contains("Nobody goes by \"nobody\""), "{nobody:?}");
    }
    assert!(over_api("subject=nobody").is_empty());
    let both = staff.admin.get(&format!("/v1/admin/audit-events?account={id}&subject={encoded}"));
    assert_eq!(fields(&both.expect_problem(400, "invalid_request")), ["subject"]);
    // What happened outlives the subject, and is found by its id.
    key.delete(&path(SUBJECT, "")).expect(204);
    assert!(over_api(&format!("subject={encoded}")).is_empty());
    assert_eq!(over_api(&format!("account={id}")), [&["account.deleted".to_owned()], &all[..]].concat());
    for side in Side::BOTH {
        let listed = side.run(&staff, &["audit", "list", "--account", &id, "--limit", "1"]).expect(0).json();
        assert_eq!(kinds(&listed), ["account.deleted"], "{side:?}");
    }
}

#[test]
fn a_name_of_an_account_and_a_subject_is_refused_until_it_says_which() {
    let staff = Staff::new();
    let key = staff.key(&["verify", "enroll", "manage"]);
    let kim = staff.enrolled();
    let login = kim.account.login.as_str();
    let id = id_of(&kim.session);
    Subject::enroll(&key, login);
    let twin = ids(&staff.admin.get(&format!("{ACCOUNTS}?subject={}", encoded(login))).expect(200));
    let [twin] = &twin[..] else { panic!("one subject: {twin:?}") };
    assert_ne!(*twin, id);

    for side in Side::BOTH {
        for arguments in [
            &["account", "show", login][..],
            &["account", "unlock", login],
            &["account", "disable-2fa", login, "--yes"],
            &["account", "delete", login, "--yes"],
            &["account", "set-role", login, "admin"],
            &["audit", "list", "--account", login],
        ] {
            let said = side.run(&staff, arguments).expect(1);
            assert!(said.results.is_empty(), "{side:?} {arguments:?}: {said:?}");
            for told in [&format!("the account {login} (id {id})"), &format!("the subject {login} (id {twin})")] {
                assert!(said.prose.contains(told), "{side:?} {arguments:?}: {said:?}");
            }
            assert!(said.prose.contains("--subject"), "{said:?}");
        }
        for (name, meant) in [(&[login, "--subject"][..], twin), (&["--subject", login], twin), (&[&*id], &id)] {
            let shown = side.run(&staff, &[&["account", "show"], name].concat()).expect(0).json();
            assert_eq!(shown["id"], json!(meant), "{side:?} {name:?}");
        }
    }
    let encoded = encoded(login);
    let mut both = ids(&staff.admin.get(&format!("{ACCOUNTS}?name={encoded}")).expect(200));
    both.sort();
    let mut expected = [id.clone(), twin.clone()];
    expected.sort();
    assert_eq!(both, expected);
    let several = staff.admin.get(&format!("/v1/admin/audit-events?account={encoded}"));
    assert_eq!(fields(&several.expect_problem(400, "invalid_request")), ["account"]);
    let events = staff.admin.get(&format!("/v1/admin/audit-events?subject={encoded}")).expect(200);
    let events = events["items"].as_array().unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event["account_id"] == json!(twin)), "{events:?}");
    // Nothing was done to either.
    assert!(kim.session.is_signed_in());
    assert_eq!(key.get(&path(login, "two-factor")).expect(200)["enabled"], true);
}

#[test]
fn the_api_finds_accounts_and_subjects_by_name_and_by_parts_of_what_they_are_called() {
    let Service { staff, id, .. } = Service::new();
    let list = |query: &str| staff.admin.get(&format!("{ACCOUNTS}?{query}")).expect(200);
    let kim = staff.account("member");
    let kim_id = id_of(&kim.session(&staff.client()));
    let stranger = Account::create_in(staff.deployment(), &Realm::create(staff.deployment(), "recommended"));
    let (subject, login) = (encoded(SUBJECT), encoded(&kim.login.to_uppercase()));
    for (query, found) in [
        (format!("name={subject}"), vec![&id]),
        (format!("subject={subject}"), vec![&id]),
        (format!("name={id}"), vec![&id]),
        (format!("name={login}"), vec![&kim_id]),
        (format!("subject={login}"), vec![]),
        (format!("name={}", encoded(LABEL)), vec![]),
        (format!("name={}", encoded(&stranger.login)), vec![]),
        ("query=user%2042".to_owned(), vec![&id]),
        ("query=HOPPER".to_owned(), vec![&id]),
    ] {
        let list = list(&query);
        assert_eq!((ids(&list).iter().collect::<Vec<_>>(), &list["next_cursor"]), (found, &Value::Null), "{query}");
    }
    let item = &list(&format!("name={id}"))["items"][0];
    assert_eq!((&item["subject"], &item["two_factor"]), (&json!(SUBJECT), &json!("enabled")));
    assert_eq!(staff.admin.get(&account_path(&id, "")).expect(200)["subject"], json!(SUBJECT));
    let disabled = staff.admin.patch(&account_path(&id, ""), json!({ "disabled": true })).expect(200);
    assert_eq!(disabled["subject"], json!(SUBJECT));
    assert_eq!(list(&format!("name={kim_id}"))["items"][0]["subject"], Value::Null);

    for (query, field) in [
        ("name=kim&subject=kim", "subject"),
        ("name=kim&role=admin", "name"),
        ("name=kim&limit=1", "name"),
        ("subject=kim&query=kim", "subject"),
        ("name=a%00b", "name"),
        ("subject=", "subject"),
        ("subject=a%E2%80%AEb", "subject"),
    ] {
        let refused = staff.admin.get(&format!("{ACCOUNTS}?{query}")).expect_problem(400, "invalid_request");
        assert_eq!(fields(&refused), [field], "{query}");
    }
}

#[test]
fn a_subject_gets_nothing_that_only_those_have_who_sign_in() {
    let Service { staff, id, .. } = Service::new();
    let path = account_path(&id, "");
    for (field, body) in [
        ("login", json!({ "login": "grace" })),
        ("role", json!({ "role": "owner" })),
        ("password", json!({ "password": "amber lantern harbor" })),
        ("two_factor_required", json!({ "two_factor_required": true })),
        ("password_change_required", json!({ "password_change_required": true })),
    ] {
        let refused = staff.owner.patch(&path, body).expect_problem(400, "invalid_request");
        assert_eq!(fields(&refused), [field]);
    }
    // An owner who cannot sign in would be one that a realm could be left with.
    for side in Side::BOTH {
        let said = side.run(&staff, &["account", "set-role", SUBJECT, "owner"]).expect(1);
        assert!(said.prose.contains("is for accounts that sign in, and this is a subject"), "{side:?}: {said:?}");
    }
    assert_eq!(staff.admin.get(&path).expect(200)["role"], "member");
}

#[test]
fn a_realm_is_named_by_one_option_on_either_side() {
    let staff = Staff::new();
    let slug = staff.realm.slug.as_str();
    let [here, there] = Side::BOTH.map(|side| match side {
        Side::Local => staff.deployment().run(&["realm", "show", "--realm", slug, "--output", "json"]),
        Side::Remote => side.run(&staff, &["realm", "show", "--realm", slug]),
    });
    let (here, there) = (here.expect(0).json(), there.expect(0).json());
    assert_eq!((&here, &here["slug"]), (&there, &json!(slug)));
    let other = Realm::create(staff.deployment(), "recommended");
    for arguments in [
        &["realm", "show", "--realm", &other.slug][..],
        &["account", "list", "--realm", &other.slug],
        &["account", "set-role", "kim", "admin", "--realm", "nowhere"],
    ] {
        let said = Side::Remote.run(&staff, arguments).expect(2);
        assert!(said.results.is_empty() && said.prose.contains(slug), "{arguments:?}: {said:?}");
    }
    for positional in [&["realm", "show", slug][..], &["realm", "set-appearance", slug, "--name", "A"]] {
        staff.deployment().run(positional).expect(2);
    }
}
