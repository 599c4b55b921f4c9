//! What pages say after a refusal, and at addresses that nobody has.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Enrolled, Realm, Server};

use crate::without_browser::{at_the_pages, begin_enrollment, between, signed_in};

#[test]
fn a_wrong_code_names_the_entry_of_the_app_and_then_says_what_else_can_be_done() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    jar.post("/sign-in", &[("login", &kim.account.login), ("password", &kim.account.password)]);
    let codes = kim.authenticator.wrong_codes(2);
    let first = jar.post("/sign-in/second-factor", &[("code", &codes[0])]).text();
    assert!(first.contains(&format!("Countersign: {}", kim.account.login)), "{first}");
    assert!(!first.contains("<details open"), "{first}");
    let second = jar.post("/sign-in/second-factor", &[("code", &codes[1])]).text();
    assert!(second.contains("<details open") && second.contains("sets its clock by itself"), "{second}");
}

#[test]
fn while_enrolling_a_clock_that_is_off_is_told_by_how_much() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = signed_in(&server, &kim);
    let (address, app) = begin_enrollment(&mut jar, &kim);
    let step = app.settled_step();
    for (code, said) in [
        (app.code_of(step + 240), "clock of your phone is 2 hours ahead"),
        (app.code_of(step - 20), "clock of your phone is 10 minutes behind"),
        (app.wrong_code(), "Check that the clock of your phone is right"),
    ] {
        let refused = jar.post(&address, &[("code", &code)]);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
    // At sign-in it is not: there it would help a guesser.
    let mut lee = Enrolled::create(server.deployment(), &server.client());
    jar.post("/sign-in", &[("login", &lee.account.login), ("password", &lee.account.password)]);
    let step = lee.authenticator.settled_step();
    let refused = jar.post("/sign-in/second-factor", &[("code", &lee.authenticator.code_of(step + 240))]);
    assert!(refused.status == 422 && !refused.text().contains("ahead"), "{}", refused.text());
    lee.authenticator.fresh_code();
}

#[test]
fn an_address_that_nobody_has_is_a_page_for_people_and_a_problem_for_programs() {
    let server = Server::start();
    for path in ["/nowhere", "/v2/accounts", "/security/nowhere"] {
        let page = Jar::of(&server).with_header("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").get(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}: {}", page.header("content-type"));
        assert!(page.text().contains("There is nothing here"), "{path}: {}", page.text());
    }
    for (path, accept) in [("/nowhere", "*/*"), ("/nowhere", "application/json"), ("/v1/nowhere", "text/html")] {
        let answer = Jar::of(&server).with_header("Accept", accept).get(path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "application/problem+json"),
            "{path} {accept}"
        );
    }
    let answer = Jar::of(&server).get("/.well-known/change-password");
    assert_eq!((answer.status, answer.header("location")), (303, "/security/password"));
}

#[test]
fn before_anybody_has_an_account_the_sign_in_page_says_how_to_begin() {
    let server = Server::start();
    let before = Jar::of(&server).get("/sign-in").text();
    assert!(before.contains("Nobody has an account here yet"), "{before}");
    Account::create(server.deployment());
    assert!(!Jar::of(&server).get("/sign-in").text().contains("Nobody has an account here yet"));
}

#[test]
fn whoever_used_a_recovery_code_is_led_to_replacing_the_phone() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    jar.post("/sign-in", &[("login", &kim.account.login), ("password", &kim.account.password)]);
    let led = jar.post("/sign-in/recovery-code", &[("code", &kim.recovery_code())]);
    assert_eq!((led.status, led.header("location")), (303, "/security/replace"));
    let page = jar.follow(&led).text();
    assert!(page.contains("/security/enroll") && page.contains("9 recovery codes left"), "{page}");
    // With one authenticator in all there is none to be added beside it.
    let realm = Realm::create_with(server.deployment(), "recommended", &["authenticators.max_per_account=1"]);
    let mut lee = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let page = at_the_pages(&server, &mut lee).get("/security/replace").text();
    assert!(page.contains("action=\"/security/replace\"") && !page.contains("/security/enroll"), "{page}");
}

