use countersign_tests::browser::{Jar, set_up_link};
use countersign_tests::{Account, Answer, Server, unique};

use crate::inhabited::Inhabited;
use crate::routes::{forms, routes};
use crate::without_browser::signed_in;

/// A picture as a realm may have one.
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#7a2fb0"/></svg>"##;

/// What keeps a browser from doing with an answer what it should not.
#[track_caller]
fn is_protected(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        let lines: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(lines, [value], "{what}: {name}");
    }
    let may_be_cached = what.contains("/assets/") && answer.status == 200;
    assert_eq!(answer.header("cache-control") == "no-store", !may_be_cached, "{what}: {}", answer.status);
    assert!(["same-origin", "no-referrer"].contains(&answer.header("referrer-policy")), "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy:?}");
    if what.ends_with("/logo") && answer.status == 200 {
        // Pictures are styled from within; this one is a document of its own, in which nothing runs.
        assert_eq!(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox", "{what}");
        return;
    }
    for word in ["unsafe", "data:", "blob:", "*", "http"] {
        assert!(!policy.contains(word), "{what}: {policy}");
    }
    if !what.ends_with("/theme.css") || answer.status != 200 {
        for part in ["form-action 'self';", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{what}: {part} is not in {policy:?}");
        }
    }
}

/// A place whose realm has a look of its own, so that every asset is there.
fn dressed() -> Inhabited {
    let place = Inhabited::new();
    let logo = place.deployment().directory().join("logo.svg");
    std::fs::write(&logo, LOGO).unwrap();
    let look = ["--accent", "#7a2fb0", "--logo", logo.to_str().unwrap()];
    let arguments = [&["realm", "set-appearance", "--realm", "default"], &look[..]].concat();
    place.deployment().run(&arguments).expect(0);
    place
}

#[test]
fn every_page_asset_file_and_refusal_has_the_headers_that_protect_it() {
    let place = dressed();
    let visitors = [
        ("the owner", place.owner_at_the_pages()),
        ("a member", place.member_at_the_pages()),
        ("nobody", Jar::of(&place.server)),
        ("someone with a session that is none", Jar::of(&place.server).with_session("cs_page_nonsense")),
    ];
    let mut paths: Vec<String> =
        routes().iter().filter(|route| route.get).map(|route| place.address(&route.path)).collect();
    paths.extend(
        [
            "/admin/audit-events/export?format=csv",
            "/admin/audit-events/export?format=jsonl",
            "/admin/audit-events?since=yesterday",
            "/admin/accounts?cursor=nonsense",
            "/assets/app.js",
            "/assets/icon.svg",
            "/assets/icons.svg",
            "/assets/nothing",
            "/assets/realms/nowhere/logo",
            "/assets/realms/nowhere/theme.css",
            "/security/nothing",
            "/admin/nothing",
            "/security?realm=nowhere",
            "/security?return_to=https%3A%2F%2Fevil.example%2F",
            "/sign-in?return_to=https%3A%2F%2Fevil.example%2F",
            "/setup?token=nonsense",
            // Refused before any page is looked for.
            "/security/enroll/%ff",
            "/sign-out",
        ]
        .map(str::to_owned),
    );
    let mut statuses = std::collections::BTreeSet::new();
    for (who, jar) in &visitors {
        for path in &paths {
            let answer = jar.clone().get(path);
            is_protected(&answer, &format!("{who}: GET {}", path.split('?').next().unwrap()));
            statuses.insert(answer.status);
        }
    }
    for status in [200, 303, 400, 403, 404, 410, 422] {
        assert!(statuses.contains(&status), "{status} was not among {statuses:?}");
    }
}

