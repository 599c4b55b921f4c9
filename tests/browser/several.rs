//! Several accounts at once, on the pages.

use countersign_tests::account::text;
use countersign_tests::browser::Visitor;
use countersign_tests::{Account, Server, unique};

use crate::without_browser::signed_in;

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn those_that_are_ticked_are_disabled_and_the_page_says_for_whom_it_was_refused() {
    let server = Server::start();
    let deployment = server.deployment();
    let lee = Account::named(deployment, "default", &unique::login(), "owner");
    let [kim, ada, sam] = ["kim", "ada", "sam"]
        .map(|name| Account::named(deployment, "default", &format!("{name}@example.org"), "member"));
    let visitor = Visitor::of(&server);
    visitor.sign_in(&lee);
    visitor.open("/admin/accounts?sort=login");
    for (row, login) in visitor.browser.all("main tbody tr").iter().zip(0..) {
        let login_of_row = row.text();
        if [&kim, &ada, &lee].iter().any(|account| login_of_row.contains(&account.login)) {
            visitor.browser.all("main tbody [name=account]")[login].click();
        }
    }
    visitor.choose("act", "disable");
    visitor.follow("#several [type=submit]");
    assert!(visitor.browser.text().contains("3 accounts are disabled."), "{}", visitor.browser.text());
    visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
    visitor.send();
    let told = visitor.browser.text();
    for part in ["2 accounts were disabled.", "It was refused for one", &lee.login, "This is your own account."] {
        assert!(told.contains(part), "{part}: {told}");
    }
    for (account, status) in [(&kim, 401), (&ada, 401), (&sam, 200)] {
        account.sign_in(&server.client()).expect(status);
    }
    // Loading the page again does nothing again.
    visitor.browser.execute("window.location.reload()");
    assert!(visitor.browser.text().contains("2 accounts were disabled."));

    visitor.open("/admin/accounts?state=disabled");
    visitor.tick("all");
    visitor.choose("act", "enable");
    visitor.follow("#several [type=submit]");
    assert!(visitor.browser.text().contains("2 accounts are enabled."), "{}", visitor.browser.text());
    visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
    visitor.send();
    kim.session(&server.client());
    visitor.open("/admin/accounts");
    visitor.follow("#several [type=submit]");
    assert!(visitor.browser.text().contains("Tick the accounts that are meant"), "{}", visitor.browser.text());
    visitor.expect_quiet();
}

#[test]
fn accounts_are_exported_as_they_are_filtered_and_no_cell_begins_a_formula() {
    let server = Server::start();
    let deployment = server.deployment();
    let lee = Account::named(deployment, "default", &unique::login(), "owner");
    let formula = Account::named(deployment, "default", "=cmd@example.org", "member");
    let mut jar = signed_in(&server, &lee);
    let csv = jar.get("/admin/accounts/several?act=export_csv&all=yes&state=never_signed_in");
    assert_eq!(csv.status, 200);
    let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
    assert!(lines.len() == 2 && lines[0].starts_with("\u{feff}id,realm,login,subject,role,"), "{lines:?}");
    assert!(lines[1].contains(",'=cmd@example.org,"), "{lines:?}");
    let shown = deployment.run(&["account", "show", &formula.login]).expect(0).json();
    let one = jar.get(&format!("/admin/accounts/several?act=export_jsonl&account={}", text(&shown["id"]))).text();
    assert!(one.lines().count() == 1 && one.contains("\"login\":\"=cmd@example.org\""), "{one}");
    // The command line writes the same.
    let printed = deployment.run(&["account", "export", "--format", "csv", "--never-signed-in"]).expect(0).results;
    assert_eq!(printed.trim_start_matches('\u{feff}'), csv.text().trim_start_matches('\u{feff}'));
    assert_eq!(jar.get("/admin/accounts/several?act=export_csv").status, 303, "nobody is meant");
    assert_eq!(jar.get("/admin/accounts/several?act=delete&all=yes").status, 404);
}

#[test]
fn a_form_that_is_sent_twice_does_nothing_twice_and_one_for_another_number_does_nothing() {
    let server = Server::start();
    let deployment = server.deployment();
    let lee = Account::named(deployment, "default", &unique::login(), "owner");
    for _ in 0..2 {
        Account::create(deployment);
    }
    let mut jar = signed_in(&server, &lee);
    let fields = |expected: &'static str| {
        [
            ("act", "disable"),
            ("all", "yes"),
            ("state", "never_signed_in"),
            ("expected", expected),
            ("proof_password", &*lee.password),
        ]
    };
    let changed = jar.post("/admin/accounts/several", &fields("3"));
    assert_eq!(changed.status, 409, "{}", changed.text());
    let events = || {
        let listed = deployment.run(&["audit", "list", "--event", "account.updated"]).expect(0).json();
        listed["items"].as_array().unwrap().len()
    };
    assert_eq!(events(), 0);
    let unproven = jar.post("/admin/accounts/several", &fields("2")[..4]);
    assert_eq!((unproven.status, events()), (422, 0));
    assert_eq!(jar.post("/admin/accounts/several", &fields("2")).status, 303);
    assert_eq!(events(), 2);
    let again = jar.post("/admin/accounts/several", &fields("2"));
    assert_eq!((again.status, events()), (409, 2), "nobody is left for whom it would change something");
}
