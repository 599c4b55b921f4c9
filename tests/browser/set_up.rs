use countersign_tests::browser::{Visitor, set_up_link};
use countersign_tests::{Account, Deployment, Server, unique};

fn someone() -> Account {
    Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() }
}

fn create(visitor: &Visitor, kim: &Account) {
    visitor.fill("login", &kim.login);
    visitor.fill("password", &kim.password);
    visitor.fill("password_again", &kim.password);
    visitor.send();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_printed_link_leads_to_the_first_owner_and_on_into_the_enrollment() {
    let server = Server::start();
    let link = set_up_link(&server);
    let kim = someone();
    let (visitor, late) = (Visitor::of(&server), Visitor::of(&server));
    // Two who have the page open: one of them is the first.
    late.open(&link);
    visitor.open(&link);
    create(&visitor, &kim);
    visitor.expect_at("/security/enroll");
    assert_eq!(kim.shown(server.deployment())["role"], "owner");
    let (mut phone, codes) = visitor.enroll(&kim);
    assert_eq!(codes.len(), 10);
    visitor.open("/admin/accounts");
    visitor.expect_at("/admin/accounts");
    visitor.sign_out();
    visitor.sign_in_with(&kim, &mut phone);

    create(&late, &someone());
    assert_eq!(late.session_token(), None, "it works once");
    late.open(&link);
    assert!(!late.has_field("password") && late.browser.has("a[href='/sign-in']"), "{}", late.browser.text());
    let accounts = server.deployment().run(&["account", "list", "--output", "json"]).expect(0).json();
    assert_eq!(accounts["items"].as_array().unwrap().len(), 1);
    visitor.expect_quiet();
    late.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn without_the_printed_link_nobody_sets_up() {
    let server = Server::start();
    let visitor = Visitor::of(&server);
    for path in ["/setup", "/setup?token=", "/setup?token=cs_setup_guessed"] {
        visitor.open(path);
        assert!(!visitor.has_field("password"), "{path}");
    }
    visitor.open(&set_up_link(&server));
    visitor.browser.execute("document.querySelector('[name=setup_token]').value = 'guessed'");
    create(&visitor, &someone());
    assert_eq!(visitor.session_token(), None);
    assert_eq!(server.deployment().query("SELECT COUNT(*) FROM account").trim(), "0");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_language_can_be_chosen_while_setting_up() {
    let server = Server::start();
    let visitor = Visitor::of(&server);
    visitor.open(&set_up_link(&server));
    visitor.follow("footer a[lang=de]");
    assert_eq!(visitor.browser.find("html").attribute("lang").as_deref(), Some("de"));
    assert!(visitor.has_field("password"), "the link still holds: {}", visitor.browser.text());
    create(&visitor, &someone());
    visitor.expect_at("/security/enroll");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn what_is_wrong_with_the_first_account_is_told_at_its_field() {
    let server = Server::start();
    let visitor = Visitor::of(&server);
    visitor.open(&set_up_link(&server));
    for (password, again, field) in [("short", "short", "password"), ("violet-river-42", "violet", "password_again")] {
        visitor.fill("login", "kim@example.org");
        visitor.fill("password", password);
        visitor.fill("password_again", again);
        visitor.send();
        assert!(visitor.browser.has(&format!("#{field}-error")), "{field}: {:?}", visitor.errors());
        assert_eq!(visitor.browser.find("[name=login]").value(), "kim@example.org");
    }
    create(&visitor, &someone());
    visitor.expect_at("/security/enroll");
}

#[test]
fn a_server_that_has_an_account_prints_no_link() {
    let deployment = Deployment::new();
    let server = deployment.start();
    set_up_link(&server);
    Account::create(server.deployment());
    let (deployment, _) = server.stop();
    let again = deployment.start();
    // It answers only after it has printed everything.
    again.client().get("/sign-in");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!again.log().contains("/setup"), "{}", again.log());
}
