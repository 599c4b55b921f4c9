use std::collections::BTreeSet;

use countersign_tests::account::{AUTHENTICATORS, text, texts};
use countersign_tests::{Account, Authenticator, Client, openapi};
use serde_json::{Value, json};

use crate::staff::Staff;

/// What a session that may only enroll can do.
const ENROLLING: [&str; 6] =
    ["show_account", "show_two_factor", "sign_out", "begin_enrollment", "show_enrollment_qr", "confirm_enrollment"];

/// Signs in where a second factor is required and missing.
#[track_caller]
fn restricted(account: &Account, client: &Client) -> Client {
    let body = account.sign_in(client).expect(200);
    assert_eq!(body["status"], "enrollment_required", "{body}");
    assert_eq!(body["account"]["login"], json!(account.login));
    client.with_token(&text(&body["session"]["token"]))
}

/// Every operation that people's tokens open, but for those of enrolling, is refused.
#[track_caller]
fn may_only_enroll(session: &Client) {
    let mut allowed = BTreeSet::new();
    for operation in openapi::operations(session).iter().filter(|operation| operation.secured) {
        if ENROLLING.contains(&&*operation.id) {
            allowed.insert(operation.id.clone());
            continue;
        }
        let body = operation.well_formed("000000");
        let answer = session.send(&operation.method, &operation.path_of_nothing(), body.as_ref());
        let expected =
            if operation.bearer == "api_key" { (401, "unauthenticated") } else { (403, "enrollment_required") };
        assert_eq!((answer.status, answer.code()), expected, "{}: {}", operation.id, answer.text());
        answer.check_problem();
    }
    assert_eq!(allowed.len(), ENROLLING.len(), "{allowed:?}");
}

#[test]
fn without_grace_a_sign_in_opens_nothing_but_the_enrollment() {
    let staff = Staff::with(&["enforcement.required_for=everyone", "enforcement.grace_days=0"]);
    let client = staff.client();
    for role in ["member", "admin", "owner"] {
        let account = staff.account(role);
        let session = restricted(&account, &client);
        may_only_enroll(&session);
        let state = session.get("/v1/account/two-factor").expect(200);
        assert_eq!((&state["required"], &state["enabled"]), (&json!(true), &json!(false)), "{role}");

        let begun = account.begin(&session);
        let id = text(&begun["authenticator"]["id"]);
        session.get(&format!("{AUTHENTICATORS}/{id}/qr-code")).expect(200);
        may_only_enroll(&session);
        let mut app = Authenticator::new(&text(&begun["secret"]));
        let confirm = format!("{AUTHENTICATORS}/{id}/confirm");
        let wrong = session.post(&confirm, json!({ "code": app.wrong_code() })).expect_problem(422, "invalid_code");
        assert!(wrong.get("session").is_none());
        let confirmed = session.post(&confirm, json!({ "code": app.fresh_code() })).expect(200);
        assert_eq!(texts(&confirmed["recovery_codes"]).len(), 10);

        // The answer has a session that may do everything; the one that enrolled did not become one.
        let full = client.with_token(&text(&confirmed["session"]["token"]));
        assert_ne!(full.token(), session.token());
        full.get("/v1/account/sessions").expect(200);
        full.get("/v1/account/activity").expect(200);
        assert_eq!(full.get("/v1/admin/realm").status, if role == "member" { 403 } else { 200 });
        assert!([401, 403].contains(&session.get("/v1/account/sessions").status));
        assert!([401, 403].contains(&session.post(AUTHENTICATORS, json!({ "password": account.password })).status));
        account.challenge(&client);
    }
}

#[test]
fn signing_out_works_for_a_session_that_may_only_enroll() {
    let staff = Staff::with(&["enforcement.required_for=everyone", "enforcement.grace_days=0"]);
    let session = restricted(&staff.account("member"), &staff.client());
    session.send("POST", "/v1/sign-out", None).expect(204);
    assert!(!session.is_signed_in());
}

