use std::io::{Read, Write};
use std::net::TcpStream;

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Answer, Deployment, Realm, Server};

use crate::without_browser::{SESSION, enroll, escaped, is_signed_in, password_given, set_cookies, signed_in};

/// What no page may show. The capital letters keep it from being the short name of a realm.
const MARKER: &str = "mArKeR";

/// The only address that users may go back to.
const SHOP: &str = "https://shop.example/account";

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// What someone may write into a cookie.
fn junk() -> Vec<String> {
    let long = MARKER.repeat(4096 / MARKER.len());
    let plain = ["mArKeR", "mArKeR; mArKeR=mArKeR", "<b>mArKeR</b>", "\"mArKeR\"", "mArKeR,a=mArKeR", "größe.mArKeR"];
    plain.into_iter().map(str::to_owned).chain([long, format!("notice-{MARKER}"), format!("error-{MARKER}")]).collect()
}

/// The page is there, and nothing of the marker on it.
#[track_caller]
fn works(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    for mark in [MARKER, "evil.example"] {
        assert!(!answer.text().contains(mark), "{what}: {}", answer.text());
        assert!(!format!("{:?}", answer.headers).contains(mark), "{what}: {:?}", answer.headers);
    }
}

#[test]
fn a_neighbors_cookie_that_is_not_ascii_hides_none_of_ours() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let jar = signed_in(&server, &kim);
    // Before and behind ours: a jar sends them in the order of their names.
    let mut jar = jar.with_cookie("Neighbor", "größe").with_cookie("neighbor", "größe");
    assert_eq!(jar.get("/security").status, 200);
    assert_eq!(jar.post("/security/sessions/end-others", &[]).status, 303, "the form's token is found as well");
    // In an old encoding too, of which the bytes are no UTF-8.
    let mut request = b"GET /security HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".to_vec();
    request.extend_from_slice(b"Cookie: a=gr\xf6\xdfe; ");
    request.extend_from_slice(format!("{SESSION}={}\r\n\r\n", jar.cookie(SESSION)).as_bytes());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(&request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_forged_notice_says_nothing() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let jar = signed_in(&server, &kim);
    for notice in junk() {
        let forged = jar.with_cookie("__Host-countersign-notice", &notice);
        works(&forged.clone().get("/security"), &notice);
        works(&Jar::of(&server).with_cookie("__Host-countersign-notice", &notice).get("/sign-in"), &notice);
    }
    for value in ["zz", "00ff", "n-1", "n99999999999", "n", "", "6d4172<", "."] {
        let forged = format!("notice-account-disabled.login.{value}");
        works(&jar.with_cookie("__Host-countersign-notice", &forged).get("/security"), &forged);
    }
    // Of what fits into a notice of ours, markup is text.
    let forged = format!("notice-account-disabled.login.{}", hex("<b>mArKeR</b>"));
    let page = jar.with_cookie("__Host-countersign-notice", &forged).get("/security");
    assert!(page.status == 200 && !page.text().contains("<b>mArKeR"), "{}", page.text());
}

#[test]
fn a_forged_realm_is_none() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    for slug in junk() {
        let mut jar = Jar::of(&server).with_cookie("__Host-countersign-realm", &slug);
        works(&jar.get("/sign-in"), &slug);
        let answer = jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]);
        assert_eq!((answer.status, answer.header("location")), (303, "/security"), "{slug}: {}", answer.text());
    }
    // One that could be a realm's is like any that is not there: the page comes, and nobody signs in.
    let mut jar = Jar::of(&server).with_cookie("__Host-countersign-realm", "no-such-realm");
    assert_eq!(jar.get("/sign-in").status, 200);
    assert_eq!(jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]).status, 422);
}

/// A realm whose users have to enroll, and may go back to the shop.
fn realm_of_the_shop(server: &Server) -> Realm {
    let policy = ["enforcement.required_for=everyone", "enforcement.grace_days=0", "recovery_codes.count=0"];
    let realm = Realm::create_with(server.deployment(), "recommended", &policy);
    let arguments = ["realm", "set-appearance", "--realm", &realm.slug, "--return-to", SHOP];
    server.deployment().run(&arguments).expect(0);
    realm
}

