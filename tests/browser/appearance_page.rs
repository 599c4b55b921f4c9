//! The page on which an owner says how the realm looks.

use countersign_tests::browser::{Jar, Visitor};
use countersign_tests::{Account, Server, unique};

use crate::kept::{expect_unchanged, kept};
use crate::without_browser::signed_in;

const PAGE: &str = "/admin/appearance";

fn somebody(server: &Server, role: &str) -> Account {
    Account::named(server.deployment(), "default", &unique::login(), role)
}

fn appearance(server: &Server) -> serde_json::Value {
    let show = ["realm", "show", "--realm", "default", "--output", "json"];
    server.deployment().run(&show).expect(0).json()["appearance"].clone()
}

/// Sends the form as browsers send one with a file in it.
fn sends(jar: &mut Jar, fields: &[(&str, &str)], file: Option<&str>) -> countersign_tests::Answer {
    let token = jar.form_token().to_owned();
    let part = |name: &str, rest: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n");
    let fields = [&[("form_token", &*token)], fields].concat();
    let mut body: String = fields.iter().map(|(name, value)| part(name, &format!("\r\n\r\n{value}"))).collect();
    let file =
        file.map(|content| part("logo", &format!("; filename=\"a\"\r\nContent-Type: image/png\r\n\r\n{content}")));
    body.push_str(&file.unwrap_or_default());
    body.push_str("--x--\r\n");
    jar.post_typed(PAGE, "multipart/form-data; boundary=x", &body)
}

#[test]
fn only_an_owner_with_a_proof_changes_it_and_the_form_is_one_of_our_pages() {
    let server = Server::start();
    let (owner, admin) = (somebody(&server, "owner"), somebody(&server, "admin"));
    let (mut owners, mut admins) = (signed_in(&server, &owner), signed_in(&server, &admin));
    let shown = admins.get(PAGE).text();
    assert!(shown.contains("Only owners change this") && !shown.contains("proof_password"), "{shown}");
    let before = kept(server.deployment());
    let change = |proof: &'static str| vec![("name", "Panel"), ("proof_password", proof)];
    let refused = sends(&mut admins, &[("name", "Panel"), ("proof_password", &admin.password)], Some("<svg/>"));
    assert_eq!(refused.status, 403, "{}", refused.text());
    expect_unchanged(server.deployment(), &before, "an administrator's form");
    let unproven = sends(&mut owners, &change(""), Some("<svg/>"));
    assert!(unproven.status == 422 && unproven.text().contains("value=\"Panel\""), "{}", unproven.text());
    let mut elsewhere = owners.without_cookie("__Host-countersign-form");
    assert_eq!(sends(&mut elsewhere, &[("name", "Panel"), ("proof_password", &owner.password)], None).status, 400);
    let crossed = owners.with_header("Sec-Fetch-Site", "cross-site");
    assert_eq!(sends(&mut crossed.clone(), &[("proof_password", &owner.password)], None).status, 400);
    expect_unchanged(server.deployment(), &before, "forms without a proof or of others");

    let done = sends(&mut owners, &[("name", "Panel"), ("proof_password", &owner.password)], Some("<svg/>"));
    assert_eq!((done.status, done.header("location")), (303, PAGE), "{}", done.text());
    assert_eq!((&appearance(&server)["name"], &appearance(&server)["logo"]["bytes"]), (&"Panel".into(), &6.into()));
}

