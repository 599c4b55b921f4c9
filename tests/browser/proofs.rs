use countersign_tests::browser::Jar;
use countersign_tests::{Account, Realm, Server, unique};

use crate::kept::{expect_unchanged, kept};
use crate::without_browser::{between, id_of, signed_in};

/// Someone who administers, at the pages, and an account of the realm.
struct Office {
    server: Server,
    lee: Account,
    jar: Jar,
}

impl Office {
    fn of(role: &str) -> Self {
        let server = Server::start();
        let lee = Account::named(server.deployment(), "default", &unique::login(), role);
        let jar = signed_in(&server, &lee);
        Self { server, lee, jar }
    }

    /// Sends a form without a proof and with wrong ones, which must not do it; then with the right one, whose answer's
    /// status comes back.
    #[track_caller]
    fn wants_a_proof(&mut self, path: &str, fields: &[(&str, &str)]) -> u16 {
        let before = kept(self.server.deployment());
        for missing in [&[][..], &[("proof_password", "")]] {
            let answer = self.jar.post(path, &[fields, missing].concat());
            assert_eq!(answer.status, 422, "{path} with {missing:?}: {}", answer.text());
            assert!(answer.text().contains("name=\"proof_password\""), "{path}: it is asked for: {}", answer.text());
            expect_unchanged(self.server.deployment(), &before, path);
        }
        let answer = self.jar.post(path, &[fields, &[("proof_password", "not the password")]].concat());
        assert_eq!(answer.status, 422, "{path}: {}", answer.text());
        assert!(!answer.text().contains("not the password"), "{path}: what was typed is not repeated");
        // The failure is counted; nothing else is otherwise.
        let but_for_failures = |kept: &[String]| -> Vec<String> {
            let of_people = |line: &&String| !line.contains("audit_event") && !line.contains("second_factor");
            kept.iter().filter(of_people).cloned().collect()
        };
        assert_eq!(but_for_failures(&kept(self.server.deployment())), but_for_failures(&before), "{path}");
        // What was guessed wrong counts over all acts.
        self.server.deployment().run(&["account", "unlock", &self.lee.login]).expect(0);
        self.jar.post(path, &[fields, &[("proof_password", &self.lee.password)]].concat()).status
    }

    fn policy(&self, group: &str, key: &str) -> String {
        let show = ["realm", "show", "--realm", "default", "--output", "json"];
        self.server.deployment().run(&show).expect(0).json()["policy"][group][key].to_string()
    }

    /// The version of the realm, as the page of the policy shows it.
    fn version(&mut self) -> String {
        between(&self.jar.get("/admin/policy").text(), "name=\"version\" value=\"", "\"").to_owned()
    }
}

#[test]
fn the_policy_is_not_changed_by_a_session_alone() {
    let mut office = Office::of("owner");
    let version = office.version();
    let fields = [("act", "fields"), ("version", &*version), ("totp.digits", "8"), ("confirmed", "yes")];
    // Not confirmed, it is only shown, with or without the proof.
    let before = kept(office.server.deployment());
    for proof in [&[][..], &[("proof_password", &*office.lee.password)]] {
        let shown = office.jar.post("/admin/policy", &[&fields[..3], proof].concat());
        assert_eq!(shown.status, 200, "{}", shown.text());
        expect_unchanged(office.server.deployment(), &before, "what is not confirmed");
    }
    assert_eq!(office.wants_a_proof("/admin/policy", &fields), 303);
    assert_eq!(office.policy("totp", "digits"), "8");
}

#[test]
fn a_preset_is_not_taken_over_by_a_session_alone() {
    let mut office = Office::of("owner");
    let version = office.version();
    let fields = [("act", "preset"), ("preset", "dqos"), ("version", &*version), ("confirmed", "yes")];
    assert_eq!(office.policy("recovery_codes", "count"), "10");
    assert_eq!(office.wants_a_proof("/admin/policy", &fields), 303);
    assert_eq!(office.policy("recovery_codes", "count"), "8");
}

#[test]
fn a_key_is_not_made_by_a_session_alone() {
    for role in ["owner", "admin"] {
        let mut office = Office::of(role);
        let fields = [("name", "Web shop"), ("scope", "verify"), ("scope", "admin"), ("expiry", "never")];
        assert_eq!(office.wants_a_proof("/admin/api-keys", &fields), 303, "{role}");
        let keys = office.server.deployment().query("SELECT name, scopes FROM api_key");
        assert!(keys.lines().count() == 1 && keys.starts_with("Web shop"), "{role}: {keys}");
    }
}

