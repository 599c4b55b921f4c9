//! What outlasts a session asks for the administrator's own proof, over the API as on the pages.

use std::collections::BTreeSet;

use countersign_tests::account::{fields, text};
use countersign_tests::openapi::{self, Operation};
use countersign_tests::{Account, Client, unique};
use serde_json::{Value, json};

use crate::staff::{ACCOUNTS, Staff, account_path, body_of, id_of};

/// What administrators do that gives nobody anything.
const HARMLESS: &str = "unlock_account";

/// What only operators do; `operators.rs` asks them for a proof.
const OPERATORS: &str = "create_realm";

/// What there is for administrators to act on: an account, and a key.
struct Place {
    staff: Staff,
    kim: Account,
    kim_id: String,
    key_id: String,
}

impl Place {
    fn new() -> Self {
        let staff = Staff::new();
        let kim = staff.enrolled();
        let key_id = staff.realm.api_key(staff.deployment(), &["verify"]).id;
        Self { kim_id: id_of(&kim.session), kim: kim.account, key_id, staff }
    }

    fn path(&self, operation: &Operation) -> String {
        let id = if operation.path.contains("/api-keys/") { &self.key_id } else { &self.kim_id };
        operation.path.replace("{id}", id)
    }

    /// All that could be changed by it.
    fn kept(&self) -> String {
        [
            "SELECT login, role, password_version, disabled_at FROM account",
            "SELECT name FROM api_key",
            "SELECT issuer, policy, version FROM realm",
            "SELECT display_name FROM realm_appearance",
            "SELECT name, status FROM authenticator",
        ]
        .map(|query| self.staff.deployment().query(query))
        .join("\n")
    }
}

/// The operations of administrators that change something.
fn changes(client: &Client) -> Vec<Operation> {
    let all = openapi::operations(client).into_iter();
    all.filter(|it| it.bearer == "administrator" && it.method != "GET" && ![HARMLESS, OPERATORS].contains(&&*it.id))
        .collect()
}

#[test]
fn every_act_of_an_administrator_that_outlasts_the_session_wants_a_proof() {
    let place = Place::new();
    let operations = changes(&place.staff.client());
    assert!(operations.len() >= 9, "{}", operations.len());
    let owner = place.staff.owner.without_proof();
    let before = place.kept();
    for operation in &operations {
        assert!(operation.fields().iter().any(|(name, _)| name == "proof"), "{} takes a proof", operation.id);
        let (path, body) = (place.path(operation), body_of(operation));
        let with = |proof: Value| {
            let mut body = body.clone();
            body["proof"] = proof;
            owner.send(&operation.method, &path, Some(&body))
        };
        for missing in [owner.send(&operation.method, &path, Some(&body)), with(json!({})), with(Value::Null)] {
            let problem = missing.expect_problem(422, "invalid_proof");
            assert_eq!(fields(&problem), ["password"], "{}: {problem}", operation.id);
        }
        if operation.method == "DELETE" {
            owner.delete(&path).expect_problem(422, "invalid_proof");
        }
        let problem = with(json!({ "password": "not the password" })).expect_problem(422, "invalid_proof");
        assert_eq!(fields(&problem), ["password"], "{}: {problem}", operation.id);
        assert!(!problem.to_string().contains("not the password"), "{}: {problem}", operation.id);
        let problem = with(json!({ "password": 7 })).expect_problem(400, "invalid_request");
        assert_eq!(fields(&problem), ["proof.password"], "{}: {problem}", operation.id);
        with(json!({ "passwort": "x" })).expect_problem(400, "invalid_request");
        assert_eq!(place.kept(), before, "{}", operation.id);
        unlock(&place.staff);
    }
}

/// Forgets the owner's failures.
fn unlock(staff: &Staff) {
    let login = text(&staff.owner.get("/v1/account").expect(200)["login"]);
    staff.deployment().run(&["account", "unlock", &login, "--realm", &staff.realm.slug]).expect(0);
}

