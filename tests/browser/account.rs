use countersign_tests::browser::Visitor;
use countersign_tests::{Account, Realm, Server, unique};

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_new_password_ends_the_sessions_elsewhere() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let elsewhere = kim.session(&server.client());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let change = |current: &str, new: &str, again: &str| {
        visitor.open("/security/password");
        visitor.fill("current_password", current);
        visitor.fill("new_password", new);
        visitor.fill("new_password_again", again);
        visitor.send();
    };
    let new = unique::password();
    for (current, first, second, field) in [
        ("not the password", &*new, &*new, "current_password"),
        (&kim.password, &new, "another one", "new_password_again"),
        (&kim.password, "password1234", "password1234", "new_password"),
    ] {
        change(current, first, second);
        assert!(visitor.browser.has(&format!("#{field}-error")), "{field}: {:?}", visitor.errors());
    }
    assert!(elsewhere.is_signed_in());
    change(&kim.password, &new, &new);
    assert!(!visitor.notice().is_empty(), "{}", visitor.browser.text());
    assert!(!elsewhere.is_signed_in());
    visitor.open("/security");
    visitor.expect_at("/security");
    visitor.sign_out();
    visitor.sign_in(&Account { password: new, ..kim });
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn with_two_factor_a_new_password_asks_for_a_code_as_well() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let (mut phone, _) = visitor.enroll(&kim);
    let new = unique::password();
    for (code, done) in [(phone.app.wrong_code(), false), (phone.app.fresh_code(), true)] {
        visitor.open("/security/password");
        visitor.fill("current_password", &kim.password);
        visitor.fill("new_password", &new);
        visitor.fill("new_password_again", &new);
        visitor.fill("code", &code);
        visitor.send();
        assert_eq!(visitor.errors().is_empty(), done, "{:?}", visitor.errors());
    }
    kim.sign_in(&server.client()).expect(401);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn sessions_are_ended_one_by_one_or_all_the_others_at_once() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let others: Vec<_> = (0..3).map(|_| kim.session(&server.client())).collect();
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    visitor.follow("main a[href='/security/sessions']");
    let forms = "form[action^='/security/sessions/'][action$='/end']";
    assert_eq!(visitor.browser.all(forms).len(), 3, "{}", visitor.browser.text());
    visitor.follow(&format!("{forms} button"));
    assert_eq!(others.iter().filter(|other| other.is_signed_in()).count(), 2);
    assert_eq!(visitor.browser.all(forms).len(), 2);
    visitor.follow("form[action='/security/sessions/end-others'] button");
    assert!(others.iter().all(|other| !other.is_signed_in()));
    assert!(!visitor.browser.has(forms) && !visitor.notice().is_empty());
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn two_factor_is_turned_off_with_exactly_the_proof_that_the_policy_asks_for() {
    let server = Server::start();
    for (proof, password, code) in [
        ("password", true, false),
        ("code", false, true),
        ("password_or_code", true, true),
        ("password_and_code", true, true),
    ] {
        let setting = format!("proofs.disable={proof}");
        let realm = Realm::create_with(server.deployment(), "recommended", &[&setting]);
        let kim = Account::create_in(server.deployment(), &realm);
        let visitor = Visitor::of(&server);
        visitor.sign_in(&kim);
        let (mut phone, _) = visitor.enroll(&kim);
        visitor.follow("a[href='/security/disable']");
        assert_eq!((visitor.has_field("proof_password"), visitor.has_field("proof_code")), (password, code), "{proof}");
        // Nothing, past what the browser itself checks.
        visitor.browser.execute("document.querySelector('main form.form').noValidate = true");
        visitor.send();
        assert!(!visitor.errors().is_empty(), "{proof}: it is not turned off by nothing");
        if password {
            visitor.fill("proof_password", "not the password");
        }
        if code && !(password && proof == "password_or_code") {
            visitor.fill("proof_code", &phone.app.wrong_code());
        }
        visitor.send();
        assert!(!visitor.errors().is_empty(), "{proof}: nor by what is wrong");
        let is_on = || kim.shown(server.deployment())["two_factor_enabled"].clone();
        assert_eq!(is_on(), true);
        if password && proof != "password_or_code" {
            visitor.fill("proof_password", &kim.password);
        }
        if code {
            visitor.fill("proof_code", &phone.app.fresh_code());
        }
        visitor.send();
        visitor.expect_at("/security");
        assert_eq!(is_on(), false, "{proof}");
        assert!(!visitor.notice().is_empty(), "{proof}");
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_authenticator_is_named_anew_and_removed() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let (mut phone, _) = visitor.enroll(&kim);
    visitor.browser.find(".row-tools details summary").click();
    visitor.browser.find("form[action$='/rename'] [name=name]").fill("Büro <b>Telefon</b>");
    visitor.follow("form[action$='/rename'] button");
    visitor.expect_at("/security");
    assert!(visitor.browser.text().contains("Büro <b>Telefon</b>"), "{}", visitor.browser.text());

    visitor.follow("main a[href$='/remove']");
    assert!(visitor.browser.has("main .alert.warn"), "it says that this turns two-factor off");
    visitor.prove(&kim.password, || phone.app.fresh_code());
    visitor.send();
    visitor.expect_at("/security");
    assert!(visitor.browser.text().contains("Two-factor authentication is off"));
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_activity_page_tells_what_happened() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.give_password(&Account { password: unique::password(), ..kim.clone() });
    visitor.sign_in(&kim);
    visitor.enroll(&kim);
    visitor.open("/security/activity");
    let told = visitor.browser.all("main .rows > li");
    let all: Vec<String> = told.iter().map(countersign_tests::browser::Element::text).collect();
    assert!(all.len() >= 6, "{all:?}");
    assert!(all.iter().any(|line| line.contains("127.0.0.1") && line.contains("Chrom")), "{all:?}");
    assert!(!visitor.browser.text().contains("event-"), "no name of a message shows through: {all:?}");
    visitor.expect_quiet();
}
