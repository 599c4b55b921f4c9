//! The way through the pages in Firefox: other rules for cookies, forms and pages that are kept than Chromium's.

use countersign_tests::browser::Firefox;
use countersign_tests::{Account, Authenticator, Server};

const SEND: &str = "main form.form [type=submit]";

#[test]
#[ignore = "needs Firefox; tests/run installs it"]
fn the_way_through_the_pages_works_in_firefox_too() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let at = |path: &str| format!("http://{}{path}", server.address());
    let mut firefox = Firefox::open();
    // A deep link leads through the sign-in to the page.
    firefox.go(&at("/security/enroll"));
    assert_eq!(firefox.path(), "/sign-in", "{}", firefox.text());
    firefox.send(&[("login", &kim.login), ("password", "not the password")], SEND);
    assert!(firefox.text().contains("wrong"), "{}", firefox.text());
    firefox.send(&[("login", &kim.login), ("password", &kim.password)], SEND);
    assert_eq!(firefox.path(), "/security/enroll", "{}", firefox.text());
    // The key stays the same when the page is loaded anew; so do the codes.
    firefox.send(&[("name", "Phone"), ("proof_password", &kim.password)], SEND);
    let key = |firefox: &mut Firefox| {
        let key = firefox.value("document.querySelector('#secret').textContent");
        key.as_str().unwrap().replace(' ', "")
    };
    let first = key(&mut firefox);
    firefox.reload();
    assert_eq!(key(&mut firefox), first);
    let mut app = Authenticator::new(&first);
    firefox.send(&[("code", &app.fresh_code())], SEND);
    let codes =
        |firefox: &mut Firefox| firefox.value("[...document.querySelectorAll('#codes li')].map(it => it.innerText)");
    let shown = codes(&mut firefox);
    assert_eq!(shown.as_array().map(Vec::len), Some(10), "{}", firefox.text());
    firefox.reload();
    assert_eq!(codes(&mut firefox), shown);
    // Back to the page of the key: it is confirmed, and nothing is begun anew.
    firefox.back();
    assert_eq!(firefox.path(), "/security", "{}", firefox.text());
    assert!(firefox.text().contains("Two-factor authentication is on"), "{}", firefox.text());
    // Out and in again, with a code; what was seen before is not to be seen by going back.
    firefox.leave(|firefox| {
        firefox.value("(document.querySelector(\"form[action='/sign-out'] [type=submit]\").click(), 1)");
    });
    assert_eq!(firefox.path(), "/sign-in", "{}", firefox.text());
    firefox.back();
    assert_eq!(firefox.path(), "/sign-in", "{}", firefox.text());
    firefox.send(&[("login", &kim.login), ("password", &kim.password)], SEND);
    assert_eq!(firefox.path(), "/sign-in/second-factor", "{}", firefox.text());
    firefox.send(&[("code", &app.fresh_code())], SEND);
    assert_eq!(firefox.path(), "/security", "{}", firefox.text());
    assert!(firefox.complaints().is_empty(), "{:?}", firefox.complaints());
}