#[test]
fn the_deadline_is_set_by_the_first_sign_in_and_never_moves() {
    let staff = Staff::with(&["enforcement.required_for=everyone", "enforcement.grace_days=14"]);
    let client = staff.client();
    let account = staff.account("member");
    let sign_in = || {
        let body = account.sign_in(&client).expect(200);
        assert_eq!(body["status"], "signed_in", "{body}");
        (client.with_token(&text(&body["session"]["token"])), text(&body["enrollment_deadline"]))
    };
    let (session, deadline) = sign_in();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let date = countersign_tests::tools::run("date", "coreutils", &["-d", &deadline, "+%s"], b"");
    let at: u64 = String::from_utf8(date).unwrap().trim().parse().unwrap();
    assert!(at.abs_diff(now + 14 * 86_400) < 60, "{deadline}");
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["required"], &state["enrollment_deadline"]), (&json!(true), &json!(deadline)));
    session.get("/v1/account/sessions").expect(200);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(sign_in().1, deadline);
    assert_eq!(sign_in().1, deadline);
    // Nor does it begin anew when the rule is lifted and set again.
    for required_for in ["nobody", "everyone"] {
        let setting = format!("enforcement.required_for={required_for}");
        staff.realm.set_policy(staff.deployment(), &[&setting]).expect(0);
    }
    assert_eq!(sign_in().1, deadline);

    // When it is over, what stands may only enroll as well.
    staff.realm.set_policy(staff.deployment(), &["enforcement.grace_days=0"]).expect(0);
    may_only_enroll(&session);
    restricted(&account, &client);
    let kim = account.begin(&session);
    assert!(kim["secret"].is_string(), "and it can");
}

#[test]
fn only_administrators_and_owners_have_to_where_the_policy_says_admins() {
    let staff = Staff::with(&["enforcement.required_for=admins", "enforcement.grace_days=0"]);
    let client = staff.client();
    for role in ["admin", "owner"] {
        restricted(&staff.account(role), &client);
    }
    let member = staff.account("member").session(&client);
    assert_eq!(member.get("/v1/account/two-factor").expect(200)["required"], false);
}

#[test]
fn turning_enforcement_on_locks_nobody_out() {
    let staff = Staff::new();
    let client = staff.client();
    let mut enrolled = staff.enrolled();
    let signed_in = staff.account("member");
    let session = signed_in.session(&client);
    let pending = staff.account("member");
    let pending_session = pending.session(&client);
    let begun = pending.begin(&pending_session);
    let never = staff.account("member");
    let settings = ["enforcement.required_for=everyone", "enforcement.grace_days=0"];
    staff.realm.set_policy(staff.deployment(), &settings).expect(0);

    // With a second factor, all is as it was.
    assert!(enrolled.session.get("/v1/account/sessions").status == 200);
    enrolled.sign_in(&client);
    let code = enrolled.recovery_code();
    enrolled.sign_in_with(&client, &code).expect(200);
    // Without one, every way in leads to the enrollment: in a session that stands, half-way, and from the start.
    signed_in.add_authenticator(&session);
    let mut app = Authenticator::new(&text(&begun["secret"]));
    let path = format!("{AUTHENTICATORS}/{}/confirm", text(&begun["authenticator"]["id"]));
    pending_session.post(&path, json!({ "code": app.fresh_code() })).expect(200);
    let (_, _, confirmed) = never.add_authenticator(&restricted(&never, &client));
    client.with_token(&text(&confirmed["session"]["token"])).get("/v1/account/sessions").expect(200);
    // Owner and administrator as well.
    for administrator in [&staff.owner, &staff.admin] {
        assert!(administrator.is_signed_in());
    }
    staff.realm.set_policy(staff.deployment(), &["enforcement.required_for=nobody"]).expect(0);
    assert_eq!(staff.admin.get("/v1/admin/realm").expect(200)["policy"]["enforcement"]["required_for"], "nobody");
}

