//! The pages without a browser: the ways through them that tests take again and again.

use countersign_tests::account::text;
use countersign_tests::browser::Jar;
use countersign_tests::{Account, Answer, Authenticator, Client, Enrolled, Server};

/// The session, as browsers keep it.
pub(crate) const SESSION: &str = "__Host-countersign-session";

/// Someone who gave login and password.
#[track_caller]
pub(crate) fn password_given(server: &Server, account: &Account) -> Jar {
    let mut jar = Jar::of(server);
    jar.get("/sign-in");
    let fields = [("login", &*account.login), ("password", &*account.password), ("realm", &*account.realm)];
    let answer = jar.post("/sign-in", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    jar
}

/// Someone who signed in with the password, which was enough.
#[track_caller]
pub(crate) fn signed_in(server: &Server, account: &Account) -> Jar {
    let jar = password_given(server, account);
    assert!(!jar.cookie(SESSION).is_empty(), "the password is enough");
    jar
}

/// Someone with a second factor who signed in with a recovery code.
#[track_caller]
pub(crate) fn at_the_pages(server: &Server, someone: &mut Enrolled) -> Jar {
    let mut jar = password_given(server, &someone.account);
    let answer = jar.post("/sign-in/recovery-code", &[("code", &someone.recovery_code())]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(!jar.cookie(SESSION).is_empty(), "signed in");
    jar
}

/// Whether the session that a browser keeps opens anything.
#[track_caller]
pub(crate) fn is_signed_in(jar: &Jar) -> bool {
    let page = jar.clone().get("/security");
    let sent_away = page.status == 303 && page.header("location") == "/sign-in";
    assert!(sent_away || page.status == 200, "{} {}", page.status, page.text());
    !sent_away
}

/// The identifier of the account whose session it is.
#[track_caller]
pub(crate) fn id_of(session: &Client) -> String {
    text(&session.get("/v1/account").expect(200)["id"])
}

/// Begins an enrollment, and answers the address of its page and an app with the key that stands there.
#[track_caller]
pub(crate) fn begin_enrollment(jar: &mut Jar, account: &Account) -> (String, Authenticator) {
    begin_further(jar, account, "")
}

/// The same for someone who has an authenticator already, with a code.
#[track_caller]
pub(crate) fn begin_further(jar: &mut Jar, account: &Account, code: &str) -> (String, Authenticator) {
    let fields = [("name", "Phone"), ("proof_password", &*account.password), ("proof_code", code)];
    let begun = jar.post("/security/enroll", &fields);
    assert_eq!(begun.status, 303, "{}", begun.text());
    let address = begun.header("location").to_owned();
    let page = jar.get(&address).text();
    let key = between(&page, "id=\"secret\">", "<").replace(' ', "");
    (address, Authenticator::new(&key))
}

/// Enrolls an app, and answers it with what comes of its first code.
#[track_caller]
pub(crate) fn enroll(jar: &mut Jar, account: &Account) -> (Authenticator, Answer) {
    let (address, mut app) = begin_enrollment(jar, account);
    let confirmed = jar.post(&address, &[("code", &app.fresh_code())]);
    assert!([200, 303].contains(&confirmed.status), "{}", confirmed.text());
    (app, confirmed)
}

/// What the forms of a page repeat.
#[track_caller]
pub(crate) fn form_token_of(page: &Answer) -> String {
    between(&page.text(), "name=\"form_token\" value=\"", "\"").to_owned()
}

/// The codes that a page shows.
pub(crate) fn shown_codes(page: &Answer) -> Vec<String> {
    let page = page.text();
    page.split("<span data-line>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// What stands in a text behind something, up to something else.
#[track_caller]
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(after)).map(|(found, _)| found);
    found.unwrap_or_else(|| panic!("there is no {before:?} … {after:?} in {text}"))
}

/// Every byte as it may stand in an address.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The cookies that an answer sets, but for those that it only takes away.
pub(crate) fn set_cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
    lines.filter(|line| !line.contains("=;")).collect()
}
