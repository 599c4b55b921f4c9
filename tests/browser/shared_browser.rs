//! Several people, realms and windows in one browser: a page knows whose it is.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Enrolled, Realm, Server};

use crate::without_browser::{SESSION, between, form_token_of, is_signed_in, signed_in};

/// Signs somebody in beside those who are signed in.
fn sign_in_beside(jar: &mut Jar, account: &Account) {
    let fields = [("realm", &*account.realm), ("login", &account.login), ("password", &account.password)];
    assert_eq!(jar.post("/sign-in", &fields).status, 303);
}

#[test]
fn each_of_two_goes_on_where_they_were() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let (kim, lee) = (Account::create(server.deployment()), Account::create_in(server.deployment(), &realm));
    let mut jar = signed_in(&server, &kim);
    let of_kim = jar.clone();
    let page = jar.get("/security/password");
    sign_in_beside(&mut jar, &lee);
    assert!(jar.get("/security").text().contains(&lee.login));
    assert!(is_signed_in(&of_kim), "who signed in before goes on");
    // The form of the page that is still open is Kim's.
    let new = countersign_tests::unique::password();
    let fields = [
        ("form_token", &*form_token_of(&page)),
        ("current_password", &kim.password),
        ("new_password", &new),
        ("new_password_again", &new),
    ];
    assert_eq!(jar.post_as_is("/security/password", &fields).status, 303);
    assert!(Account { password: new, ..kim.clone() }.sign_in(&server.client()).status == 200);
    // Going back to the first one needs no password.
    let page = jar.get("/sign-in?realm=default").text();
    assert!(page.contains(&kim.login) && !page.contains(&lee.login), "{page}");
    let account = between(&page, "name=\"account\" value=\"", "\"").to_owned();
    let led = jar.post("/sign-in/continue", &[("realm", "default"), ("account", &account)]);
    assert_eq!((led.status, led.header("location")), (303, "/security"));
    assert!(jar.get("/security").text().contains(&kim.login));
    // As somebody who is not signed in here, nobody goes on.
    let stranger = Account::create(server.deployment());
    let id = crate::without_browser::id_of(&stranger.session(&server.client()));
    let led = jar.post("/sign-in/continue", &[("realm", "default"), ("account", &id)]);
    assert!(led.header("location").starts_with("/sign-in"), "{}", led.header("location"));
    // Signing out is for one.
    assert_eq!(jar.post("/sign-out", &[]).status, 303);
    assert!(jar.get("/security").text().contains(&lee.login), "Lee is still signed in");
}

#[test]
fn a_page_of_somebody_who_left_changes_nothing_for_the_next_one() {
    let server = Server::start();
    let (kim, lee) = (Account::create(server.deployment()), Account::create(server.deployment()));
    let mut jar = signed_in(&server, &kim);
    let page = jar.get("/security/sessions");
    jar.post("/sign-out", &[]);
    sign_in_beside(&mut jar, &lee);
    let elsewhere = signed_in(&server, &lee);
    let fields = [("form_token", &*form_token_of(&page))];
    let refused = jar.post_as_is("/security/sessions/end-others", &fields);
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(is_signed_in(&elsewhere), "Lee's other session was not ended");
    // From a page of their own it is.
    let page = jar.get("/security/sessions");
    let fields = [("form_token", &*form_token_of(&page))];
    assert_eq!(jar.post_as_is("/security/sessions/end-others", &fields).status, 303);
    assert!(!is_signed_in(&elsewhere));
}

#[test]
fn a_code_is_tried_on_the_challenge_of_its_page() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let lee = Enrolled::create(server.deployment(), &server.client());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    sign_in_beside(&mut jar, &kim.account);
    let of_kim = jar.get("/sign-in/second-factor");
    sign_in_beside(&mut jar, &lee.account);
    let of_lee = jar.get("/sign-in/second-factor").text();
    assert!(of_lee.contains(&lee.account.login), "{of_lee}");
    // The way to the recovery code is for the same one as well.
    let address = between(&of_kim.text(), "href=\"/sign-in/recovery-code", "\"").replace("&amp;", "&");
    assert!(jar.get(&format!("/sign-in/recovery-code{address}")).text().contains(&kim.account.login));
    let code = kim.authenticator.fresh_code();
    let fields = [("form_token", &*form_token_of(&of_kim)), ("code", &code)];
    let led = jar.post_as_is("/sign-in/second-factor", &fields);
    assert_eq!((led.status, led.header("location")), (303, "/security"), "{}", led.text());
    assert!(jar.get("/security").text().contains(&kim.account.login));
    let failures = "SELECT COUNT(*) FROM second_factor WHERE code_failures > 0";
    assert_eq!(server.deployment().query(failures).trim(), "0", "nothing was counted against Lee");
    assert_eq!(jar.get("/sign-in/second-factor").status, 200, "whose challenge still stands");
}

