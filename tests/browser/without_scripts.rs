use countersign_tests::browser::{Tour, Visitor};
use countersign_tests::{Account, Server};

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn signing_in_enrolling_and_turning_off_need_no_javascript() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::without_scripts(&server);
    visitor.sign_in(&kim);
    assert!(!visitor.browser.has("html.js"), "no script of the page ran");
    let (mut phone, codes) = visitor.enroll(&kim);
    assert_eq!(codes.len(), 10);
    visitor.sign_out();
    visitor.sign_in_with(&kim, &mut phone);
    visitor.sign_out();
    visitor.give_password(&kim);
    visitor.follow("a[href^='/sign-in/recovery-code']");
    visitor.fill("code", &codes[0]);
    visitor.send();
    visitor.expect_at("/security/replace");
    visitor.follow("a[href='/security']");
    visitor.follow("a[href='/security/disable']");
    visitor.fill("proof_password", &kim.password);
    visitor.fill("proof_code", &codes[1]);
    visitor.send();
    visitor.expect_at("/security");
    assert!(visitor.browser.text().contains("Two-factor authentication is off"), "{}", visitor.browser.text());
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn what_needs_javascript_is_not_shown_without_it() {
    let mut stops = 0;
    Tour::walk(Visitor::without_scripts, |name, visitor| {
        stops += 1;
        for element in visitor.browser.all("[data-js], .js-only") {
            assert!(!element.is_shown(), "{name}: {}", element.text());
        }
        for button in visitor.browser.all("main [type=submit]") {
            assert!(button.is_enabled(), "{name}: {} cannot be pressed", button.text());
        }
    });
    assert!(stops >= 40, "{stops} pages");
}
