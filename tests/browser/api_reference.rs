//! The API reference at `/docs`, as somebody sees it who does not see it well.

use countersign_tests::Server;
use countersign_tests::browser::{Look, Visitor};

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_api_reference_is_accessible() {
    let server = Server::start();
    let visitor = Visitor::of(&server);
    visitor.open("/docs");
    visitor.browser.wait_for("the reference", || visitor.browser.has(".opblock"));
    for look in Look::ALL {
        visitor.browser.look(look);
        let found: Vec<String> = visitor.browser.violations().iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}: {} findings:\n{}", look.name(), found.len(), found.join("\n"));
    }
}
