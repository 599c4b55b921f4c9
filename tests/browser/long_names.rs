//! Names of any length and script, on the narrowest window that pages are made for.

use countersign_tests::browser::{Look, Scheme, Visitor, Width};
use countersign_tests::{Account, Server};

use crate::without_browser::id_of;

/// As long as a login may be in one word, as long as a name may be, and words that run from right to left.
fn login(part: &str) -> String {
    format!("{}@{part}.department.example.org", "w".repeat(64))
}

const HEBREW: &str = "\u{5d3}\u{5e0}\u{5d4}-\u{5db}\u{5d4}\u{5df}";

/// What reaches over the edge of the window.
const WIDER: &str = "const page = document.scrollingElement, edge = page.clientWidth;
    const over = it => it.getBoundingClientRect().right > edge + 0.5;
    const inner = it => over(it) && !Array.from(it.children).some(over);
    if (page.scrollWidth <= edge) return [];
    return Array.from(document.querySelectorAll('body *')).filter(inner).slice(0, 5)
        .map(it => `${it.tagName}.${it.className}: ${it.textContent.trim().slice(0, 60)}`)
        .concat(`${page.scrollWidth} pixels`)";

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn names_of_any_length_and_script_fit_into_the_narrowest_window() {
    let server = Server::start();
    let owner = Account::named(server.deployment(), "default", &login("owner"), "owner");
    let member = Account::named(server.deployment(), "default", &format!("{HEBREW}{}", "m".repeat(60)), "member");
    let member = id_of(&member.session(&server.client()));
    let name = "N".repeat(60);
    server.deployment().run(&["realm", "set-appearance", "--realm", "default", "--name", &name]).expect(0);
    server.deployment().run(&["api-key", "create", "--name", &"K".repeat(100), "--scope", "verify"]).expect(0);
    let visitor = Visitor::of(&server);
    visitor.sign_in(&owner);
    // Everything is on, with a name as long as it may be.
    visitor.open("/security/enroll");
    visitor.fill("name", &"A".repeat(100));
    visitor.prove(&owner.password, || panic!("two-factor is off here"));
    visitor.send();
    visitor.browser.look(Look { width: Width::Narrow, scheme: Scheme::Light });
    let fits = |what: &str| {
        let wider = visitor.browser.execute(WIDER);
        assert_eq!(wider, serde_json::json!([]), "{what}");
    };
    fits("the page with the QR code");
    let key = visitor.browser.execute("return document.querySelector('#secret').textContent").to_string();
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut app = countersign_tests::Authenticator::new(&key);
    visitor.send_code(&app.fresh_code());
    fits("the page with the recovery codes");
    let account = format!("/admin/accounts/{member}");
    for path in [
        "/security",
        "/security/activity",
        "/security/sessions",
        "/security/trusted-devices",
        "/security/password",
        "/security/recovery-codes",
        "/security/disable",
        "/security/enroll",
        "/admin/accounts",
        "/admin/accounts/new",
        &*account,
        &format!("{account}/delete"),
        &format!("{account}/disable"),
        "/admin/policy",
        "/admin/appearance",
        "/admin/audit-events",
        "/admin/statistics",
        "/admin/api-keys",
        "/sign-in",
        "/nowhere",
    ] {
        visitor.open(path);
        fits(path);
    }
    // What runs from right to left stands in an element of its own, and turns nothing beside it.
    visitor.open("/admin/accounts");
    let isolated = "return Array.from(document.querySelectorAll('main tbody bdi')).map(it => it.textContent)";
    assert!(visitor.browser.execute(isolated).to_string().contains(HEBREW));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn on_a_phone_an_account_and_an_event_take_two_lines() {
    let server = Server::start();
    let owner = Account::named(server.deployment(), "default", "owner@example.org", "owner");
    for number in 0..10 {
        Account::named(server.deployment(), "default", &format!("person-{number}@example.org"), "member");
    }
    let visitor = Visitor::of(&server);
    visitor.sign_in(&owner);
    visitor.browser.look(Look { width: Width::Phone, scheme: Scheme::Light });
    for (path, most) in [("/admin/accounts", 100.0), ("/admin/audit-events", 140.0)] {
        visitor.open(path);
        let height = "const rows = Array.from(document.querySelectorAll('main tbody tr'));
            return rows.map(it => it.getBoundingClientRect().height).reduce((a, b) => a + b, 0) / rows.length";
        let height = visitor.browser.execute(height).as_f64().unwrap();
        assert!(height > 0.0 && height <= most, "{path}: a row takes {height} pixels");
    }
}
