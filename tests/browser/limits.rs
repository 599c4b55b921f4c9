use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use countersign_tests::account::AUTHENTICATORS;
use countersign_tests::browser::Jar;
use countersign_tests::{Account, Enrolled, Server, unique};
use serde_json::json;

use crate::kept::{expect_unchanged, kept};
use crate::without_browser::{password_given, signed_in};

/// How long a form may be on its way at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection on which a form was begun, and for how long one waits for what comes of it at once.
fn begun_form(server: &Server, length: usize, wait: Duration) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(wait)).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    write!(stream, "{head}Content-Length: {length}\r\n\r\nl").unwrap();
    stream
}

/// Whether it was answered or closed, by the time that the stream waits.
fn is_given_up(stream: &TcpStream) -> bool {
    match stream.peek(&mut [0; 1]) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

#[test]
fn a_form_that_stops_on_its_way_is_given_up() {
    let server = Server::start();
    let stream = begun_form(&server, 20, PATIENCE);
    assert!(is_given_up(&stream), "it is waited for after {PATIENCE:?}");
    assert_eq!(Jar::of(&server).get("/sign-in").status, 200);
}

#[test]
fn a_form_that_trickles_in_is_given_up() {
    let server = Server::start();
    let mut stream = begun_form(&server, 20_000, Duration::from_secs(1));
    let begun = Instant::now();
    while !is_given_up(&stream) {
        assert!(begun.elapsed() < PATIENCE, "it is still read");
        // A byte a second. Where it is refused, it is over.
        if stream.write_all(b"l").is_err() {
            break;
        }
    }
    assert_eq!(Jar::of(&server).get("/sign-in").status, 200);
}

#[test]
fn a_form_that_is_longer_than_any_of_ours_is_refused() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    let long = "x".repeat(100_000);
    let fields = [("login", &*kim.login), ("password", &*kim.password), ("more", &*long)];
    assert_eq!(jar.post("/sign-in", &fields).status, 413);
    assert_eq!(jar.post("/sign-in", &fields[..2]).status, 303);
}

#[test]
fn wrong_codes_at_the_pages_and_over_the_api_share_one_budget() {
    let server = Server::start();
    let api = server.client();
    let mut kim = Enrolled::create(server.deployment(), &api);
    let codes = kim.authenticator.wrong_codes(5);
    let challenge = kim.challenge(&api);
    let mut jar = password_given(&server, &kim.account);
    for code in &codes[..2] {
        api.second_factor(&challenge, code).expect_problem(422, "invalid_code");
    }
    for code in &codes[2..] {
        // The last one is told with the wait that it begins.
        let answer = jar.post("/sign-in/second-factor", &[("code", code)]);
        assert!([422, 429].contains(&answer.status), "{}", answer.text());
    }
    // Neither place looks at the right one now, whatever address is made up.
    let code = kim.authenticator.fresh_code();
    for address in ["", "192.0.2.1", "192.0.2.2, 198.51.100.7", "::1"] {
        let mut jar = if address.is_empty() { jar.clone() } else { jar.with_header("X-Forwarded-For", address) };
        let answer = jar.post("/sign-in/second-factor", &[("code", &code)]);
        assert_eq!(answer.status, 429, "{address}: {}", answer.text());
    }
    api.second_factor(&kim.challenge(&api), &code).expect_problem(429, "too_many_attempts");
    // A recovery code has a counter of its own, so that guessing locks nobody out.
    let code = kim.recovery_code();
    assert_eq!(jar.post("/sign-in/recovery-code", &[("code", &code)]).status, 303);
}

#[test]
fn wrong_passwords_at_the_pages_make_wait_whatever_address_is_made_up() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = Jar::of(&server);
    jar.get("/sign-in");
    let give = |password: &str, number: u32| {
        let mut jar = jar.with_header("X-Forwarded-For", &format!("192.0.2.{number}"));
        jar.post("/sign-in", &[("login", &kim.login), ("password", password)]).status
    };
    let statuses: Vec<u16> = (1..=15).map(|number| give("not the password", number)).collect();
    assert!(statuses.iter().all(|status| [422, 429].contains(status)) && statuses.contains(&429), "{statuses:?}");
    assert_eq!(give(&kim.password, 99), 429, "the right one is not looked at either");
    // And over the API it is the same wait.
    kim.sign_in(&server.client()).expect_problem(429, "too_many_attempts");
}

#[test]
fn a_browser_that_was_signed_in_waits_for_no_guesser_at_the_same_address() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut known = signed_in(&server, &kim);
    known.post("/sign-out", &[]);
    let guesser = Account { password: unique::password(), ..kim.clone() };
    // Until the wait is long enough for what is tried during it.
    while guesser.sign_in(&server.client()).body["retry_after_seconds"].as_u64() < Some(8) {}
    let fields = [("login", kim.login.as_str()), ("password", kim.password.as_str())];
    let give = |jar: &mut Jar| {
        jar.get("/sign-in");
        jar.post("/sign-in", &fields).status
    };
    assert_eq!(give(&mut Jar::of(&server)), 429, "another browser waits with the guesser");
    assert_eq!(give(&mut known), 303);
}

#[test]
fn a_proof_is_not_guessed_without_waiting() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let mut jar = signed_in(&server, &kim);
    let session = kim.session(&server.client());
    let mut prove = |password: &str| jar.post("/security/enroll", &[("name", "Phone"), ("proof_password", password)]);
    let statuses: Vec<u16> = (0..10).map(|_| prove(&unique::password()).status).collect();
    let verdicts = statuses.iter().take_while(|status| **status == 422).count();
    assert!((1..=6).contains(&verdicts), "{statuses:?}");
    assert!(statuses[verdicts..].iter().all(|status| *status == 429), "{statuses:?}");
    let right = prove(&kim.password);
    assert!(right.status == 429 && right.header("location").is_empty(), "{}", right.text());
    session.post(AUTHENTICATORS, json!({ "password": kim.password })).expect_problem(429, "too_many_attempts");
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["authenticators"], json!([]));
}

#[test]
fn an_administrators_password_is_not_guessed_without_waiting() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let mut jar = signed_in(&server, &lee);
    let mut create = |password: &str| {
        let fields = [("name", "Shop"), ("scope", "verify"), ("expiry", "30"), ("proof_password", password)];
        jar.post("/admin/api-keys", &fields).status
    };
    let statuses: Vec<u16> = (0..10).map(|_| create(&unique::password())).collect();
    let verdicts = statuses.iter().take_while(|status| **status == 422).count();
    assert!((1..=6).contains(&verdicts), "{statuses:?}");
    assert!(statuses[verdicts..].iter().all(|status| *status == 429), "{statuses:?}");
    let before = kept(server.deployment());
    assert_eq!(create(&lee.password), 429, "the right one is not looked at either");
    expect_unchanged(server.deployment(), &before, "the right password within the wait");
}
