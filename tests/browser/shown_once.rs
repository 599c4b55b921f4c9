//! What is shown once, and forms that are sent again: nothing is repeated by it and nothing is lost.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Answer, Enrolled, Realm, Server};

use crate::without_browser::{
    SESSION, at_the_pages, begin_enrollment, between, form_token_of, is_signed_in, set_cookies, shown_codes, signed_in,
};

/// Sends a form as it stands on a page, with the name of its act.
fn send(jar: &mut Jar, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = form_token_of(page);
    jar.post_as_is(path, &[&[("form_token", &*token)], fields].concat())
}

/// Looks twice, says that it is saved, and looks again.
#[track_caller]
fn is_shown_until_saved(jar: &mut Jar, led: &Answer, secret: &str, saved: &str) {
    let (first, again) = (jar.follow(led), jar.follow(led));
    for page in [&first, &again] {
        assert!(page.status == 200 && page.text().contains(secret), "{secret}: {}", page.text());
    }
    let act = between(&first.text(), "name=\"shown\" value=\"", "\"").to_owned();
    // Of another browser it is not, even with the session.
    let mut elsewhere = Jar::with_sessions_of(jar);
    assert!(!elsewhere.follow(led).text().contains(secret));
    assert_eq!(jar.post(saved, &[("saved", "yes"), ("shown", &act)]).status, 303);
    let gone = jar.follow(led);
    assert!(gone.status == 303 && !gone.text().contains(secret), "{}", gone.text());
}

#[test]
fn what_is_shown_once_is_shown_until_it_is_saved() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &countersign_tests::unique::login(), "owner");
    let mut jar = signed_in(&server, &lee);
    let (address, mut app) = begin_enrollment(&mut jar, &lee);
    let page = jar.get(&address);
    let confirmed = send(&mut jar, &page, &address, &[("code", &app.fresh_code())]);
    let codes = shown_codes(&jar.follow(&confirmed));
    assert_eq!(codes.len(), 10);
    let late = jar.clone();
    is_shown_until_saved(&mut jar, &confirmed, &codes[3], "/security/recovery-codes/saved");
    // The codes of one are shown to nobody else who signs in there.
    let kim = Account::create(server.deployment());
    let page = jar.get("/security/recovery-codes");
    let proof = [("act", "regenerate"), ("proof_password", &*lee.password), ("proof_code", &codes[0])];
    let regenerated = send(&mut jar, &page, "/security/recovery-codes", &proof);
    let fresh = shown_codes(&jar.follow(&regenerated));
    assert!(fresh.len() == 10 && fresh[0] != codes[0], "{fresh:?}");
    let mut stranger = jar.without_cookie(SESSION);
    stranger.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]);
    assert!(!stranger.follow(&regenerated).text().contains(&fresh[0]));
    is_shown_until_saved(&mut jar, &regenerated, &fresh[0], "/security/recovery-codes/saved");
    // A key for an application.
    let page = jar.get("/admin/api-keys");
    let proof = app.fresh_code();
    let key = [("name", "Shop"), ("scope", "verify"), ("expiry", "30"), ("proof_password", &*lee.password)];
    let made = send(&mut jar, &page, "/admin/api-keys", &[&key[..], &[("proof_code", &proof)]].concat());
    let key = between(&jar.follow(&made).text(), "id=\"key\">", "<").to_owned();
    assert!(key.starts_with("cs_key_"), "{key}");
    is_shown_until_saved(&mut jar, &made, &key, "/admin/api-keys/saved");
    drop(late);
}

#[test]
fn codes_that_are_shown_before_the_confirmation_stay_beside_the_key() {
    let server = Server::start();
    for preset in ["dokploy", "ispconfig"] {
        let realm = Realm::create(server.deployment(), preset);
        let kim = Account::create_in(server.deployment(), &realm);
        let mut jar = signed_in(&server, &kim);
        let (address, mut app) = begin_enrollment(&mut jar, &kim);
        let (first, again) = (jar.get(&address), jar.get(&address));
        assert!(shown_codes(&first).len() >= 5 && shown_codes(&first) == shown_codes(&again), "{preset}");
        let action = between(&again.text(), "method=\"post\" action=\"/security/enroll/", "\"").to_owned();
        let action = format!("/security/enroll/{action}");
        // A wrong code loses neither.
        let wrong = [("code", &*app.wrong_code()), ("proof_password", &*kim.password)];
        let refused = send(&mut jar, &again, &action, &wrong);
        assert_eq!((refused.status, shown_codes(&refused)), (422, shown_codes(&first)), "{preset}: {}", refused.text());
        let right = [("code", &*app.fresh_code()), ("proof_password", &*kim.password)];
        assert_eq!(send(&mut jar, &refused, &action, &right).status, 303, "{preset}");
    }
}

