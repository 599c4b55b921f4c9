use countersign_tests::browser::{Look, Scheme, Visitor, Width, scan};
use countersign_tests::{Account, Realm, Server, tools};

fn the_qr_code_is_read_from_the_screen(look: Look) {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.browser.look(look);
    visitor.sign_in(&kim);
    visitor.follow("a[href='/security/enroll']");
    visitor.fill("name", "Phone");
    visitor.prove(&kim.password, String::new);
    visitor.send();
    let mut phone = scan(&visitor.browser);
    // A camera sees the whole page.
    assert_eq!(tools::read_qr_code(&visitor.browser.picture()), phone.uri);
    assert_eq!((phone.parameter("issuer"), phone.parameter("digits")), ("Countersign", "6"));
    visitor.send_code(&phone.app.wrong_code());
    assert_eq!(visitor.errors().len(), 1);
    assert_eq!(scan(&visitor.browser).uri, phone.uri, "a wrong code does not end the enrollment");
    visitor.send_code(&phone.app.fresh_code());
    assert_eq!(visitor.shown_codes().len(), 10, "{}", visitor.browser.text());
    visitor.tick("saved");
    visitor.send();
    visitor.expect_at("/security");
    assert!(visitor.browser.text().contains("Two-factor authentication is on"));
    assert!(visitor.browser.text().contains("Phone"));

    visitor.sign_out();
    visitor.sign_in_with(&kim, &mut phone);
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_qr_code_is_read_from_a_light_screen() {
    the_qr_code_is_read_from_the_screen(Look { width: Width::Desktop, scheme: Scheme::Light });
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_qr_code_is_read_from_a_dark_screen() {
    the_qr_code_is_read_from_the_screen(Look { width: Width::Desktop, scheme: Scheme::Dark });
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_qr_code_is_read_from_the_screen_of_another_phone() {
    the_qr_code_is_read_from_the_screen(Look { width: Width::Phone, scheme: Scheme::Dark });
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_key_can_be_typed_where_nothing_can_be_scanned() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let phone = visitor.begin_enrollment(&kim.password);
    let key = visitor.browser.find("#secret");
    assert!(!key.is_shown(), "it is not for everyone who looks over a shoulder");
    visitor.browser.find("main details summary").click();
    assert!(key.is_shown());
    assert_eq!(key.text().replace(' ', ""), phone.app.secret());
    visitor.browser.find("[data-copy='#secret']").click();
    assert_eq!(visitor.browser.clipboard(), phone.app.secret());
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_enrollment_can_be_left_and_taken_up_again_or_cancelled() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let phone = visitor.begin_enrollment(&kim.password);
    visitor.open("/security");
    visitor.follow(".state a.button");
    assert_eq!(scan(&visitor.browser).uri, phone.uri, "the same key is shown");
    visitor.leave(|| visitor.browser.reload());
    assert_eq!(scan(&visitor.browser).uri, phone.uri);
    let address = visitor.path();
    visitor.follow("form[action$='/cancel'] button");
    visitor.expect_at("/security");
    assert!(visitor.browser.text().contains("Two-factor authentication is off"));
    visitor.open(&address);
    assert!(!visitor.browser.has(".qr"), "what was cancelled is gone");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_password_is_asked_for_before_the_key_is_shown() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    visitor.open("/security/enroll");
    visitor.fill("proof_password", "not the password");
    visitor.send();
    assert!(!visitor.browser.has(".qr"));
    assert_eq!(visitor.errors().len(), 1);
    let error = visitor.browser.find("#proof_password-error");
    assert!(error.is_shown() && !error.text().is_empty());
    assert_eq!(kim.shown(server.deployment())["authenticators"].as_array().unwrap().len(), 0);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn where_two_factor_is_required_there_is_no_way_around_it() {
    let server = Server::start();
    let required = ["enforcement.required_for=everyone", "enforcement.grace_days=0"];
    let realm = Realm::create_with(server.deployment(), "recommended", &required);
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim);
    for path in ["/security/password", "/security/sessions", "/security/disable", "/admin/accounts"] {
        visitor.open(path);
        assert!(["/security", "/security/enroll"].contains(&&*visitor.path()), "{path} leads to {}", visitor.path());
    }
    visitor.enroll(&kim);
    visitor.open("/security/sessions");
    visitor.expect_at("/security/sessions");
}