#[test]
fn a_forged_way_back_leads_nowhere() {
    let server = Server::start();
    let realm = realm_of_the_shop(&server);
    let kim = Account::create_in(server.deployment(), &realm);
    let mut jar = password_given(&server, &kim);
    enroll(&mut jar, &kim);
    let addresses = [
        "https://evil.example/mArKeR",
        "https://shop.example.evil.example/account",
        "https://shop.example@evil.example/account",
        "//evil.example/account",
        "javascript:alert('mArKeR')",
        "https://shop.example/account\r\nSet-Cookie: a=mArKeR",
        "https://shop.example/mArKeR",
        "https://shop.example/account/..%2fmArKeR",
        "/mArKeR",
    ];
    let forged: Vec<String> = addresses.iter().map(|address| hex(address)).chain(junk()).collect();
    let odd = [hex(&format!("{SHOP}/{}", MARKER.repeat(700))), "c3".to_owned(), "6".to_owned()];
    for value in forged.iter().chain(&odd) {
        let mut jar = jar.with_cookie("__Host-countersign-way-back", value);
        for path in ["/security", "/security/sessions", "/security/enroll"] {
            works(&jar.get(path), &format!("{path} with {value}"));
        }
    }
    // Nor does it at the end of an enrollment, where it would be gone to by itself.
    let enrolled_with = |value: &str| {
        let lee = Account::create_in(server.deployment(), &realm);
        let mut jar = password_given(&server, &lee).with_cookie("__Host-countersign-way-back", value);
        enroll(&mut jar, &lee).1
    };
    for value in forged.iter().take(4) {
        let answer = enrolled_with(value);
        assert_eq!((answer.status, answer.header("location")), (303, "/security"), "{value}");
    }
    // What is on the list does.
    assert_eq!(enrolled_with(&hex(SHOP)).header("location"), SHOP);
    jar = jar.with_cookie("__Host-countersign-way-back", &hex(SHOP));
    assert!(jar.get("/security").text().contains(&format!("href=\"{SHOP}\"")));
}

#[test]
fn an_address_of_ours_plants_nothing_that_the_realms_do_not_have() {
    let server = Server::start();
    let realm = realm_of_the_shop(&server);
    let kim = Account::create(server.deployment());
    let inside = signed_in(&server, &kim);
    for slug in ["no-such-realm", "x%3BDomain%3Devil", "x%0d%0aSet-Cookie%3aa%3db", "%00", &"x".repeat(4096)] {
        for mut jar in [Jar::of(&server), inside.clone()] {
            let answer = jar.get(&format!("/security?realm={slug}"));
            assert!([303, 404].contains(&answer.status), "{slug}: {}", answer.status);
            let set = set_cookies(&answer);
            assert!(set.iter().all(|line| line.contains("-form=")), "{slug}: {set:?}");
            assert!(!answer.header("location").contains("evil"), "{slug}: {}", answer.header("location"));
        }
    }
    for address in ["https://evil.example/", "//evil.example/", "https://shop.example/accounts", "javascript:alert(1)"]
    {
        for slug in [&*realm.slug, "default", "no-such-realm", ""] {
            for mut jar in [Jar::of(&server), inside.clone()] {
                let answer = jar.get(&format!("/security?realm={slug}&return_to={}", escaped(address)));
                assert_eq!((answer.status, answer.header("location")), (400, ""), "{address} in {slug:?}");
                let set = set_cookies(&answer);
                assert!(set.iter().all(|line| line.contains("-form=")), "{address}: {set:?}");
            }
        }
    }
    let answer = Jar::of(&server).get(&format!("/security?realm={}&return_to={}", realm.slug, escaped(SHOP)));
    assert_eq!(answer.status, 303);
    assert!(set_cookies(&answer).iter().any(|line| line.contains("-way-back=")), "what is on the list is kept");
    assert!(is_signed_in(&inside));
}

#[test]
fn two_installations_at_ports_of_one_host_keep_cookies_of_their_own() {
    let named = |prefix: &str| Deployment::new().with("COOKIE_PREFIX", prefix).start();
    let (shop, wiki) = (named("shop"), named("wiki"));
    let kim = Account::create(shop.deployment());
    let mut jar = Jar::of(&shop);
    jar.get("/sign-in");
    let token = jar.cookie("__Host-shop-form").to_owned();
    let fields = [("form_token", &*token), ("login", &kim.login), ("password", &kim.password)];
    let signed_in = jar.post_as_is("/sign-in", &fields);
    assert_eq!(signed_in.status, 303, "{}", signed_in.text());
    let set = set_cookies(&signed_in);
    assert!(!set.is_empty() && set.iter().all(|line| line.starts_with("__Host-shop-")), "{set:?}");
    assert_eq!(jar.get("/security").status, 200);
    // What the other one is sent of it is none of its business: it takes nothing away and says nothing of it.
    let mut elsewhere = jar.clone().at(&wiki);
    let page = elsewhere.get("/sign-in");
    assert!(page.status == 200 && !page.text().contains("session has ended"), "{}", page.text());
    let sent_away = elsewhere.get("/security");
    assert_eq!((sent_away.status, sent_away.header("location")), (303, "/sign-in"));
    assert!(set_cookies(&sent_away).iter().all(|line| line.starts_with("__Host-wiki-")), "{:?}", sent_away.headers);
    assert_eq!(jar.get("/security").status, 200);
}
