use countersign_tests::browser::Jar;
use countersign_tests::{Account, Server, unique};

use crate::without_browser::{SESSION, signed_in};

/// Someone whose account an administrator just added on the pages, with the password that they were told.
fn added(server: &Server, stays: bool) -> Account {
    let lee = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
    let fields = [("login", &*kim.login), ("password", &*kim.password), ("proof_password", &*lee.password)];
    let tick = [("password_stays", "yes")];
    let fields = [&fields[..], if stays { &tick } else { &[] }].concat();
    let made = signed_in(server, &lee).post("/admin/accounts/new", &fields);
    assert_eq!(made.status, 303, "{}", made.text());
    kim
}

fn sign_in(jar: &mut Jar, account: &Account, password: &str) -> String {
    let answer = jar.post("/sign-in", &[("realm", "default"), ("login", &account.login), ("password", password)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

#[test]
fn a_password_that_an_administrator_gave_is_changed_before_anything_else() {
    let server = Server::start();
    let kim = added(&server, false);
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    assert_eq!(sign_in(&mut jar, &kim, &kim.password), "/security", "which leads on");
    for path in ["/security", "/security/enroll", "/security/sessions", "/security/activity", "/admin/accounts"] {
        let answer = jar.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, "/security/password"), "{path}");
    }
    let before = jar.cookie(SESSION).to_owned();
    let new = unique::password();
    let change = |jar: &mut Jar, new: &str| {
        let fields = [("current_password", &*kim.password), ("new_password", new), ("new_password_again", new)];
        jar.post("/security/password", &fields)
    };
    assert_eq!(change(&mut jar, &kim.password).status, 422, "the same is no change");
    let changed = change(&mut jar, &new);
    assert_eq!((changed.status, changed.header("location")), (303, "/security"), "{}", changed.text());
    assert_ne!(jar.cookie(SESSION), before, "a new level is a new token");
    assert_eq!(jar.get("/security/sessions").status, 200);
    let mut again = Jar::of(&server);
    again.get("/sign-in");
    assert_eq!(sign_in(&mut again, &kim, &new), "/security");
}

#[test]
fn an_administrator_may_let_a_password_stay() {
    let server = Server::start();
    added(&server, true).session(&server.client());
}