#[test]
fn without_enforcement_no_deadline_is_named() {
    let staff = Staff::new();
    let body = staff.account("member").sign_in(&staff.client()).expect(200);
    assert_eq!((&body["status"], &body["enrollment_deadline"]), (&json!("signed_in"), &Value::Null));
}

#[test]
fn a_second_factor_can_be_required_of_one_account_and_of_all_but_one() {
    let staff = Staff::with(&["enforcement.grace_days=0"]);
    let client = staff.client();
    let (kim, lee) = (staff.account("member"), staff.account("member"));
    let path = |account: &Account| {
        let found = staff.owner.get(&format!("/v1/admin/accounts?query={}", account.login)).expect(200);
        format!("/v1/admin/accounts/{}", text(&found["items"][0]["id"]))
    };
    staff.owner.patch(&path(&kim), json!({ "two_factor_required": true })).expect(200);
    restricted(&kim, &client);
    lee.session(&client);
    let shown = staff.owner.get(&path(&kim)).expect(200);
    assert_eq!((&shown["two_factor_required"], &shown["required"]), (&json!(true), &json!(true)));
    assert!(shown["enrollment_deadline"].is_string());

    staff.realm.set_policy(staff.deployment(), &["enforcement.required_for=everyone"]).expect(0);
    let exempt = ["account", "require-2fa", &lee.login, "--exempt", "--realm", &staff.realm.slug];
    staff.deployment().run(&exempt).expect(0);
    lee.session(&client);
    let by_policy = ["account", "require-2fa", &lee.login, "--by-policy", "--realm", &staff.realm.slug];
    staff.deployment().run(&by_policy).expect(0);
    restricted(&lee, &client);
    staff.deployment().run(&["account", "require-2fa", &lee.login, "--realm", &staff.realm.slug]).expect(0);
    let found = staff.deployment().run(&["account", "show", &lee.login, "--realm", &staff.realm.slug]).expect(0);
    assert_eq!(found.json()["two_factor_required"], true);
}

#[test]
fn an_administrator_without_a_required_second_factor_administers_nothing() {
    let staff = Staff::new();
    let client = staff.client();
    let promoted = staff.account("member");
    let session = promoted.session(&client);
    staff.realm.set_policy(staff.deployment(), &["enforcement.required_for=admins"]).expect(0);
    staff.owner.get("/v1/admin/accounts").expect_problem(403, "enrollment_required");
    staff.owner.get("/v1/account/sessions").expect(200);

    let role = ["account", "set-role", &promoted.login, "admin", "--realm", &staff.realm.slug];
    staff.deployment().run(&role).expect(0);
    let shown = session.get("/v1/account").expect(200);
    assert_eq!((&shown["role"], &shown["effective_role"]), (&json!("admin"), &json!("member")));
    session.get("/v1/admin/accounts").expect_problem(403, "enrollment_required");
    let state = session.get("/v1/account/two-factor").expect(200);
    assert!(state["enrollment_deadline"].is_string(), "{state}");
    promoted.add_authenticator(&session);
    session.get("/v1/admin/accounts").expect(200);
    let shown = session.get("/v1/account").expect(200);
    assert_eq!((shown.get("effective_role"), &shown["session"]["amr"]), (None, &json!(["pwd", "otp"])));
}

#[test]
fn the_account_tells_what_its_session_may_do() {
    let staff = Staff::with(&["enforcement.required_for=everyone", "enforcement.grace_days=0"]);
    let client = staff.client();
    let session = restricted(&staff.account("member"), &client);
    let shown = session.get("/v1/account").expect(200);
    assert_eq!((&shown["session"]["purpose"], &shown["session"]["amr"]), (&json!("enroll_only"), &json!(["pwd"])));
    assert!(shown["session"]["signed_in_at"].is_string());
}
