use std::net::TcpListener;

use countersign_tests::{Account, Client, Deployment, Server, tools};
use serde_json::json;

#[test]
fn health_says_that_it_lives_and_can_work() {
    let server = Server::start();
    let client = server.client();
    assert_eq!(client.get("/health/live").expect(200), json!({ "status": "ok" }));
    let ready = json!({ "status": "ok", "store": true, "keys": true, "clock": true });
    assert_eq!(client.get("/health/ready").expect(200), ready);
}

/// The value of the first line of `metrics` that has all of `parts`.
fn value(metrics: &str, parts: &[&str]) -> Option<f64> {
    let line = metrics.lines().find(|line| parts.iter().all(|part| line.contains(part)))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn metrics_count_requests_and_sign_ins_and_name_nobody() {
    let server = Deployment::new().with("METRICS_PUBLIC", "true").start();
    let client = server.client();
    let account = Account::create(server.deployment());
    account.session(&client);
    Account { password: "not the password".to_owned(), ..account.clone() }.sign_in(&client).expect(401);
    let answer = client.get("/metrics");
    assert!(answer.status == 200 && answer.header("content-type").starts_with("text/plain"), "{}", answer.text());
    let metrics = answer.text();
    let requests = |status| value(&metrics, &["countersign_http_requests_total{", "operation=\"sign_in\"", status]);
    assert_eq!((requests("status=\"200\""), requests("status=\"401\"")), (Some(1.0), Some(1.0)), "{metrics}");
    let signed_in = value(&metrics, &["countersign_sign_ins_total{", "outcome=\"signed_in\""]);
    assert_eq!(signed_in, Some(1.0), "{metrics}");
    assert!(!metrics.contains(&account.login) && !metrics.contains("127.0.0.1"));
}

#[test]
fn metrics_are_not_on_the_public_listener_unless_asked_for() {
    Server::start().client().get("/metrics").expect_problem(404, "not_found");
}

#[test]
fn metrics_can_have_a_listener_of_their_own() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Deployment::new().with("METRICS_LISTEN", &free.to_string()).start();
    server.client().get("/metrics").expect_problem(404, "not_found");
    server.client().get("/health/live").expect(200);
    let metrics = Client::of(free).get("/metrics");
    assert!(metrics.status == 200 && metrics.text().contains("countersign_http_requests_total"), "{}", metrics.text());
    assert_eq!(Client::of(free).get("/v1/account").status, 404, "nothing else is there");
}

#[test]
fn the_api_reference_loads_nothing_from_outside() {
    let server = Server::start();
    let page = server.client().get("/docs");
    assert!(page.status == 200 && page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let html = page.text();
    for asset in ["<script src", "<link rel=\"stylesheet\" href=\"http", "@import"] {
        assert!(!html.contains(asset), "{asset}");
    }
}

#[test]
fn what_is_the_same_for_everyone_is_compressed_for_those_who_take_it() {
    let server = Server::start();
    for path in ["/docs", "/openapi.json", "/assets/app.css", "/assets/app.js"] {
        let url = format!("http://{}{path}", server.address());
        let plain = tools::run("curl", "curl", &["-s", &url], b"");
        let received = tools::run("curl", "curl", &["-s", "--compressed", &url], b"");
        assert!(plain == received && !plain.is_empty(), "{path}");
        let size = ["-s", "-H", "accept-encoding: gzip", "-o", "/dev/null", "-w", "%{size_download}", &url];
        let size: usize = String::from_utf8(tools::run("curl", "curl", &size, b"")).unwrap().parse().unwrap();
        assert!(size < plain.len() / 2, "{path}: {size} of {} bytes", plain.len());
    }
}

#[test]
fn password_managers_are_led_to_the_change_of_password() {
    let server = Server::start();
    let answer = server.client().get("/.well-known/change-password");
    assert!((302..=303).contains(&answer.status) && answer.header("location").starts_with('/'), "{answer:?}");
}

#[test]
fn every_answer_names_its_request_and_is_taken_for_what_it_is() {
    let server = Server::start();
    let client = server.client();
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/health/live", "/openapi.json", "/docs", "/v1/account", "/nowhere"] {
        let answer = client.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "{path}: {ids:?}");
    }
    assert!(!ids.contains(""));
}
