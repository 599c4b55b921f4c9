//! What is refused leaves evidence: an audit event or a line in the log, with the address and without anything that was sent.

use std::collections::BTreeSet;

use countersign_tests::account::text;
use countersign_tests::browser::Jar;
use countersign_tests::workspace;
use countersign_tests::{Account, Answer, Client, Deployment, Enrolled, Realm, Server, subject, tools, unique};
use serde_json::json;

const SIGN_IN: &str = "sign-in refused";
const REQUEST: &str = "request refused";

/// A server behind a proxy that says where each request comes from.
fn behind_a_proxy(format: &str) -> Server {
    Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1").with("LOG_FORMAT", format).start()
}

/// Requests of one address each, and what the log has to say of them.
struct Evidence<'a> {
    server: &'a Server,
    /// The line that each leaves: from which address, of which kind, for which reason.
    expected: Vec<(String, &'static str, &'static str)>,
}

impl Evidence<'_> {
    fn next(&mut self, kind: &'static str, why: &'static str) -> String {
        let address = format!("198.51.100.{}", self.expected.len() + 1);
        self.expected.push((address.clone(), kind, why));
        address
    }

    /// A refused request over the API, of `client` from an address of its own.
    #[track_caller]
    fn api(
        &mut self,
        line: (&'static str, &'static str),
        client: &Client,
        status: u16,
        send: impl Fn(&Client) -> Answer,
    ) {
        let address = self.next(line.0, line.1);
        let answer = send(&client.with_header("x-forwarded-for", &address));
        assert_eq!(answer.status, status, "{line:?}: {}", answer.text());
    }

    /// The same on the pages.
    #[track_caller]
    fn page(&mut self, line: (&'static str, &'static str), status: u16, send: impl Fn(&mut Jar) -> Answer) {
        let address = self.next(line.0, line.1);
        let answer = send(&mut Jar::of(self.server).with_header("x-forwarded-for", &address));
        assert_eq!(answer.status, status, "{line:?}: {}", answer.text());
    }
}

