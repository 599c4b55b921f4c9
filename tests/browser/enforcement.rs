use countersign_tests::browser::{Jar, set_up_link};
use countersign_tests::{Account, Deployment, Server, unique};

use crate::inhabited::Inhabited;
use crate::kept::{expect_unchanged, kept};
use crate::routes::routes;
use crate::without_browser::{SESSION, enroll, is_signed_in, signed_in};

/// A second factor for everyone, now.
const REQUIRED: [&str; 6] =
    ["realm", "set-policy", "--realm", "default", "enforcement.required_for=everyone", "enforcement.grace_days=0"];

/// Whether these pages are for a session that may only enroll, or for everyone.
fn is_open(path: &str) -> bool {
    let of_enrolling = ["/security", "/sign-out"].contains(&path) || path.starts_with("/security/enroll");
    of_enrolling || !(path.starts_with("/security") || path.starts_with("/admin"))
}

#[test]
fn a_session_that_may_only_enroll_opens_no_other_page_and_sends_no_other_form() {
    let place = Inhabited::new();
    place.deployment().run(&REQUIRED).expect(0);
    for role in ["member", "admin", "owner"] {
        let lee = Account::named(place.deployment(), "default", &unique::login(), role);
        let mut jar = signed_in(&place.server, &lee);
        let (before, mut tried) = (kept(place.deployment()), 0);
        for route in routes().iter().filter(|route| !is_open(&route.path)) {
            let path = place.address(&route.path);
            let mut answers = Vec::new();
            if route.get {
                answers.extend([("GET", jar.get(&path)), ("GET", jar.get(&format!("{path}?format=csv&role=admin")))]);
            }
            if route.post {
                answers.push(("POST", jar.post(&path, &place.fields(&path, &lee))));
            }
            for (method, answer) in answers {
                let leads_on = answer.status == 303 && answer.header("location") == "/security";
                // The bare address of the administration leads on to what does, and where names are sent, the security
                // page itself is shown.
                let leads_on = leads_on || (path == "/admin" && answer.header("location") == "/admin/accounts");
                let leads_on = leads_on || (method == "GET" && path.ends_with("/rename") && answer.status == 200);
                let refused = [403, 404].contains(&answer.status);
                assert!(leads_on || refused, "{role}, {method} {path}: {} {}", answer.status, answer.text());
                assert!(!answer.text().contains(&place.owner.account.login), "{role}, {method} {path}");
                tried += 1;
            }
            expect_unchanged(place.deployment(), &before, &path);
        }
        assert!(tried >= 50, "{tried}");
        // What it is there for it does, and then all is open to the new session.
        enroll(&mut jar, &lee);
        let sessions = jar.get("/security/sessions");
        assert_eq!(sessions.status, 200, "{role}: {}", sessions.text());
        assert_eq!(jar.get("/admin/accounts").status, if role == "member" { 403 } else { 200 }, "{role}");
    }
}

#[test]
fn a_session_that_may_only_enroll_can_be_ended() {
    let place = Inhabited::new();
    place.deployment().run(&REQUIRED).expect(0);
    let mut jar = signed_in(&place.server, &Account::create(place.deployment()));
    let before = jar.clone();
    let answer = jar.post("/sign-out", &[]);
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{}", answer.text());
    assert!(!is_signed_in(&before) && jar.cookie(SESSION).is_empty());
}

/// The first owner of a realm in which everyone has to enroll, at the pages, just made by the printed link.
fn first_owner() -> (Server, Account, Jar) {
    // The first start makes the realm; nobody is in it yet.
    let (deployment, _) = Deployment::new().start().stop();
    deployment.run(&REQUIRED).expect(0);
    let server = deployment.start();
    let link = set_up_link(&server);
    let kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
    let mut jar = Jar::of(&server);
    jar.get(&link);
    let fields = [
        ("setup_token", link.split_once('=').unwrap().1),
        ("login", &kim.login),
        ("password", &kim.password),
        ("password_again", &kim.password),
    ];
    let made = jar.post("/setup", &fields);
    assert_eq!((made.status, made.header("location")), (303, "/security/enroll"), "{}", made.text());
    (server, kim, jar)
}

#[test]
fn the_first_owner_enrolls_before_anything_else_where_everyone_has_to() {
    let (_server, kim, mut jar) = first_owner();
    for path in ["/admin/accounts", "/admin/policy", "/admin/api-keys", "/security/sessions", "/security/password"] {
        let answer = jar.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, "/security"), "{path}: {}", answer.text());
    }
    enroll(&mut jar, &kim);
    assert_eq!(jar.get("/admin/accounts").status, 200);
    assert_eq!(jar.get("/admin/policy").status, 200);
}

#[test]
fn the_session_of_the_set_up_opens_nothing_once_its_owner_has_enrolled_elsewhere() {
    let (server, kim, mut jar) = first_owner();
    // Where the policy does not simply end it.
    let keep_sessions = ["realm", "set-policy", "--realm", "default", "sign_in.end_other_sessions_on_change=false"];
    server.deployment().run(&keep_sessions).expect(0);
    enroll(&mut signed_in(&server, &kim), &kim);
    // It never showed the second factor that the account has now.
    for path in ["/admin/accounts", "/security/sessions", "/security/recovery-codes", "/security/disable"] {
        let answer = jar.get(path);
        assert!(answer.status == 303 && answer.header("location") != path, "{path}: {}", answer.text());
    }
    let answer = jar.get("/admin/policy");
    assert_eq!(answer.status, 303, "{}", answer.text());
}
