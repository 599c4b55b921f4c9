use countersign_tests::browser::{Jar, Visitor};
use countersign_tests::{Account, Answer, Enrolled, Server, unique};

use crate::inhabited::Inhabited;
use crate::kept::{expect_unchanged, kept};
use crate::routes::routes;
use crate::without_browser::{SESSION, is_signed_in, password_given, signed_in};

#[test]
fn a_sign_in_wants_the_token_as_well() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    let fields = [("login", kim.login.as_str()), ("password", kim.password.as_str())];
    let refused = jar.clone().post_as_is("/sign-in", &fields);
    assert_eq!(refused.status, 400, "nobody is signed in to someone else's account unawares");
    assert_eq!(Jar::of(&server).post_as_is("/sign-in", &fields).status, 400);
    assert_eq!(jar.post("/sign-in", &fields).status, 303);
}

#[test]
fn cookies_are_for_this_host_over_tls_and_out_of_reach_of_scripts() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let mut jar = Jar::of(&server);
    let mut set = Vec::new();
    let mut note = |answer: &Answer| {
        set.extend(answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()));
    };
    note(&jar.get("/sign-in?lang=de"));
    note(&jar.post("/sign-in", &[("login", &kim.account.login), ("password", &kim.account.password)]));
    let code = kim.authenticator.fresh_code();
    note(&jar.post("/sign-in/second-factor", &[("code", &code), ("trust", "yes")]));
    note(&jar.get("/security"));
    let signed_out = jar.post("/sign-out", &[]);
    note(&signed_out);
    for name in ["form", "language", "challenge", "session", "device", "known-device"] {
        let is_set = |line: &&String| {
            line.starts_with(&format!("__Host-countersign-{name}=")) && !line.contains(&format!("{name}=;"))
        };
        assert!(set.iter().any(|line| is_set(&line)), "{name}: {set:?}");
    }
    for line in &set {
        let attributes: Vec<String> = line.split(';').skip(1).map(|part| part.trim().to_lowercase()).collect();
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
        assert!(line.starts_with("__Host-"), "{line}");
        assert!(has("secure") && has("httponly") && has("path=/"), "{line}");
        assert!(has("samesite=lax") || has("samesite=strict"), "{line}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("domain")), "{line}");
    }
    assert_eq!(jar.cookie("__Host-countersign-session"), "", "signing out forgets the session");
    assert_eq!(signed_out.header("clear-site-data"), "\"cache\"", "and what the browser kept of its pages");
    assert_ne!(jar.cookie("__Host-countersign-device"), "", "but not that the browser is trusted");
}

#[test]
fn nobody_is_sent_to_an_address_that_the_realm_does_not_list() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    for address in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://localhost@evil.example/",
        "https://evil.example/%0d%0aSet-Cookie:a=b",
    ] {
        let encoded: String = address.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = jar.get(&format!("/sign-in?return_to={encoded}"));
        assert_eq!(page.status, 400, "{address}");
        assert!(!page.header("content-security-policy").contains("evil"), "{address}");
        let fields = [("login", kim.login.as_str()), ("password", kim.password.as_str()), ("return_to", address)];
        let answer = jar.clone().post("/sign-in", &fields);
        assert!(!answer.header("location").contains("evil"), "{address}: {}", answer.header("location"));
        assert_eq!(answer.status, 400, "{address}");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 0, "{address}: nobody is signed in");
        // What leads on after recovery codes is no way out either.
        let mut inside = signed_in(&server, &kim);
        let saved = inside.post("/security/recovery-codes/saved", &[("saved", "yes"), ("return_to", address)]);
        assert!(!saved.header("location").contains("evil"), "{address}: {}", saved.header("location"));
    }
}

#[test]
fn what_a_login_or_a_name_holds_is_text_and_nothing_else() {
    let server = Server::start();
    let owner = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let hostile = "<img/src=x/onerror=alert(1)>'\"&";
    Account::named(server.deployment(), "default", hostile, "member");
    let mut jar = signed_in(&server, &owner);
    let wrong = jar.clone().post("/sign-in", &[("login", hostile), ("password", "not the password")]);
    let listed = jar.get("/admin/accounts");
    let audit = jar.get("/admin/audit-events");
    let searched = jar.get("/admin/accounts?query=%3Cimg%2Fsrc%3Dx%2Fonerror%3Dalert%281%29%3E%27%22");
    for (name, page) in [("sign-in", wrong), ("accounts", listed), ("audit", audit), ("search", searched)] {
        assert!(!page.text().contains("<img/src"), "{name}");
        assert!(page.text().contains("onerror=alert(1)"), "{name} shows it: {}", page.status);
    }
}

#[test]
fn a_session_of_the_pages_ends_when_it_is_over() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = signed_in(&server, &kim);
    jar.get("/security");
    assert_eq!(jar.clone().post("/sign-out", &[]).status, 303);
    for path in ["/security", "/security/password", "/admin/accounts"] {
        let answer = jar.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{path}");
    }
    // A cookie does not open the API: what other sites can make a browser send is not enough there.
    let mut jar = signed_in(&server, &kim);
    assert_eq!(jar.get("/v1/account").status, 401);
}

