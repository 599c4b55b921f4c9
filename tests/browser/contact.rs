//! Whom to ask for help, and in which zone times are told: as the realm says.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Enrolled, Realm, Server};

use crate::without_browser::{password_given, signed_in};

fn set_appearance(server: &Server, realm: &Realm, options: &[&str]) {
    let arguments = [&["realm", "set-appearance", "--realm", &realm.slug], options].concat();
    server.deployment().run(&arguments).expect(0);
}

/// Every page on which somebody is stuck who needs someone else.
fn pages_of_need(server: &Server, realm: &Realm, kim: &Enrolled, lee: &Account) -> Vec<(&'static str, String)> {
    let mut stuck = password_given(server, &kim.account);
    let mut member = signed_in(server, lee);
    vec![
        ("sign-in", Jar::of(server).get(&format!("/sign-in?realm={}", realm.slug)).text()),
        ("code", stuck.get("/sign-in/second-factor").text()),
        ("recovery code", stuck.get("/sign-in/recovery-code").text()),
        ("forbidden", member.get("/admin/accounts").text()),
        ("password link", member.get("/password?token=cs_password_none").text()),
    ]
}

#[test]
fn whoever_is_stuck_is_told_whom_to_ask_and_where() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
    let lee = Account::create_in(server.deployment(), &realm);
    for (page, html) in pages_of_need(&server, &realm, &kim, &lee) {
        assert!(!html.contains("Contact:"), "{page}: {html}");
    }
    let told = |options: &[&str], expected: &str| {
        set_appearance(&server, &realm, options);
        for (page, html) in pages_of_need(&server, &realm, &kim, &lee) {
            let said = html.split("<span class=\"contact\">").nth(1).and_then(|rest| rest.split("</span>").next());
            assert_eq!(said, Some(expected), "{page}: {html}");
        }
    };
    told(
        &["--contact-name", "IT <desk> & co", "--contact-link", "mailto:it@example.org"],
        "Contact: <a href=\"mailto:it@example.org\"><bdi>IT &#60;desk&#62; &#38; co</bdi></a>",
    );
    told(&["--no-contact-name"], "Contact: <a href=\"mailto:it@example.org\"><bdi>it@example.org</bdi></a>");
    told(
        &["--contact-link", "https://help.example"],
        "Contact: <a href=\"https://help.example/\"><bdi>help.example</bdi></a>",
    );
    told(&["--no-contact-link", "--contact-name", "Ada"], "Contact: <bdi>Ada</bdi>");
    // Another realm's people are told nothing of it.
    let other = Account::create(server.deployment());
    assert!(!signed_in(&server, &other).get("/admin/accounts").text().contains("Contact:"));
}

#[test]
fn where_there_are_no_recovery_codes_it_is_said_before_anyone_enrolls() {
    let server = Server::start();
    let realm = Realm::create_with(server.deployment(), "recommended", &["recovery_codes.count=0"]);
    set_appearance(&server, &realm, &["--contact-link", "tel:4711"]);
    let kim = Account::create_in(server.deployment(), &realm);
    let page = signed_in(&server, &kim).get("/security/enroll").text();
    assert!(page.contains("<a href=\"tel:4711\"><bdi>4711</bdi></a>"), "{page}");
}

#[test]
fn without_scripts_times_are_told_in_the_realms_zone() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let kim = Account::create_as(server.deployment(), &realm, "owner");
    let mut jar = signed_in(&server, &kim);
    let paths = ["/security/sessions", "/security/activity", "/admin/accounts", "/admin/audit-events"];
    let zones = |jar: &mut Jar| {
        paths.map(|path| {
            let page = jar.get(path).text();
            let times: Vec<&str> = page.split("<time datetime=\"").skip(1).collect();
            assert!(!times.is_empty(), "{path} tells a time");
            let zone = |time: &&str| time.split("</time>").next().unwrap().rsplit_once(", ").unwrap().1[6..].to_owned();
            let iso = |time: &&str| time.split('"').next().unwrap().to_owned();
            assert!(times.iter().all(|time| iso(time).ends_with('Z')), "{path}: programs read UTC");
            let mut zones: Vec<String> = times.iter().map(zone).collect();
            zones.dedup();
            zones.concat()
        })
    };
    assert_eq!(zones(&mut jar), paths.map(|_| "UTC".to_owned()));
    set_appearance(&server, &realm, &["--time-zone", "Asia/Kolkata"]);
    assert_eq!(zones(&mut jar), paths.map(|_| "IST (UTC+05:30)".to_owned()));
    set_appearance(&server, &realm, &["--time-zone", "America/Sao_Paulo"]);
    assert_eq!(zones(&mut jar), paths.map(|_| "UTC-03:00".to_owned()));
    // Of another realm they are told as that one says, on the same server at the same time.
    let other = Account::named(server.deployment(), "default", &countersign_tests::unique::login(), "owner");
    assert_eq!(zones(&mut signed_in(&server, &other)), paths.map(|_| "UTC".to_owned()));
}