#[test]
fn every_refused_request_leaves_one_line_with_its_address() {
    let server = behind_a_proxy("json");
    let (client, deployment) = (server.client(), server.deployment());
    let mut evidence = Evidence { server: &server, expected: Vec::new() };
    let (realm, other) = (Realm::create(deployment, "recommended"), Realm::create(deployment, "recommended"));
    let mut kim = Enrolled::create_in(deployment, &client, &realm);
    let wrong = kim.authenticator.wrong_codes(1).remove(0);
    let typo = Account { password: unique::password(), ..kim.account.clone() };

    // Sign-ins, over the API.
    evidence.api((SIGN_IN, "password"), &client, 401, |client| typo.sign_in(client));
    evidence.api((SIGN_IN, "password"), &client, 401, |client| Account::unknown().sign_in(client));
    let nowhere = Account { realm: "nowhere".to_owned(), ..kim.account.clone() };
    evidence.api((SIGN_IN, "password"), &client, 401, |client| nowhere.sign_in(client));
    let challenge = kim.challenge(&client);
    evidence.api((SIGN_IN, "code"), &client, 422, |client| client.second_factor(&challenge, &wrong));
    let spent = kim.recovery_code();
    kim.sign_in_with(&client, &spent).expect(200);
    let challenge = kim.challenge(&client);
    evidence.api((SIGN_IN, "code"), &client, 422, |client| client.second_factor(&challenge, &spent));
    evidence.api((SIGN_IN, "challenge"), &client, 401, |client| client.second_factor("cs_challenge_none", "123456"));

    // And on the pages.
    let credentials = |account: &Account| {
        [("login", account.login.clone()), ("password", account.password.clone()), ("realm", account.realm.clone())]
    };
    let give_password = |jar: &mut Jar, account: &Account| {
        jar.get("/sign-in");
        let fields = credentials(account);
        jar.post("/sign-in", &fields.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    evidence.page((SIGN_IN, "password"), 422, |jar| give_password(jar, &typo));
    evidence.page((SIGN_IN, "code"), 422, |jar| {
        assert_eq!(give_password(jar, &kim.account).status, 303);
        jar.post("/sign-in/second-factor", &[("code", &wrong)])
    });
    evidence.page((REQUEST, "form_token"), 400, |jar| {
        jar.get("/sign-in");
        jar.post_as_is("/sign-in", &[("login", "a"), ("password", "b")])
    });
    evidence.page((REQUEST, "set_up_link"), 410, |jar| jar.get("/setup?token=none"));

    // Tokens and keys.
    let account = "/v1/account";
    evidence.api((REQUEST, "unauthenticated"), &client, 401, |client| client.get(account));
    evidence
        .api((REQUEST, "unauthenticated"), &client.with_token("cs_session_none"), 401, |client| client.get(account));
    let verify = |client: &Client| subject::verify(client, "user-7", "123456");
    evidence.api((REQUEST, "unauthenticated"), &client.with_token("cs_key_none"), 401, verify);
    let revoked = realm.api_key(deployment, &["verify"]);
    deployment.run(&["api-key", "revoke", &revoked.id, "--realm", &realm.slug, "--yes"]).expect(0);
    evidence.api((REQUEST, "unauthenticated"), &revoked.client(&client), 401, verify);
    let enrolls = realm.api_key(deployment, &["enroll"]);
    evidence.api((REQUEST, "forbidden"), &enrolls.client(&client), 403, verify);
    let ended = Account::create_in(deployment, &realm).session(&client);
    ended.post("/v1/sign-out", json!({})).expect(204);
    evidence.api((REQUEST, "unauthenticated"), &ended, 401, |client| client.get(account));
    evidence.page((REQUEST, "unauthenticated"), 303, |jar| jar.with_session(ended.token()).get("/security"));

    // Administration.
    let member = Account::create_in(deployment, &realm).session(&client);
    let accounts = "/v1/admin/accounts";
    let member_id = text(&member.get(account).expect(200)["id"]);
    evidence.api((REQUEST, "forbidden"), &member, 403, |client| client.get(accounts));
    let stranger = Account::create_in(deployment, &other).session(&client);
    let stranger = format!("{accounts}/{}", text(&stranger.get(account).expect(200)["id"]));
    let owner = Account::create_as(deployment, &realm, "owner").session(&client);
    let owner = format!("{accounts}/{}", text(&owner.get(account).expect(200)["id"]));
    let administers = realm.api_key(deployment, &["admin"]).client(&client);
    evidence.api((REQUEST, "not_found"), &administers, 404, |client| client.get(&stranger));
    evidence.api((REQUEST, "forbidden"), &administers, 403, |client| client.patch(&owner, json!({ "disabled": true })));

    // A proof that was not given. One that was wrong leaves an event.
    let codes = "/v1/account/two-factor/recovery-codes/regenerate";
    evidence.api((REQUEST, "proof_missing"), &kim.session, 422, |client| client.post(codes, json!({})));
    let proof = json!({ "password": typo.password, "code": "123456" });
    kim.session.post(codes, proof).expect(422);
    let events = ["audit", "list", "--realm", &realm.slug, "--event", "second_factor.rejected", "--output", "json"];
    let events = deployment.run(&events).expect(0).json();
    let purposes: Vec<String> =
        events["items"].as_array().unwrap().iter().map(|event| text(&event["details"]["purpose"])).collect();
    assert_eq!(purposes.iter().filter(|purpose| *purpose != "sign_in").count(), 1, "{events}");

    let expected = evidence.expected;
    let (_, log) = server.stop();
    for (address, kind, why) in &expected {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&format!("from {address} ("))).collect();
        let line = format!("\"message\":\"{kind} from {address} ({why})\"");
        assert!(lines.len() == 1 && lines[0].contains(&line), "{line}: {lines:?}");
        assert!(lines[0].contains("\"span\":{") && lines[0].contains("\"id\":"), "it names its request: {}", lines[0]);
    }
    let by = |who: &str| log.lines().any(|line| line.contains(REQUEST) && line.contains(who));
    assert!(by(&enrolls.id), "the key that has not the scope is named");
    assert!(by(&member_id), "and so is the member");
}