#[test]
fn the_answer_to_every_form_has_the_headers_that_protect_it() {
    let place = dressed();
    let long = "x".repeat(100_000);
    let mut visitors = vec![
        ("a member", place.member_at_the_pages(), &place.member.account),
        ("nobody", Jar::of(&place.server), &place.member.account),
        ("the owner", place.owner_at_the_pages(), &place.owner.account),
    ];
    let mut statuses = std::collections::BTreeSet::new();
    // What ends the session comes last.
    let mut forms = forms();
    forms.sort_by_key(|form| form.path.clone());
    for (who, jar, account) in &mut visitors {
        jar.get("/sign-in");
        for form in &forms {
            let path = place.address(&form.path);
            let fields = place.fields(&path, account);
            for answer in [
                // Refused, too long, right, and wrong.
                jar.clone().post_as_is(&path, &fields),
                jar.clone().post(&path, &[("more", &long)]),
                jar.clone().post(&path, &fields),
                jar.clone().post(&path, &[&[("proof_password", "not the password")], &fields[..]].concat()),
            ] {
                is_protected(&answer, &format!("{who}: POST {path}"));
                statuses.insert(answer.status);
            }
        }
    }
    let mut guesser = Jar::of(&place.server);
    guesser.get("/sign-in");
    for _ in 0..15 {
        let answer = guesser.post("/sign-in", &[("login", &place.member.account.login), ("password", "guessed")]);
        is_protected(&answer, "a guess");
        statuses.insert(answer.status);
    }
    // Someone whose password is all the proof that there is.
    let lee = Account::named(place.deployment(), "default", &unique::login(), "owner");
    let key = [("name", "Shop"), ("scope", "verify"), ("expiry", "30"), ("proof_password", &*lee.password)];
    let answer = signed_in(&place.server, &lee).post("/admin/api-keys", &key);
    is_protected(&answer, "a key");
    statuses.insert(answer.status);
    for status in [303, 400, 403, 404, 413, 422, 429] {
        assert!(statuses.contains(&status), "{status} was not among {statuses:?}");
    }
}

#[test]
fn the_set_up_link_is_told_to_nobody_by_its_page() {
    let server = Server::start();
    let link = set_up_link(&server);
    let mut jar = Jar::of(&server);
    let token = link.split_once('=').unwrap().1;
    let wrong = [("setup_token", token), ("login", "kim"), ("password", "short"), ("password_again", "short")];
    let pages = [("shown", jar.get(&link)), ("wrong", jar.post("/setup", &wrong))];
    for ((what, page), status) in pages.iter().zip([200, 422]) {
        assert_eq!(page.status, status, "{what}: {}", page.text());
        is_protected(page, what);
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{what}");
        // What stands in a page counts more than its header.
        assert!(!page.text().contains("name=\"referrer\""), "{what}: {}", page.text());
        // Nor does anything on it lead elsewhere with the link.
        assert!(!page.text().contains("href=\"http"), "{what}: {}", page.text());
    }
    // Once it is used up it is worth nothing, and yet stays where it is.
    Account::create(server.deployment());
    let gone = jar.get(&link);
    assert_eq!((gone.status, gone.header("referrer-policy")), (410, "no-referrer"), "{}", gone.text());
}

#[test]
fn a_page_that_holds_a_secret_is_kept_by_no_cache() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let mut jar = signed_in(&server, &lee);
    let (address, mut app) = crate::without_browser::begin_enrollment(&mut jar, &lee);
    let pending = jar.get(&address);
    let confirmed = jar.post(&address, &[("code", &app.fresh_code())]);
    let codes = jar.follow(&confirmed);
    let proof = app.fresh_code();
    let key = [
        ("name", "Shop"),
        ("scope", "verify"),
        ("expiry", "30"),
        ("proof_password", &lee.password),
        ("proof_code", &proof),
    ];
    let made = jar.post("/admin/api-keys", &key);
    let key = jar.follow(&made);
    for (secret, page) in [("id=\"secret\"", pending), ("data-line", codes), ("cs_key_", key)] {
        assert!(page.status == 200 && page.text().contains(secret), "{secret}: {}", page.text());
        is_protected(&page, secret);
    }
}