#[test]
fn a_browser_is_trusted_by_each_who_trusts_it() {
    let server = Server::start();
    let mut people = [(); 2].map(|()| Enrolled::create(server.deployment(), &server.client()));
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    for person in &mut people {
        sign_in_beside(&mut jar, &person.account);
        let code = person.authenticator.fresh_code();
        assert_eq!(jar.post("/sign-in/second-factor", &[("code", &code), ("trust", "yes")]).status, 303);
    }
    for person in &people {
        let mut jar = jar.without_cookie(SESSION);
        let fields = [("login", &*person.account.login), ("password", &person.account.password)];
        let led = jar.post("/sign-in", &fields);
        assert_eq!((led.status, led.header("location")), (303, "/security"), "no second factor is due");
        assert!(jar.get("/security/trusted-devices").text().contains("This browser"), "it is known for what it is");
    }
}

#[test]
fn windows_that_were_opened_together_all_work() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let (mut first, mut last) = (Jar::of(&server), Jar::of(&server));
    let page = first.get("/sign-in");
    last.get("/sign-in");
    let fields = [
        ("form_token", &*form_token_of(&page)),
        ("realm", "default"),
        ("login", &*kim.login),
        ("password", &*kim.password),
    ];
    // The browser kept the cookie of the page that came last, and vouches for the other one.
    let led = last.with_header("Sec-Fetch-Site", "same-origin").post_as_is("/sign-in", &fields);
    assert_eq!((led.status, led.header("location")), (303, "/security"), "{}", led.text());
    // One that says nothing gets its form back, with what was typed, and it works.
    let again = last.post_as_is("/sign-in", &fields);
    assert_eq!(again.status, 400, "{}", again.text());
    assert!(again.text().contains(&format!("value=\"{}\"", kim.login)) && !again.text().contains(&kim.password));
    let token = form_token_of(&again);
    let led = last.post_as_is("/sign-in", &[&[("form_token", &*token)], &fields[1..]].concat());
    assert_eq!(led.status, 303, "{}", led.text());
    // No other site is vouched for, and a token that cannot be one is none.
    for (site, token) in
        [("cross-site", &*form_token_of(&page)), ("same-site", &form_token_of(&page)), ("same-origin", "x")]
    {
        let fields = [&[("form_token", token)], &fields[1..]].concat();
        let refused = Jar::of(&server).with_header("Sec-Fetch-Site", site).post_as_is("/sign-in", &fields);
        assert_eq!(refused.status, 400, "{site}: {}", refused.text());
    }
}

#[test]
fn the_page_that_was_wanted_comes_after_the_sign_in() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    for (wanted, led_to) in [
        ("/security/sessions", "/security/sessions"),
        ("/security/activity?lang=de", "/security/activity?lang=de"),
        ("/security", "/security"),
        ("/", "/security"),
    ] {
        let mut jar = Jar::of(&server);
        jar.get(wanted);
        jar.get("/sign-in");
        let led = jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]);
        assert_eq!(led.header("location"), led_to, "{wanted}");
    }
    // With a second factor in between as well.
    let mut lee = Enrolled::create(server.deployment(), &server.client());
    let mut jar = Jar::of(&server);
    jar.get("/security/sessions");
    jar.get("/sign-in");
    sign_in_beside(&mut jar, &lee.account);
    let code = lee.authenticator.fresh_code();
    assert_eq!(jar.post("/sign-in/second-factor", &[("code", &code)]).header("location"), "/security/sessions");
    // A cookie that somebody made up leads nowhere else.
    for forged in
        ["https://evil.example/", "//evil.example/security", "/security\\evil", "/sign-out", "/security//evil"]
    {
        let hex: String = forged.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut jar = Jar::of(&server).with_cookie("__Host-countersign-deep-link", &hex);
        jar.get("/sign-in");
        let member = Account::create(server.deployment());
        let led = jar.post("/sign-in", &[("login", &member.login), ("password", &member.password)]);
        assert_eq!(led.header("location"), "/security", "{forged}");
    }
}

#[test]
fn what_another_port_of_the_host_keeps_in_the_browser_is_left_to_it() {
    // Cookies know no ports: both installations get what either one sets.
    let (one, two) = (Server::start(), Server::start());
    let (kim, lee) = (Account::create(one.deployment()), Account::create(two.deployment()));
    let at_one = signed_in(&one, &kim);
    let mut at_two = Jar::with_sessions_of(&at_one).at(&two);
    // Whoever comes with it is nobody here, is told so once, and keeps it.
    assert_eq!(at_two.get("/security").header("location"), "/sign-in");
    assert!(at_two.get("/sign-in").text().contains("Your session has ended"));
    assert_eq!(at_two.get("/security").header("location"), "/sign-in");
    assert!(!at_two.get("/sign-in").text().contains("Your session has ended"), "once is enough");
    assert_eq!(at_two.post("/sign-in", &[("login", &lee.login), ("password", &lee.password)]).status, 303);
    assert!(is_signed_in(&at_two));
    let back = at_two.at(&one);
    assert!(is_signed_in(&back), "the first installation's session goes on");
}
