use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::deployment::{Deployment, Server, get};

#[test]
fn the_network_gets_no_plain_listener() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let deployment = Deployment::new();
        let ran = deployment.run(&format!("serve --listen {address}"));
        assert_eq!(ran.exit, 1, "{address}");
        assert!(ran.prose.contains("tls_certificate_file") && ran.prose.contains("trusted_proxies"), "{}", ran.prose);
        assert!(deployment.is_untouched(), "{address}");
    }
}

#[test]
fn a_certificate_that_is_none_stops_the_start() {
    let deployment = Deployment::new()
        .with("COUNTERSIGN_TLS_CERTIFICATE_FILE", "certificate.pem")
        .with("COUNTERSIGN_TLS_KEY_FILE", "key.pem");
    std::fs::write(deployment.path("certificate.pem"), "none").unwrap();
    std::fs::write(deployment.path("key.pem"), "hunter2").unwrap();
    let ran = deployment.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.exit, 1);
    assert!(ran.prose.contains("TLS certificate") && !ran.prose.contains("hunter2"), "{}", ran.prose);
}

#[test]
fn the_address_is_told_in_prose_and_in_the_log() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let logged = server.said.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let listening = logged.into_iter().find(|event| event["message"] == "listening").unwrap();
    assert_eq!(listening["address"], server.address);
    assert_eq!(server.get("/health/ready").0, 200);
    assert_eq!(server.get("/metrics").0, 404);
}

#[test]
fn metrics_may_have_a_listener_of_their_own() {
    let deployment = Deployment::new().with("COUNTERSIGN_METRICS_LISTEN", "127.0.0.1:0");
    let mut server = deployment.serve();
    let url = server.wait_for("metrics on ").trim_start_matches("metrics on ").to_owned();
    let (status, text) = get(&url);
    assert_eq!(status, 200);
    assert!(text.contains("countersign_slow_hashing_running"), "{text}");
    assert_eq!(server.get("/metrics").0, 404);
    assert_eq!(get(&url.replace("/metrics", "/health/live")).0, 404);
    assert_eq!(server.stop(), Some(0));
}

/// Begins a sign-in and answers when the server waits for its body.
fn begin_sign_in(server: &Server, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(server.address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut asked = vec![0; expected.len()];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(asked, expected);
    stream
}

#[test]
fn a_request_that_is_under_way_is_finished_before_the_end() {
    let deployment = Deployment::new();
    let mut server = deployment.serve();
    let body = r#"{"login":"kim","password":"wrong-password"}"#;
    let mut stream = begin_sign_in(&server, body.len());
    server.signal();
    server.wait_for("{");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(server.finish(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let deployment = Deployment::new();
    let mut server = deployment.serve();
    let _stream = begin_sign_in(&server, 9);
    server.signal();
    server.wait_for("{");
    server.signal();
    assert_eq!(server.finish(), Some(1));
}

#[test]
fn there_are_no_core_dumps() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
