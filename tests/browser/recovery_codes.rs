use countersign_tests::browser::Visitor;
use countersign_tests::{Account, Server};

/// Someone who was just shown recovery codes, and has not said to have saved them.
fn shown() -> (Server, Account, Visitor, Vec<String>) {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let mut phone = visitor.begin_enrollment(&kim.password);
    visitor.send_code(&phone.app.fresh_code());
    let codes = visitor.shown_codes();
    assert_eq!(codes.len(), 10, "{}", visitor.browser.text());
    (server, kim, visitor, codes)
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn recovery_codes_are_copied_downloaded_and_printed() {
    let (_server, kim, visitor, codes) = shown();
    let browser = &visitor.browser;
    browser.find("[data-copy='#codes']").click();
    assert_eq!(browser.clipboard(), codes.join("\n"));
    browser.wait_for("a word that it is copied", || browser.find("[data-copy='#codes']").text().contains("Copied"));
    browser.wait_for("the same for those who listen", || {
        browser.find("#live").attribute("role").is_some()
            && browser.execute("return document.getElementById('live').textContent") != ""
    });

    browser.find("[data-download='#codes']").click();
    let file = browser.downloaded("recovery-codes.txt");
    let lines: Vec<&str> = file.lines().filter(|line| codes.iter().any(|code| code == line)).collect();
    assert_eq!(lines, codes);
    assert!(file.lines().next().unwrap().contains(&kim.login), "it says what the codes are for: {file}");

    browser.execute("window.print = () => { window.printed = true }");
    browser.find("[data-print]").click();
    assert_eq!(browser.execute("return window.printed"), true);
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn nobody_goes_on_without_saying_that_the_codes_are_saved() {
    let (_server, _kim, visitor, codes) = shown();
    let go_on = visitor.browser.find("#continue");
    assert!(!go_on.is_enabled());
    visitor.tick("saved");
    assert!(go_on.is_enabled());
    visitor.tick("saved");
    assert!(!go_on.is_enabled());
    visitor.tick("saved");
    visitor.send();
    visitor.expect_at("/security");
    // What was shown is not shown again.
    visitor.browser.execute("history.back()");
    visitor.open("/security/recovery-codes");
    let html = visitor.browser.html();
    assert!(codes.iter().all(|code| !html.contains(code.as_str())));
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn new_recovery_codes_replace_the_old_ones() {
    let (server, kim, visitor, old) = shown();
    visitor.tick("saved");
    visitor.send();
    visitor.follow("a[href='/security/recovery-codes']");
    assert!(!visitor.browser.has("button[value=view]"), "they cannot be viewed under this policy");
    visitor.fill("proof_password", "not the password");
    visitor.fill("proof_code", &old[9]);
    visitor.follow("button[value=regenerate]");
    assert_eq!((visitor.errors().len(), visitor.shown_codes().len()), (1, 0));
    visitor.fill("proof_password", &kim.password);
    visitor.fill("proof_code", &old[9]);
    visitor.follow("button[value=regenerate]");
    let fresh = visitor.shown_codes();
    assert_eq!(fresh.len(), 10, "{}", visitor.browser.text());
    assert!(old.iter().all(|code| !fresh.contains(code)));
    visitor.tick("saved");
    visitor.send();
    visitor.expect_at("/security");

    let client = server.client();
    let sign_in = |code: &String| client.second_factor(&kim.challenge(&client), code);
    sign_in(&old[0]).expect_problem(422, "invalid_code");
    sign_in(&fresh[0]).expect(200);
    visitor.expect_quiet();
}