#[test]
fn a_form_that_is_sent_twice_is_carried_out_once() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &countersign_tests::unique::login(), "owner");
    let mut jar = signed_in(&server, &lee);
    let page = jar.get("/security/enroll");
    let begin = [("name", "Phone"), ("proof_password", &*lee.password)];
    let begun = [(); 2].map(|()| send(&mut jar, &page, "/security/enroll", &begin));
    assert_eq!(begun[0].header("location"), begun[1].header("location"), "the key that was scanned stays good");
    let page = jar.follow(&begun[1]);
    let address = begun[0].header("location").to_owned();
    let mut app = countersign_tests::Authenticator::new(&between(&page.text(), "id=\"secret\">", "<").replace(' ', ""));
    let code = app.fresh_code();
    // The first answer was lost: nothing of it reached the browser.
    let mut before = jar.clone();
    let lost = send(&mut jar, &page, &address, &[("code", &code)]);
    let told = send(&mut before, &page, &address, &[("code", &code)]);
    assert_eq!((told.status, told.header("location")), (303, lost.header("location")), "{}", told.text());
    let codes = shown_codes(&before.follow(&told));
    assert_eq!(codes.len(), 10);
    // Confirmed already, from a page that was open beside it: that it is done, not that it failed.
    let late = jar.post(&address, &[("code", &app.fresh_code())]);
    assert_eq!(late.header("location"), "/security");
    assert!(jar.get("/security").text().contains("confirmed already"));
    // Other codes, twice.
    let page = jar.get("/security/recovery-codes");
    let proof = [("act", "regenerate"), ("proof_password", &*lee.password), ("proof_code", &codes[0])];
    let made = [(); 2].map(|()| send(&mut jar, &page, "/security/recovery-codes", &proof));
    assert_eq!(made[0].header("location"), made[1].header("location"));
    let made = "SELECT COUNT(*) FROM audit_event WHERE event = 'recovery_codes.issued'";
    assert_eq!(server.deployment().query(made).trim(), "2", "one set of the enrollment, one that was made anew");
    // A key, twice; and the same page with another name is another key.
    let page = jar.get("/admin/api-keys");
    let proof = app.fresh_code();
    let key = |name: &'static str| {
        [("name", name), ("scope", "verify"), ("expiry", "30"), ("proof_password", &*lee.password)]
    };
    for _ in 0..2 {
        let fields = [&key("Shop")[..], &[("proof_code", &*proof)]].concat();
        assert_eq!(send(&mut jar, &page, "/admin/api-keys", &fields).status, 303);
    }
    let proof = app.fresh_code();
    let fields = [&key("Panel")[..], &[("proof_code", &*proof)]].concat();
    assert_eq!(send(&mut jar, &page, "/admin/api-keys", &fields).status, 303);
    let keys = server.deployment().query("SELECT name FROM api_key ORDER BY name");
    assert_eq!(keys.lines().collect::<Vec<_>>(), ["Panel", "Shop"]);
}

#[test]
fn a_sign_in_whose_answer_was_lost_is_told_again_and_counts_no_failure() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    jar.post("/sign-in", &[("login", &kim.account.login), ("password", &kim.account.password)]);
    let page = jar.get("/sign-in/second-factor");
    let code = kim.authenticator.fresh_code();
    let mut again = jar.clone();
    let answers = [
        send(&mut jar, &page, "/sign-in/second-factor", &[("code", &code)]),
        send(&mut again, &page, "/sign-in/second-factor", &[("code", &code)]),
    ];
    for answer in &answers {
        assert_eq!((answer.status, answer.header("location")), (303, "/security"), "{}", answer.text());
    }
    assert_eq!(set_cookies(&answers[0]), set_cookies(&answers[1]));
    assert!(is_signed_in(&jar) && is_signed_in(&again));
    let refused = "SELECT COUNT(*) FROM audit_event WHERE event = 'second_factor.rejected'";
    assert_eq!(server.deployment().query(refused).trim(), "0");
    // Another code under the same name is looked at as ever.
    let mut guesser = again.without_cookie(SESSION);
    guesser.post("/sign-in", &[("login", &kim.account.login), ("password", &kim.account.password)]);
    let wrong = kim.authenticator.wrong_code();
    let refusal = send(&mut guesser, &page, "/sign-in/second-factor", &[("code", &wrong)]);
    assert!(refusal.status != 303 || refusal.header("location") != "/security" || !is_signed_in(&guesser));
    // Back to the page of a sign-in that succeeded leads on, without a word of failure.
    let back = jar.get("/sign-in/second-factor");
    assert_eq!((back.status, back.header("location")), (303, "/security"));
    assert!(!jar.get("/security").text().contains("too long"));
}

#[test]
fn a_key_does_not_outlive_its_browser() {
    // Whoever has the address alone, from a history or a log, sees nothing.
    let server = Server::start();
    let mut lee = Enrolled::create(server.deployment(), &server.client());
    let mut jar = at_the_pages(&server, &mut lee);
    let code = lee.authenticator.fresh_code();
    let proof = [("act", "regenerate"), ("proof_password", &*lee.account.password), ("proof_code", &code)];
    let made = jar.post("/security/recovery-codes", &proof);
    let codes = shown_codes(&jar.follow(&made));
    for mut other in [Jar::of(&server), jar.without_cookie(SESSION), Jar::with_sessions_of(&jar)] {
        assert!(!other.follow(&made).text().contains(&codes[0]));
    }
}