#[test]
fn signing_in_again_ends_the_session_that_the_account_had_in_the_browser() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut lee = Enrolled::create(server.deployment(), &server.client());
    let mut jar = signed_in(&server, &kim);
    let elsewhere = kim.session(&server.client());
    let first = jar.clone();
    // What is wrong ends nothing.
    assert_eq!(jar.post("/sign-in", &[("login", &kim.login), ("password", "not the password")]).status, 422);
    assert!(is_signed_in(&first));
    // The same account, and then another one with a second factor.
    assert_eq!(jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]).status, 303);
    let second = jar.clone();
    assert_ne!(first.cookie(SESSION), second.cookie(SESSION));
    assert!(is_signed_in(&second) && !is_signed_in(&first));
    assert_eq!(jar.post("/sign-in", &[("login", &lee.account.login), ("password", &lee.account.password)]).status, 303);
    assert!(is_signed_in(&second), "half a sign-in ends nothing either");
    let code = lee.authenticator.fresh_code();
    assert_eq!(jar.post("/sign-in/second-factor", &[("code", &code)]).status, 303);
    assert!(is_signed_in(&second), "two people may share a browser");
    let third = jar.clone();
    assert!(jar.get("/security").text().contains(&lee.account.login));
    // By a recovery code as well.
    jar.post("/sign-in", &[("login", &lee.account.login), ("password", &lee.account.password)]);
    assert_eq!(jar.post("/sign-in/recovery-code", &[("code", &lee.recovery_code())]).status, 303);
    let kept = third.clone().get("/security").text();
    assert!(kept.contains(&kim.login) && !kept.contains(&lee.account.login), "{kept}");
    assert!(elsewhere.is_signed_in() && lee.session.is_signed_in(), "other browsers are other browsers");
}

#[test]
fn between_password_and_code_there_is_no_session() {
    let server = Server::start();
    let kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = password_given(&server, &kim.account);
    assert_eq!(jar.cookie(SESSION), "");
    let challenge = jar.cookie("__Host-countersign-challenge").to_owned();
    assert!(challenge.starts_with("cs_challenge_"), "{challenge}");
    for token in [challenge.clone(), challenge.replace("cs_challenge_", "cs_page_")] {
        for path in ["/security", "/security/enroll", "/security/recovery-codes", "/admin/accounts"] {
            let answer = jar.with_session(&token).get(path);
            assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{path}");
        }
        assert_eq!(jar.with_session(&token).post("/security/disable", &[]).header("location"), "/sign-in");
    }
    assert_eq!(jar.get("/sign-in/second-factor").status, 200);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_browser_keeps_the_cookies_as_they_are_meant() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    let cookies = visitor.browser.cookies();
    assert!(cookies.iter().any(|cookie| cookie.name == "__Host-countersign-session"), "{cookies:?}");
    for cookie in &cookies {
        assert!(cookie.name.starts_with("__Host-") && cookie.secure && cookie.http_only, "{cookie:?}");
        assert!(cookie.path == "/" && ["Lax", "Strict"].contains(&&*cookie.same_site), "{cookie:?}");
    }
    assert_eq!(visitor.browser.execute("return document.cookie"), "", "no script reads them");
    // What somebody slips into a page does not run.
    let slip = "const it = document.createElement('script'); it.textContent = 'window.slipped = true';
        document.body.append(it); return window.slipped === true";
    assert_eq!(visitor.browser.execute(slip), false);
    assert!(!visitor.browser.complaints().is_empty(), "the browser says so");
}

#[test]
fn a_session_of_the_api_opens_no_page_and_sends_no_form() {
    let place = Inhabited::new();
    let token = place.owner.session.token().to_owned();
    for token in [token.clone(), token.replace("cs_session_", "cs_page_")] {
        let mut jar = Jar::of(&place.server).with_session(&token);
        jar.get("/sign-in");
        let before = kept(place.deployment());
        let mut tried = 0;
        for route in
            routes().iter().filter(|route| route.path.starts_with("/security") || route.path.starts_with("/admin"))
        {
            let path = place.address(&route.path);
            let mut answers = Vec::new();
            if route.get {
                answers.push(jar.get(&path));
            }
            if route.post {
                answers.push(jar.post(&path, &place.fields(&path, &place.owner.account)));
            }
            for answer in answers {
                let home = path == "/admin" && answer.header("location") == "/admin/accounts";
                let refused = answer.status == 303 && (answer.header("location") == "/sign-in" || home);
                assert!(refused, "{path}: {} {} {}", answer.status, answer.header("location"), answer.text());
                tried += 1;
            }
            expect_unchanged(place.deployment(), &before, &path);
        }
        assert!(tried >= 40, "{tried}");
    }
    assert!(place.owner.session.is_signed_in());
}

#[test]
fn a_session_that_somebody_slipped_into_a_browser_is_ended_by_the_next_sign_in() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let slipped = kim.session(&server.client());
    let mut jar = Jar::of(&server).with_session(slipped.token());
    jar.get("/sign-in");
    assert_eq!(jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]).status, 303);
    assert_ne!(jar.cookie(SESSION), slipped.token());
    assert!(is_signed_in(&jar) && !slipped.is_signed_in());
}