#[test]
fn with_the_password_or_an_api_key_all_of_it_is_done() {
    let place = Place::new();
    let done: BTreeSet<String> = changes(&place.staff.client()).iter().map(|it| it.id.clone()).collect();
    for operation in changes(&place.staff.client()) {
        for by_key in [false, true] {
            // Each on something of its own: some take away what they act on.
            let place = Place::new();
            let key = place.staff.key(&["admin"]);
            let client = if by_key { &key } else { &place.staff.owner };
            let answer = client.send(&operation.method, &place.path(&operation), Some(&body_of(&operation)));
            assert!([200, 201, 204].contains(&answer.status), "{}: {}", operation.id, answer.text());
        }
    }
    assert!(done.contains("revoke_api_key") && done.contains("post_delete_account"), "{done:?}");
}

#[test]
fn an_api_key_needs_no_body_to_delete() {
    let place = Place::new();
    let key = place.staff.key(&["admin"]);
    key.delete(&account_path(&place.kim_id, "")).expect(204);
    key.delete(&format!("/v1/admin/api-keys/{}", place.key_id)).expect(204);
    place.kim.sign_in(&place.staff.client()).expect(401);
}

#[test]
fn shutting_someone_out_and_ending_a_wait_take_no_proof_and_letting_in_does() {
    let place = Place::new();
    let owner = place.staff.owner.without_proof();
    let path = account_path(&place.kim_id, "");
    owner.post(&account_path(&place.kim_id, "unlock"), json!({})).expect(204);
    owner.patch(&path, json!({ "disabled": true })).expect(200);
    place.kim.sign_in(&place.staff.client()).expect(401);
    owner.patch(&path, json!({ "disabled": false })).expect_problem(422, "invalid_proof");
    owner.patch(&path, json!({ "disabled": true, "role": "member" })).expect_problem(422, "invalid_proof");
    place.staff.owner.patch(&path, json!({ "disabled": false })).expect(200);
}

#[test]
fn what_would_be_refused_in_any_case_says_so_first_and_counts_nothing() {
    let staff = Staff::new();
    let admin = staff.admin.without_proof();
    let owner = account_path(&id_of(&staff.owner), "");
    let nobody = account_path("01890000-0000-7000-8000-000000000000", "");
    let wrong = json!({ "password": "not the password" });
    for _ in 0..8 {
        admin.patch(&owner, json!({ "role": "member", "proof": wrong })).expect_problem(403, "forbidden");
        admin.send("DELETE", &nobody, Some(&json!({ "proof": wrong }))).expect_problem(404, "not_found");
        let illegal = json!({ "login": "a:b", "proof": wrong });
        admin.post(ACCOUNTS, illegal).expect_problem(400, "invalid_request");
    }
    staff.admin.post(ACCOUNTS, json!({ "login": unique::login() })).expect(201);
}

#[test]
fn guesses_at_the_proof_are_counted_with_all_others() {
    let staff = Staff::new();
    let wrong = json!({ "login": unique::login(), "proof": { "password": "not the password" } });
    let statuses: Vec<u16> = (0..10).map(|_| staff.owner.post(ACCOUNTS, wrong.clone()).status).collect();
    let verdicts = statuses.iter().take_while(|status| **status == 422).count();
    assert!((1..=6).contains(&verdicts) && statuses[verdicts..].iter().all(|it| *it == 429), "{statuses:?}");
    let right = staff.owner.post(ACCOUNTS, json!({ "login": unique::login() }));
    right.expect_problem(429, "too_many_attempts");
}

#[test]
fn with_two_factor_on_an_administrator_gives_a_code_as_well() {
    let staff = Staff::new();
    let mut lee = staff.account("owner").enroll(&staff.client());
    let session = lee.session.clone();
    let make = |proof: Value| session.post(ACCOUNTS, json!({ "login": unique::login(), "proof": proof }));
    let problem = make(json!({ "password": lee.account.password })).expect_problem(422, "invalid_proof");
    assert_eq!(fields(&problem), ["code"]);
    let code = lee.recovery_code();
    let both = json!({ "password": lee.account.password, "code": code });
    make(both.clone()).expect(201);
    make(both).expect_problem(422, "invalid_code");
}