#[test]
fn pages_speak_of_what_the_policy_has() {
    let server = Server::start();
    let docspell = Realm::create_with(server.deployment(), "recommended", &["recovery_codes.count=0"]);
    let kim = Account::create_in(server.deployment(), &docspell);
    let page = signed_in(&server, &kim).get("/security/enroll").text();
    assert!(page.contains("There are no recovery codes here"), "{page}");
    let lee = Account::create(server.deployment());
    let page = signed_in(&server, &lee).get("/security/enroll").text();
    assert!(!page.contains("There are no recovery codes here"), "{page}");
    // Capital and small letters differ under one alphabet, and not under the other.
    for (preset, differ) in [("dokploy", true), ("recommended", false)] {
        let realm = Realm::create(server.deployment(), preset);
        let kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
        let mut jar = Jar::of(&server);
        jar.get("/sign-in");
        let fields = [("realm", &*realm.slug), ("login", &kim.account.login), ("password", &kim.account.password)];
        jar.post("/sign-in", &fields);
        let page = jar.get("/sign-in/recovery-code").text();
        assert_eq!(page.contains("Capital and small letters differ"), differ, "{preset}: {page}");
    }
}

#[test]
fn a_policy_says_whom_it_concerns_before_it_is_saved() {
    let server = Server::start();
    let policy = ["realm", "set-policy", "--realm", "default", "enforcement.required_for=nobody"];
    server.deployment().run(&policy).expect(0);
    let lee = Account::named(server.deployment(), "default", &countersign_tests::unique::login(), "owner");
    Enrolled::create(server.deployment(), &server.client());
    for _ in 0..3 {
        Account::create(server.deployment());
    }
    let mut jar = signed_in(&server, &lee);
    let version = jar.get("/admin/policy").text();
    let version = between(&version, "name=\"version\" value=\"", "\"").to_owned();
    let ask = |jar: &mut Jar, required: &str| {
        let fields = [("act", "fields"), ("version", &*version), ("enforcement.required_for", required)];
        let fields = [&fields[..], &[("enforcement.grace_days", "5")]].concat();
        jar.post("/admin/policy", &fields).text()
    };
    let everyone = ask(&mut jar, "everyone");
    assert!(everyone.contains("4 accounts have no second factor and will have to enroll within 5 days"), "{everyone}");
    assert!(everyone.contains("One of them administers"), "{everyone}");
    let owners = ask(&mut jar, "owners");
    assert!(owners.contains("One account has no second factor and will have to enroll within 5 days"), "{owners}");
    assert!(!ask(&mut jar, "nobody").contains("have to enroll"));
}

#[test]
fn whoever_gives_up_a_change_of_the_policy_has_kept_what_they_typed() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &countersign_tests::unique::login(), "owner");
    let mut jar = signed_in(&server, &lee);
    let page = jar.get("/admin/policy").text();
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let typed = [("act", "fields"), ("version", &*version), ("totp.digits", "8"), ("sign_in.challenge_attempts", "3")];
    let asked = jar.post("/admin/policy", &typed).text();
    assert!(asked.contains("name=\"back\"") && asked.contains("now 6, then 8"), "{asked}");
    // As the button of that page sends it: everything that it carries, and what was typed as a proof.
    let proof = [("confirmed", "yes"), ("back", "yes"), ("proof_password", &*lee.password)];
    let back = jar.post("/admin/policy", &[&typed[..], &proof].concat());
    assert_eq!(back.status, 200, "{}", back.text());
    let page = back.text();
    for (name, value) in [("totp.digits", "8"), ("sign_in.challenge_attempts", "3")] {
        let field = between(&page, &format!("name=\"{name}\""), ">");
        assert!(field.contains(&format!("value=\"{value}\"")), "{name}: {field}");
    }
    assert!(!page.contains(&lee.password), "a proof is not kept");
    assert_eq!(server.deployment().query("SELECT version FROM realm WHERE slug = 'default'").trim(), version);
}
