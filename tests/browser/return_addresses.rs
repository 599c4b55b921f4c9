use countersign_tests::browser::Jar;
use countersign_tests::{Account, Answer, Enrolled, Server};

use crate::kept::{expect_unchanged, kept};
use crate::without_browser::{escaped, password_given, set_cookies, signed_in};

/// What the realm allows.
const LIST: [&str; 2] = ["https://shop.example/account", "https://panel.example:8443/"];

/// What it does not, or what a server might take for something that it does not.
const REFUSED: [&str; 17] = [
    "https://evil.example/account",
    "//shop.example/account",
    "http://shop.example/account",
    "https://shop.example:444/account",
    "https://shop.example@evil.example/account",
    "https://kim@shop.example/account",
    "https://shop.example.evil.example/account",
    "https://shop.example/accounts",
    "https://shop.example/account/../admin",
    "https://shop.example/account/%2e%2e/admin",
    "https://shop.example/account/.%2E/admin",
    "https://shop.example/account/..%2fadmin",
    "https://shop.example/account/..%2Fadmin",
    "https://shop.example/account/%2e%2e%2fadmin",
    "https://shop.example/account/..%5cadmin",
    "https://shop.example/account/..%5Cadmin",
    "https://shop.example/account\\..\\admin",
];

/// A server whose realm has the list.
fn server_with_the_list() -> Server {
    let server = Server::start();
    let arguments = ["realm", "set-appearance", "--realm", "default", "--return-to", LIST[0], "--return-to", LIST[1]];
    server.deployment().run(&arguments).expect(0);
    server
}

#[track_caller]
fn refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.header("location")), (400, ""), "{what}: {}", answer.text());
    let set = set_cookies(answer);
    assert!(set.iter().all(|line| line.contains("-form=")), "{what}: {set:?}");
    assert_eq!(form_action(answer), "form-action 'self'", "{what}");
    assert!(!answer.text().contains("evil.example"), "{what}: {}", answer.text());
}

/// Where the forms of a page may lead.
fn form_action(answer: &Answer) -> String {
    let mut directives = answer.header("content-security-policy").split(';').map(str::trim);
    directives.find(|directive| directive.starts_with("form-action")).unwrap_or_default().to_owned()
}

#[test]
fn an_address_that_is_not_allowed_is_refused_before_anyone_signs_in() {
    let server = server_with_the_list();
    let kim = Account::create(server.deployment());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    let before = kept(server.deployment());
    for address in REFUSED {
        refused(&jar.get(&format!("/sign-in?return_to={}", escaped(address))), address);
        let fields = [("login", &*kim.login), ("password", &*kim.password), ("return_to", address)];
        refused(&jar.post("/sign-in", &fields), address);
        refused(&jar.get(&format!("/security?return_to={}", escaped(address))), address);
    }
    expect_unchanged(server.deployment(), &before, "an address that is not allowed");
}

#[test]
fn an_address_that_is_not_allowed_is_refused_before_a_code_is_spent() {
    let server = server_with_the_list();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = password_given(&server, &kim.account);
    let code = kim.recovery_code();
    let before = kept(server.deployment());
    for address in REFUSED {
        for path in ["/sign-in/second-factor", "/sign-in/recovery-code"] {
            refused(&jar.get(&format!("{path}?return_to={}", escaped(address))), address);
            refused(&jar.post(path, &[("code", &code), ("return_to", address)]), address);
        }
    }
    expect_unchanged(server.deployment(), &before, "an address that is not allowed");
    let done = jar.post("/sign-in/recovery-code", &[("code", &code), ("return_to", LIST[0])]);
    assert_eq!((done.status, done.header("location")), (303, LIST[0]), "{}", done.text());
}

#[test]
fn an_address_that_is_not_allowed_is_refused_behind_the_recovery_codes() {
    let server = server_with_the_list();
    let kim = Account::create(server.deployment());
    let mut jar = signed_in(&server, &kim);
    for address in REFUSED {
        let saved = [("saved", "yes"), ("return_to", address)];
        refused(&jar.post("/security/recovery-codes/saved", &saved), address);
    }
    let saved = jar.post("/security/recovery-codes/saved", &[("saved", "yes"), ("return_to", LIST[0])]);
    assert_eq!((saved.status, saved.header("location")), (303, LIST[0]));
}

#[test]
fn the_forms_of_a_page_lead_to_the_host_of_its_allowed_address_and_nowhere_else() {
    let server = server_with_the_list();
    let kim = Enrolled::create(server.deployment(), &server.client());
    for (address, host) in [
        ("https://shop.example/account/orders?page=2&next=%2Fhome", "https://shop.example"),
        ("https://panel.example:8443/a/b", "https://panel.example:8443"),
    ] {
        let expected = format!("form-action 'self' {host}");
        let mut jar = password_given(&server, &kim.account);
        for path in ["/sign-in", "/sign-in/second-factor", "/sign-in/recovery-code"] {
            let page = jar.get(&format!("{path}?return_to={}", escaped(address)));
            assert_eq!((page.status, &*form_action(&page)), (200, &*expected), "{path}");
            // With what was wrong on it as well.
            let fields = [("login", &*kim.account.login), ("code", "nonsense"), ("return_to", address)];
            let again = jar.post(path, &fields);
            assert_eq!((again.status, &*form_action(&again)), (422, &*expected), "{path}: {}", again.text());
            // Without an address they lead nowhere else.
            let page = jar.get(path);
            assert_eq!((page.status, &*form_action(&page)), (200, "form-action 'self'"), "{path}");
        }
        server.deployment().run(&["account", "unlock", &kim.account.login]).expect(0);
    }
}
