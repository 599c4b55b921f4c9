use countersign_tests::{Account, Realm, Server, unique};

use crate::inhabited::Inhabited;
use crate::kept::{expect_unchanged, kept};
use crate::routes::{ACTS_ON_OTHERS, routes};
use crate::without_browser::{at_the_pages, id_of, is_signed_in, signed_in};

#[test]
fn an_administrator_acts_neither_on_owners_nor_on_the_own_account_nor_in_another_realm_whatever_is_sent() {
    let server = Server::start();
    let deployment = server.deployment();
    let lee = Account::named(deployment, "default", &unique::login(), "admin");
    let mut owner = Account::named(deployment, "default", &unique::login(), "owner").enroll(&server.client());
    let realm = Realm::create(deployment, "recommended");
    let stranger = Account::create_in(deployment, &realm).enroll(&server.client());
    let disabled = Account::named(deployment, "default", &unique::login(), "owner");
    let id_of_disabled = id_of(&disabled.session(&server.client()));
    let mut jar = signed_in(&server, &lee);
    // Shutting someone out takes no proof.
    let mut owners_jar = at_the_pages(&server, &mut owner);
    let done = owners_jar.post(&format!("/admin/accounts/{id_of_disabled}/disable"), &[]);
    assert_eq!(done.status, 303, "{}", done.text());
    let own = id_of(&lee.session(&server.client()));
    let before = kept(deployment);
    for (who, id) in [
        ("an owner", id_of(&owner.session)),
        ("a disabled owner", id_of_disabled),
        ("the own account", own),
        ("a stranger", id_of(&stranger.session)),
    ] {
        for act in ACTS_ON_OTHERS {
            for role in ["member", "admin", "owner"] {
                let own = lee.password.as_str();
                let fields = [
                    ("role", role),
                    ("reason", "it was asked for"),
                    ("password", "new-words-42-x"),
                    ("proof_password", own),
                ];
                let answer = jar.post(&format!("/admin/accounts/{id}/{act}"), &fields);
                let refused = if who == "a stranger" { answer.status == 404 } else { answer.status == 403 };
                assert!(refused, "{act} on {who}, role {role}: {} {}", answer.status, answer.text());
            }
            expect_unchanged(deployment, &before, &format!("{act} on {who}"));
        }
    }
    assert!(owner.session.is_signed_in() && stranger.session.is_signed_in() && is_signed_in(&jar));
}

#[test]
fn an_administrator_makes_administrators_but_no_owners_whatever_is_sent() {
    let server = Server::start();
    let deployment = server.deployment();
    let lee = Account::named(deployment, "default", &unique::login(), "admin");
    let kim = Account::create(deployment).session(&server.client());
    let mut jar = signed_in(&server, &lee);
    let path = format!("/admin/accounts/{}/role", id_of(&kim));
    let before = kept(deployment);
    let mut grant = |role| jar.post(&path, &[("role", role), ("proof_password", &lee.password)]);
    let refused = grant("owner");
    assert_eq!(refused.status, 403, "{}", refused.text());
    expect_unchanged(deployment, &before, "making an owner");
    let done = grant("admin");
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(kim.get("/v1/account").expect(200)["role"], "admin");
}

#[test]
fn an_account_that_an_administrator_adds_is_a_members_whatever_is_sent() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &unique::login(), "admin");
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
    let fields = [
        ("login", &*kim.login),
        ("password", &kim.password),
        ("role", "owner"),
        ("realm", &realm.slug),
        ("password_stays", "yes"),
        ("proof_password", &lee.password),
    ];
    let made = signed_in(&server, &lee).post("/admin/accounts/new", &fields);
    assert_eq!(made.status, 303, "{}", made.text());
    assert_eq!(kim.session(&server.client()).get("/v1/account").expect(200)["role"], "member");
}

#[test]
fn a_member_gets_no_page_no_file_and_no_act_of_the_administration() {
    let place = Inhabited::new();
    let mut jar = place.member_at_the_pages();
    let before = kept(place.deployment());
    let mut tried = 0;
    for route in routes().iter().filter(|route| route.path.starts_with("/admin")) {
        let path = place.address(&route.path);
        if route.post {
            let answer = jar.post(&path, &place.fields(&path, &place.member.account));
            assert_eq!(answer.status, 403, "POST {path}: {}", answer.text());
            tried += 1;
        }
        if route.get {
            for query in ["", "?format=csv", "?format=jsonl", "?role=admin"] {
                let answer = jar.get(&format!("{path}{query}"));
                // The bare address leads on to what is refused.
                let refused = if path == "/admin" { (303, "/admin/accounts") } else { (403, "") };
                assert_eq!((answer.status, answer.header("location")), refused, "GET {path}{query}");
                assert!(!answer.text().contains(&place.owner.account.login), "GET {path}{query}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 50, "{tried}");
    expect_unchanged(place.deployment(), &before, "a member");
}

#[test]
fn nobody_revokes_a_key_of_another_realm() {
    let server = Server::start();
    let deployment = server.deployment();
    let (here, there) = (Realm::create(deployment, "recommended"), Realm::create(deployment, "recommended"));
    let [own, other] = [&here, &there].map(|realm| realm.api_key(deployment, &["admin"]));
    for role in ["admin", "owner"] {
        let lee = Account::create_as(deployment, &here, role);
        let mut jar = signed_in(&server, &lee);
        let fields = [("proof_password", &*lee.password)];
        let path = format!("/admin/api-keys/{}/revoke", other.id);
        let before = kept(deployment);
        assert_eq!((jar.get(&path).status, jar.post(&path, &fields).status), (404, 404), "{role}");
        expect_unchanged(deployment, &before, role);
        other.client(&server.client()).get("/v1/admin/realm").expect(200);
        if role == "owner" {
            assert_eq!(jar.post(&format!("/admin/api-keys/{}/revoke", own.id), &fields).status, 303);
            own.client(&server.client()).get("/v1/admin/realm").expect_problem(401, "unauthenticated");
        }
    }
}