#[test]
fn nobody_is_made_an_administrator_or_owner_by_a_session_alone() {
    for (giver, role) in [("admin", "admin"), ("owner", "admin"), ("owner", "owner")] {
        let mut office = Office::of(giver);
        let kim = Account::create(office.server.deployment()).session(&office.server.client());
        let path = format!("/admin/accounts/{}/role", id_of(&kim));
        assert_eq!(office.wants_a_proof(&path, &[("role", role)]), 303, "{giver} makes {role}");
        assert_eq!(kim.get("/v1/account").expect(200)["role"], role);
    }
}

#[test]
fn nobody_is_added_deleted_demoted_or_let_in_by_a_session_alone() {
    let mut office = Office::of("admin");
    let login = unique::login();
    let password = unique::password();
    let fields = [("login", &*login), ("password", &*password)];
    assert_eq!(office.wants_a_proof("/admin/accounts/new", &fields), 303);
    let kim = Account { realm: "default".to_owned(), login, password };
    // Whoever got a password from someone else has to change it before anything else.
    let signed_in = kim.sign_in(&office.server.client()).expect(200);
    assert_eq!(signed_in["status"], "password_change_required");
    let id = signed_in["account"]["id"].as_str().unwrap().to_owned();
    for (act, role) in [("role", "admin"), ("role", "member"), ("enable", ""), ("delete", "")] {
        if act == "enable" {
            // Shutting someone out has to be quick.
            assert_eq!(office.jar.post(&format!("/admin/accounts/{id}/disable"), &[]).status, 303);
        }
        let path = format!("/admin/accounts/{id}/{act}");
        assert_eq!(office.wants_a_proof(&path, &[("role", role), ("reason", "left")]), 303, "{act} {role}");
    }
    kim.sign_in(&office.server.client()).expect(401);
}

#[test]
fn nobodys_two_factor_is_turned_off_by_a_session_alone() {
    let mut office = Office::of("admin");
    let kim = Account::create(office.server.deployment()).enroll(&office.server.client());
    let path = format!("/admin/accounts/{}/disable-two-factor", id_of(&kim.session));
    assert_eq!(office.wants_a_proof(&path, &[("reason", "lost the phone")]), 303);
    kim.account.session(&office.server.client());
}

#[test]
fn no_key_is_revoked_by_a_session_alone() {
    let mut office = Office::of("owner");
    let realm = Realm { slug: "default".to_owned(), issuer: String::new() };
    let key = realm.api_key(office.server.deployment(), &["admin"]);
    assert_eq!(office.wants_a_proof(&format!("/admin/api-keys/{}/revoke", key.id), &[]), 303);
    key.client(&office.server.client()).get("/v1/admin/realm").expect(401);
}

#[test]
fn an_administrator_is_offered_and_may_send_nothing_that_protects_owners() {
    let mut office = Office::of("admin");
    let version = office.version();
    let page = office.jar.get("/admin/policy").text();
    assert!(!page.contains("name=\"throttle.free_failures\"") && page.contains("throttle.free_failures"), "{page}");
    assert!(page.contains("name=\"authenticators.user_chosen_issuer\""));
    let before = kept(office.server.deployment());
    let proof = ("proof_password", &*office.lee.password.clone());
    for fields in [
        [("act", "fields"), ("throttle.free_failures", "10"), ("version", &*version), ("confirmed", "yes"), proof],
        [("act", "preset"), ("preset", "docspell"), ("version", &version), ("confirmed", "yes"), proof],
    ] {
        let answer = office.jar.post("/admin/policy", &fields);
        assert_eq!(answer.status, 403, "{}", answer.text());
        expect_unchanged(office.server.deployment(), &before, fields[1].1);
    }
    let own = [("act", "fields"), ("issuer", "Shop"), ("version", &version), ("confirmed", "yes"), proof];
    assert_eq!(office.jar.post("/admin/policy", &own).status, 303);
}

#[test]
fn nobodys_password_is_set_by_a_session_alone() {
    let mut office = Office::of("admin");
    let kim = Account::create(office.server.deployment()).session(&office.server.client());
    let path = format!("/admin/accounts/{}/password", id_of(&kim));
    assert_eq!(office.wants_a_proof(&path, &[("password", "amber lantern harbor")]), 303);
    assert!(!kim.is_signed_in());
}
