use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use countersign_tests::browser::{Look, Visitor};
use countersign_tests::{Account, Enrolled, Realm, Server, tools};

fn set_appearance(server: &Server, realm: &Realm, options: &[&str]) {
    let arguments = [&["realm", "set-appearance", "--realm", &realm.slug], options].concat();
    server.deployment().run(&arguments).expect(0);
}

/// An application that shows one page at every address.
fn application() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 8192]);
            let page = "<!doctype html><title>The shop</title><h1>Back in the shop</h1>";
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len());
        }
    });
    address
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_came_from_an_application_goes_back_to_it_by_every_way_of_signing_in() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let shop = format!("http://{}/account", application());
    set_appearance(&server, &realm, &["--return-to", &shop]);
    let plain = Account::create_in(server.deployment(), &realm);
    let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let address: String = format!("{shop}/orders?open=1").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let come = |account: &Account| {
        let visitor = Visitor::of(&server);
        visitor.open(&format!("/sign-in?realm={}&return_to={address}", realm.slug));
        visitor.fill("login", &account.login);
        visitor.fill("password", &account.password);
        visitor.send();
        visitor
    };
    let is_back = |visitor: &Visitor| {
        assert_eq!(visitor.browser.url(), format!("{shop}/orders?open=1"), "{}", visitor.browser.text());
        visitor.expect_quiet();
    };
    is_back(&come(&plain));
    let visitor = come(&kim.account);
    visitor.send_code(&kim.authenticator.wrong_code());
    visitor.send_code(&kim.authenticator.fresh_code());
    is_back(&visitor);
    let visitor = come(&kim.account);
    visitor.follow("a[href^='/sign-in/recovery-code']");
    visitor.fill("code", &kim.recovery_code());
    visitor.send();
    is_back(&visitor);
    // In another language, with the password once more, and over a challenge that is over.
    let visitor = come(&kim.account);
    visitor.follow("footer a[lang=de]");
    visitor.follow("main a[href^='/sign-in?']");
    visitor.follow("footer a[lang=en]");
    visitor.fill("login", &kim.account.login);
    visitor.fill("password", "not the password");
    visitor.send();
    visitor.follow("footer a[lang=de]");
    visitor.fill("login", &kim.account.login);
    visitor.fill("password", &kim.account.password);
    visitor.send();
    visitor.browser.forget_cookie("__Host-countersign-challenge");
    visitor.leave(|| visitor.browser.reload());
    visitor.expect_at("/sign-in");
    visitor.fill("login", &kim.account.login);
    visitor.fill("password", &kim.account.password);
    visitor.send();
    visitor.send_code(&kim.authenticator.fresh_code());
    is_back(&visitor);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_has_to_enroll_first_goes_back_to_the_application_afterwards() {
    let server = Server::start();
    let required = ["enforcement.required_for=everyone", "enforcement.grace_days=0"];
    let shop = format!("http://{}/account", application());
    for recovery_codes in ["recovery_codes.count=10", "recovery_codes.count=0"] {
        let policy = [&required[..], &[recovery_codes]].concat();
        let realm = Realm::create_with(server.deployment(), "recommended", &policy);
        set_appearance(&server, &realm, &["--return-to", &shop]);
        let kim = Account::create_in(server.deployment(), &realm);
        let visitor = Visitor::of(&server);
        visitor.open(&format!("/sign-in?realm={}&return_to={shop}", realm.slug));
        visitor.fill("login", &kim.login);
        visitor.fill("password", &kim.password);
        visitor.send();
        let mut phone = visitor.begin_enrollment(&kim.password);
        visitor.send_code(&phone.app.fresh_code());
        if recovery_codes.ends_with("10") {
            visitor.tick("saved");
            visitor.send();
        }
        assert_eq!(visitor.browser.url(), shop, "{}", visitor.browser.text());
        visitor.expect_quiet();
        // Whoever enrolls on their own account stays here.
        visitor.open("/security");
        assert!(visitor.browser.text().contains("Two-factor authentication is on"));
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_came_to_look_after_the_account_finds_the_way_back_on_every_page() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let shop = format!("http://{}/account", application());
    set_appearance(&server, &realm, &["--return-to", &shop]);
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    visitor.open(&format!("/security?realm={}&return_to={shop}", realm.slug));
    visitor.expect_at("/sign-in");
    visitor.fill("login", &kim.login);
    visitor.fill("password", &kim.password);
    visitor.send();
    visitor.expect_at("/security");
    for path in ["/security", "/security/sessions", "/security/password"] {
        visitor.open(path);
        assert_eq!(visitor.browser.find(".side .crumb").text(), "Back to 127.0.0.1", "{path}");
    }
    visitor.follow(".side .crumb");
    assert_eq!(visitor.browser.url(), shop);
    // What the list does not hold any more is offered no more, and nothing else ever is.
    set_appearance(&server, &realm, &["--no-return-to"]);
    visitor.open("/security");
    assert!(!visitor.browser.has(".crumb"));
    visitor.open(&format!("/security?realm={}&return_to=https://evil.example/", realm.slug));
    assert!(!visitor.browser.has("a[href*=evil]") && visitor.browser.text().contains("address"));
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_session_that_is_over_leads_back_to_the_realm_it_was_in() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let visitor = Visitor::of(&server);
    visitor.give_password(&kim.account);
    for step in ["at the second factor", "with a session"] {
        visitor.browser.forget_cookie("__Host-countersign-challenge");
        visitor.browser.forget_cookie("__Host-countersign-session");
        visitor.open("/security");
        visitor.expect_at("/sign-in");
        visitor.fill("login", &kim.account.login);
        visitor.fill("password", &kim.account.password);
        visitor.send();
        visitor.send_code(&kim.authenticator.fresh_code());
        assert_eq!(visitor.path(), "/security", "{step}");
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_realm_shows_its_name_and_logo() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    // Any picture will do: one of a page.
    visitor.open("/sign-in");
    let logo = server.deployment().directory().join("logo.png");
    std::fs::write(&logo, visitor.browser.find("h1").picture()).unwrap();
    set_appearance(&server, &realm, &["--name", "Kim & Lee <shop>", "--logo", logo.to_str().unwrap()]);
    visitor.give_password(&kim);
    visitor.open(&format!("/sign-in?realm={}", realm.slug));
    for path in [format!("/sign-in?realm={}", realm.slug), "/security".to_owned()] {
        visitor.open(&path);
        assert!(visitor.browser.find(".brand").text().contains("Kim & Lee <shop>"), "{path}");
        assert!(visitor.browser.title().contains("Kim & Lee <shop>"), "{path}");
        let width = visitor.browser.execute("return document.querySelector('.brand-logo').naturalWidth");
        assert!(width.as_u64().unwrap_or_default() > 0, "{path}: the picture is shown");
    }
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn whatever_color_a_realm_chooses_everyone_can_read_its_pages() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let mut faults = Vec::new();
    for color in ["#ffe100", "#ffffff", "#000000", "#0a7d55", "#ff0000", "#808080"] {
        set_appearance(&server, &realm, &["--accent", color]);
        for path in [format!("/sign-in?realm={}", realm.slug), "/security".to_owned(), "/security/enroll".to_owned()] {
            visitor.open(&path);
            for look in Look::ALL {
                visitor.browser.look(look);
                let violations = visitor.browser.violations();
                faults
                    .extend(violations.iter().map(|violation| format!("{color} {path} {}: {violation}", look.name())));
            }
        }
        // Also what a camera has to read.
        visitor.prove(&kim.password, String::new);
        visitor.send();
        assert!(tools::read_qr_code(&visitor.browser.find(".qr").picture()).starts_with("otpauth://"), "{color}");
    }
    assert!(faults.is_empty(), "{} violations:\n{}", faults.len(), faults.join("\n"));
    visitor.expect_quiet();
}
