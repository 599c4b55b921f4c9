use countersign_tests::browser::Visitor;
use countersign_tests::{Account, Deployment, Enrolled, Realm, Server, unique};

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn without_a_second_factor_the_password_leads_to_the_security_page() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.open("/");
    visitor.expect_at("/sign-in");
    visitor.sign_in(&kim);
    assert!(visitor.browser.find(".bar").text().contains(&kim.login));
    visitor.sign_out();
    assert!(!visitor.notice().is_empty(), "it says that one is signed out");
    visitor.open("/security");
    visitor.expect_at("/sign-in");
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_wrong_password_and_an_unknown_login_look_the_same() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    let wrong = Account { password: unique::password(), ..kim };
    let said = [wrong, Account::unknown()].map(|account| {
        visitor.give_password(&account);
        visitor.expect_at("/sign-in");
        assert_eq!(visitor.browser.find("[name=login]").value(), account.login, "the login need not be typed again");
        assert_eq!(visitor.browser.find("[name=password]").value(), "");
        (visitor.errors(), visitor.browser.text())
    });
    assert_eq!((said[0].0.len(), &said[0]), (1, &said[1]));
    assert_eq!(visitor.session_token(), None);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_second_page_survives_a_reload_and_a_wrong_code() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    visitor.expect_at("/sign-in/second-factor");
    assert_eq!(visitor.session_token(), None, "nobody is signed in between the two pages");
    visitor.leave(|| visitor.browser.reload());
    visitor.expect_at("/sign-in/second-factor");
    visitor.send_code(&kim.authenticator.wrong_code());
    visitor.expect_at("/sign-in/second-factor");
    assert_eq!(visitor.errors().len(), 1);
    assert_eq!(visitor.browser.find("[name=code]").attribute("aria-invalid").as_deref(), Some("true"));
    // Spaced as apps show it, in the same page.
    let code = kim.authenticator.fresh_code();
    visitor.send_code(&format!("{} {}", &code[..3], &code[3..]));
    visitor.expect_at("/security");
    assert!(visitor.browser.cookies().iter().all(|cookie| !cookie.name.ends_with("-challenge")));
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_password_alone_opens_nothing_else() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    for path in ["/security", "/security/disable", "/security/password", "/security/recovery-codes", "/admin/accounts"]
    {
        visitor.open(path);
        visitor.expect_at("/sign-in");
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_recovery_code_stands_in_for_the_phone_once() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let visitor = Visitor::of(&server);
    let code = kim.recovery_code();
    for (code, path) in [(&code, "/security/replace"), (&code, "/sign-in/recovery-code")] {
        visitor.browser.forget_cookies();
        visitor.give_password(&kim.account);
        visitor.follow("a[href^='/sign-in/recovery-code']");
        visitor.expect_at("/sign-in/recovery-code");
        visitor.fill("code", &code.to_lowercase().replace('-', " "));
        visitor.send();
        visitor.expect_at(path);
    }
    // It is used up; the page is still the one for recovery codes, and says what to do about one.
    assert!(visitor.errors().len() == 1 && visitor.errors()[0].contains("recovery code"), "{:?}", visitor.errors());
    assert_eq!(visitor.heading(), "Use a recovery code");
    visitor.follow("a[href^='/sign-in/second-factor']");
    visitor.send_code(&kim.authenticator.fresh_code());
    visitor.expect_at("/security");
    assert!(visitor.browser.find("a[href='/security/recovery-codes']").text().contains("9 of 10"));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_used_recovery_code_is_replaced_where_the_policy_says_so() {
    let server = Server::start();
    let realm = Realm::create_with(server.deployment(), "recommended", &["recovery_codes.after_use=replace"]);
    let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    visitor.open("/sign-in/recovery-code");
    visitor.fill("code", &kim.recovery_code());
    visitor.send();
    let fresh = visitor.shown_codes();
    assert_eq!(fresh.len(), 1, "{}", visitor.browser.text());
    visitor.tick("saved");
    visitor.send();
    visitor.expect_at("/security");
    assert_eq!(kim.sign_in_with(&server.client(), &fresh[0]).expect(200)["method"], "recovery_code");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_trusted_browser_is_asked_for_the_password_only_until_it_is_revoked() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    assert!(!visitor.browser.find("[name=trust]").is_selected(), "nobody trusts by accident");
    visitor.tick("trust");
    visitor.send_code(&kim.authenticator.fresh_code());
    visitor.expect_at("/security");
    visitor.sign_out();
    visitor.sign_in(&kim.account);

    visitor.open("/security/trusted-devices");
    assert!(visitor.browser.find(".row-title").text().contains("This browser"));
    visitor.follow("form[action$='/revoke'] button");
    visitor.expect_at("/security/trusted-devices");
    assert!(!visitor.notice().is_empty() && !visitor.browser.has("form[action$='/revoke']"));
    visitor.sign_out();
    visitor.give_password(&kim.account);
    visitor.expect_at("/sign-in/second-factor");
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_guesses_has_to_wait_and_sees_a_clock() {
    let server = Server::start();
    let throttle = ["throttle.free_failures=1", "throttle.first_wait_seconds=8"];
    let realm = Realm::create_with(server.deployment(), "recommended", &throttle);
    let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    for code in kim.authenticator.wrong_codes(2) {
        visitor.send_code(&code);
    }
    // The second one is told to be wrong, or the third is not looked at any more: by then the clock runs.
    if !visitor.browser.has("[data-countdown]") {
        visitor.send_code(&kim.authenticator.wrong_code());
    }
    let clock = visitor.browser.find("[data-countdown]");
    assert!(clock.is_shown() && clock.text().contains(':'), "{}", clock.text());
    assert!(visitor.browser.find("[data-wait-box]").text().contains("second"), "the wait is told in words");
    let button = visitor.browser.find("main form.form [type=submit]");
    assert!(!button.is_enabled(), "what would be refused cannot be pressed");
    let before = clock.text();
    visitor.browser.wait_for("a tick", || clock.text() != before);
    visitor.browser.wait_for("the end of the wait", || button.is_enabled());
    visitor.send_code(&kim.authenticator.fresh_code());
    visitor.expect_at("/security");
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_challenge_that_is_over_leads_back_to_the_password() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    let visitor = Visitor::of(&server);
    visitor.open("/sign-in/second-factor");
    visitor.expect_at("/sign-in");
    visitor.give_password(&kim.account);
    // Five wrong codes end a challenge.
    for code in kim.authenticator.wrong_codes(5) {
        visitor.expect_at("/sign-in/second-factor");
        visitor.send_code(&code);
    }
    visitor.open("/sign-in/second-factor");
    visitor.expect_at("/sign-in");
    assert!(visitor.browser.text().contains("Sign in again"), "{}", visitor.browser.text());
    assert!(visitor.notice().is_empty(), "this is not told as a success");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_reads_german_gets_german_and_may_change_that() {
    let server = Server::start();
    let visitor = Visitor::reading(&server, "de-AT,de");
    let language = || visitor.browser.find("html").attribute("lang").unwrap();
    visitor.open("/sign-in?realm=default");
    assert_eq!(language(), "de");
    assert!(visitor.heading().contains("nmeld"), "{}", visitor.heading());
    visitor.follow("footer a[lang=en]");
    visitor.expect_at("/sign-in");
    assert!(visitor.browser.url().contains("realm=default"), "the realm is kept: {}", visitor.browser.url());
    assert_eq!((language().as_str(), visitor.heading().as_str()), ("en", "Sign in"));
    visitor.open("/sign-in");
    assert_eq!(language(), "en", "the choice is kept");
    let other = Visitor::reading(&server, "fr");
    other.open("/sign-in");
    assert_eq!(other.heading(), "Sign in", "English where there is nothing better");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_realm_signs_in_its_own_accounts_only() {
    let server = Deployment::new().start();
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    visitor.give_password(&Account { realm: "default".to_owned(), ..kim.clone() });
    visitor.expect_at("/sign-in");
    visitor.give_password(&Account { realm: "no-such-realm".to_owned(), ..kim.clone() });
    assert_eq!((visitor.path().as_str(), visitor.errors().len()), ("/sign-in", 1));
    visitor.sign_in(&kim);
    assert!(visitor.browser.title().contains(&realm.issuer), "{}", visitor.browser.title());
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_realm_of_the_address_counts_whichever_was_used_before() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let panel = Account::create_in(server.deployment(), &realm);
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    for account in [&panel, &kim, &panel] {
        visitor.sign_in(account);
        visitor.sign_out();
    }
    // Without one it is the last one again.
    visitor.open("/sign-in");
    visitor.fill("login", &panel.login);
    visitor.fill("password", &panel.password);
    visitor.send();
    visitor.expect_at("/security");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn codes_keep_their_length_and_form_when_the_policy_changes() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let after = ["totp.digits=8", "recovery_codes.format=XXXXX-XXXXX"];
    server.deployment().run(&[&["realm", "set-policy", "--realm", &*realm.slug][..], &after].concat()).expect(0);
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    assert_eq!(visitor.browser.find("[name=code]").attribute("data-autosubmit").as_deref(), Some("6"));
    visitor.follow("a[href^='/sign-in/recovery-code']");
    let example = visitor.browser.find("#code-hint .mono").text();
    assert_eq!(example.chars().map(|it| if it == '-' { '-' } else { 'X' }).collect::<String>(), "XXXX-XXXX-XXXX-XXXX");
    visitor.follow("a[href^='/sign-in/second-factor']");
    visitor.send_code(&kim.authenticator.fresh_code());
    visitor.expect_at("/security");
}
