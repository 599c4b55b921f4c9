//! The pictures of the README: `tests/run` writes them beside the others, and whoever changes a page copies them.

use countersign_tests::browser::{Look, Scheme, Visitor, Width, scan, set_up_link, target_directory};
use countersign_tests::{Server, unique};

const PHONE: Look = Look { width: Width::Phone, scheme: Scheme::Light };
const DARK_PHONE: Look = Look { width: Width::Phone, scheme: Scheme::Dark };

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn pictures_for_the_readme_are_written() {
    let directory = target_directory().join("screenshots");
    std::fs::create_dir_all(&directory).unwrap();
    let server = Server::start();
    let visitor = Visitor::of(&server);
    let take = |name: &str, look: Look| {
        visitor.browser.look(look);
        let picture = visitor.browser.picture();
        assert!(picture.starts_with(b"\x89PNG"), "{name}");
        std::fs::write(directory.join(format!("readme-{name}.png")), picture).unwrap();
        visitor.browser.look(Look::DESK);
    };
    let password = unique::password();
    visitor.open(&set_up_link(&server));
    visitor.fill("login", "kim@example.org");
    visitor.fill("password", &password);
    visitor.fill("password_again", &password);
    visitor.send();
    visitor.fill("name", "Phone");
    visitor.send();
    let mut phone = scan(&visitor.browser);
    take("enroll", DARK_PHONE);
    visitor.send_code(&phone.app.fresh_code());
    take("recovery-codes", PHONE);
    visitor.tick("saved");
    visitor.send();
    take("security", Look::DESK);
    visitor.sign_out();
    visitor.open("/sign-in");
    visitor.fill("login", "kim@example.org");
    visitor.fill("password", &password);
    visitor.send();
    take("second-factor", PHONE);
    visitor.expect_quiet();
}