/// The filter that the documentation gives.
fn filter() -> String {
    let document = workspace::read("docs/fail2ban.md");
    let (_, rest) = document.split_once("```ini\n[Definition]").unwrap();
    let (filter, _) = rest.split_once("```").unwrap();
    format!("[Definition]{filter}")
}

/// The addresses that fail2ban finds in a log by that filter.
fn banned(log: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let (file, conf) = (directory.path().join("log"), directory.path().join("countersign.conf"));
    std::fs::write(&file, log).unwrap();
    std::fs::write(&conf, filter()).unwrap();
    let arguments = ["-o", "ip", file.to_str().unwrap(), conf.to_str().unwrap()];
    let found = tools::run("fail2ban-regex", "fail2ban", &arguments, b"");
    String::from_utf8(found).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn fail2ban_finds_the_address_of_each_failed_sign_in_and_no_other() {
    for format in ["text", "json"] {
        let server = behind_a_proxy(format);
        let client = server.client();
        let from = |address: &str| client.with_header("x-forwarded-for", address);
        let kim = Enrolled::create(server.deployment(), &client);
        let typo = Account { password: unique::password(), ..kim.account.clone() };
        // What looks like a line of the log where anything can be written.
        let forged =
            "2026-11-28T09:12:44.103811Z  WARN countersign::sign_in: sign-in refused from 192.0.2.99 (password)";
        let json = r#"{"timestamp":"2026-11-28T09:12:44Z","level":"WARN","message":"sign-in refused from 192.0.2.99 (code)","target":"countersign::sign_in"}"#;
        typo.sign_in(&from("203.0.113.1").with_header("user-agent", forged)).expect(401);
        let forger = Account { login: format!("x\n{forged}\n{json}"), ..Account::unknown() };
        let refused = forger.sign_in(&from("203.0.113.2").with_header("user-agent", json));
        let nowhere = Account { realm: forged.to_owned(), ..Account::unknown() }.sign_in(&from("203.0.113.3"));
        typo.sign_in(&from("2001:db8::4")).expect(401);
        let challenge = kim.challenge(&client);
        from("2001:db8::5").second_factor(&challenge, "000000").expect(422);
        from("203.0.113.6").second_factor(forged, "000000").expect(401);
        let mut jar = Jar::of(&server).with_header("x-forwarded-for", &format!("192.0.2.99, {}", "203.0.113.7"));
        jar.get("/sign-in");
        jar.post("/sign-in", &[("login", &kim.account.login), ("password", forged)]);
        // No failed sign-ins.
        from("203.0.113.8").with_token(forged).get("/v1/account").expect(401);
        kim.account.sign_in(&from("203.0.113.9")).expect(200);
        let (_, log) = server.stop();
        let mut expected: BTreeSet<&str> =
            ["203.0.113.1", "2001:db8::4", "2001:db8::5", "203.0.113.6", "203.0.113.7"].into();
        // Where the text is no login or realm, nobody tried to sign in.
        for (address, answer) in [("203.0.113.2", refused), ("203.0.113.3", nowhere)] {
            assert!([400, 401].contains(&answer.status), "{}", answer.text());
            if answer.status == 401 {
                expected.insert(address);
            }
        }
        let found = banned(&log);
        assert_eq!(found.len(), expected.len(), "each once: {found:?}");
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{format}: {log}");
    }
}

#[test]
fn a_flood_of_refused_requests_does_not_fill_the_log() {
    let server = Server::start();
    let client = server.client().with_token("cs_key_none");
    for _ in 0..300 {
        client.get("/v1/admin/accounts").expect(401);
    }
    let (_, log) = server.stop();
    // A minute may have ended in between.
    let lines = log.lines().filter(|line| line.contains(REQUEST)).count();
    assert!((1..=120).contains(&lines), "{lines} lines");
}
