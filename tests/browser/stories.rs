//! One sign-in as one story, and "This wasn't me".

use countersign_tests::browser::Visitor;
use countersign_tests::{Account, Server, unique};

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_sign_in_is_told_as_one_and_its_owner_shuts_everybody_else_out() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let (mut phone, codes) = visitor.enroll(&kim);
    visitor.sign_out();
    visitor.give_password(&kim);
    visitor.send_code(&phone.app.wrong_code());
    visitor.send_code(&phone.app.fresh_code());
    visitor.open("/security/activity");
    let told = visitor.browser.find("main .rows li").text();
    assert!(told.contains("You signed in with password and code, after one wrong code."), "{told}");
    assert!(!told.contains("Code accepted"), "the steps are folded away: {told}");
    visitor.browser.find("main .rows li summary").click();
    let steps = visitor.browser.all("main .rows li:first-child details li");
    assert_eq!(steps.len(), 4, "password, wrong code, right code, signed in");

    // Somebody else has a session.
    let elsewhere = Visitor::of(&server);
    elsewhere.sign_in_with(&kim, &mut phone);
    visitor.open("/security/activity");
    visitor.follow("main .rows li a[href='/security/not-me']");
    assert_eq!(visitor.heading(), "This wasn’t me");
    let new = unique::password();
    visitor.fill("current_password", &kim.password);
    visitor.fill("new_password", &new);
    visitor.fill("new_password_again", "something else altogether");
    visitor.fill("code", &phone.app.wrong_code());
    visitor.send();
    assert!(!visitor.errors().is_empty(), "{}", visitor.browser.text());
    visitor.fill("current_password", &kim.password);
    visitor.fill("new_password", &new);
    visitor.fill("new_password_again", &new);
    visitor.fill("code", &phone.app.fresh_code());
    visitor.send();
    let fresh = visitor.shown_codes();
    assert!(fresh.len() == codes.len() && fresh.iter().all(|code| !codes.contains(code)), "{fresh:?}");
    elsewhere.open("/security");
    assert!(elsewhere.path().starts_with("/sign-in"), "{}", elsewhere.path());
    visitor.open("/security/activity");
    assert!(visitor.browser.text().contains("You shut everybody else out."), "{}", visitor.browser.text());
    visitor.expect_quiet();
}