#[test]
fn what_is_wrong_is_said_at_its_field_what_was_typed_stays_and_a_look_changes_nothing() {
    let server = Server::start();
    let owner = somebody(&server, "owner");
    let mut jar = signed_in(&server, &owner);
    jar.get(PAGE);
    let before = kept(server.deployment());
    let typed = [
        ("name", "Panel"),
        ("accent", "red"),
        ("contact_link", "javascript:alert(1)"),
        ("time_zone", "Berlin"),
        ("return_addresses", "https://a.example/\r\nhttp://b.example/"),
        ("proof_password", &*owner.password),
    ];
    let answer = sends(&mut jar, &typed, Some("GIF89a"));
    let page = answer.text();
    assert_eq!(answer.status, 422, "{page}");
    for field in ["accent", "contact_link", "time_zone", "return_addresses", "logo"] {
        assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
    }
    assert!(
        page.contains("Line 2 is no address") && page.contains("value=\"Panel\"") && page.contains("value=\"red\"")
    );
    assert!(page.contains("https://a.example/\nhttp://b.example/</textarea>"), "{page}");
    assert!(!page.contains(&owner.password) && !page.contains("href=\"javascript"), "{page}");
    let looked = sends(&mut jar, &[("act", "preview"), ("accent", "#ffee00"), ("name", "Panel")], None);
    assert_eq!(looked.status, 200, "{}", looked.text());
    assert!(
        looked.text().contains("fill=\"#ffee00\"") && looked.text().contains("value=\"Panel\""),
        "{}",
        looked.text()
    );
    expect_unchanged(server.deployment(), &before, "what is wrong, or only looked at");
    // A picture as large as it may be, and one that is larger than any form.
    let largest = format!("<svg>{}</svg>", "x".repeat(65_536 - 11));
    let proof = [("proof_password", &*owner.password)];
    assert_eq!(sends(&mut jar, &proof, Some(&largest)).status, 303);
    assert_eq!(appearance(&server)["logo"]["bytes"], 65_536);
    let too_large = sends(&mut jar, &proof, Some(&largest.repeat(2)));
    assert!(too_large.status == 413 && too_large.text().contains("64 KiB"), "{}", too_large.text());
    // A change that somebody else made meanwhile stays.
    let set = ["realm", "set-appearance", "--realm", "default", "--name", "Other", "--contact-name", "Desk"];
    server.deployment().run(&set).expect(0);
    let fields = [
        ("name", ""),
        ("shown.name", ""),
        ("contact_name", "Front desk"),
        ("shown.contact_name", ""),
        ("remove_logo", "yes"),
        ("proof_password", &*owner.password),
    ];
    assert_eq!(sends(&mut jar, &fields, None).status, 303);
    let now = appearance(&server);
    assert_eq!(
        (&now["name"], &now["contact_name"], &now["logo"]),
        (&"Other".into(), &"Front desk".into(), &serde_json::Value::Null)
    );
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_owner_dresses_the_realm_at_a_browser_with_scripts_and_without() {
    let server = Server::start();
    let owner = somebody(&server, "owner");
    for (visitor, name) in
        [(Visitor::of(&server), "With scripts"), (Visitor::without_scripts(&server), "Without scripts")]
    {
        visitor.sign_in(&owner);
        visitor.open(PAGE);
        // Any picture will do: one of a page.
        let logo = server.deployment().directory().join("logo.png");
        std::fs::write(&logo, visitor.browser.find("h1").picture()).unwrap();
        visitor.fill("name", name);
        visitor.fill("accent", "#ffe100");
        visitor.browser.find("#logo").type_text(logo.to_str().unwrap());
        visitor.fill("contact_name", "IT desk");
        visitor.fill("contact_link", "mailto:it@example.org");
        visitor.fill("time_zone", "Europe/Berlin");
        visitor.fill("return_addresses", "https://a.example/\nhttps://b.example/");
        visitor.prove(&owner.password, || panic!("two-factor is off here"));
        visitor.follow("main button[data-waits]");
        assert!(visitor.notice().contains("appearance is changed"), "{}", visitor.browser.text());
        assert!(visitor.browser.find(".brand").text().contains(name));
        let now = appearance(&server);
        assert_eq!(now["return_addresses"], serde_json::json!(["https://a.example/", "https://b.example/"]));
        assert_eq!((&now["accent"], &now["time_zone"]), (&"#ffe100".into(), &"Europe/Berlin".into()));
        assert!(visitor.browser.has(".ground.dark .brand-logo") && visitor.browser.has("svg.sample"));
        visitor.expect_quiet();
        visitor.tick("remove_logo");
        visitor.prove(&owner.password, || panic!("two-factor is off here"));
        visitor.follow("main button[data-waits]");
        assert_eq!(appearance(&server)["logo"], serde_json::Value::Null);
        visitor.sign_out();
    }
}
