use std::io::{Read, Write};
use std::net::TcpStream;

use countersign_tests::raw::RawRequest;
use countersign_tests::{Deployment, Server};

const HTTPS_ONLY: &str = "max-age=63072000; includeSubDomains";

/// What each kind of answer is asked for by: pages, assets, refusals, the API, and what is beside it.
const PATHS: [&str; 10] = [
    "/",
    "/sign-in",
    "/assets/app.css",
    "/assets/nothing",
    "/v1/account",
    "/nowhere",
    "/docs",
    "/openapi.json",
    "/health/live",
    "/.well-known/change-password",
];

#[test]
fn every_answer_holds_browsers_to_https_behind_a_proxy() {
    let behind_proxy = Deployment::new().with("TRUSTED_PROXIES", "192.0.2.1").start();
    let plain = Server::start();
    for path in PATHS {
        let ask = |server: &Server, method: &str| RawRequest::new(method, path).send(server.address());
        for method in ["GET", "HEAD", "POST"] {
            assert_eq!(ask(&behind_proxy, method).header("strict-transport-security"), HTTPS_ONLY, "{method} {path}");
        }
        assert_eq!(ask(&plain, "GET").header("strict-transport-security"), "", "{path}");
    }
}

#[test]
fn the_head_of_every_answer_can_be_asked_for_alone() {
    let server = Server::start();
    for path in PATHS {
        let whole = RawRequest::new("GET", path).send(server.address());
        let head = RawRequest::new("HEAD", path).send(server.address());
        assert_eq!((head.status, head.text().len()), (whole.status, 0), "{path}");
        for name in ["content-type", "content-length"] {
            // The page without a session has a token of its own each time, as long as the other.
            assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
        }
    }
}

#[test]
fn a_request_that_names_no_host_or_several_is_refused() {
    let server = Server::start();
    let send = |headers: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        write!(stream, "GET /health/live HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    for headers in ["", "Host: here\r\nHost: there\r\n"] {
        let answer = send(headers);
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("\"invalid_request\""), "{answer}");
    }
    assert!(send("Host: here\r\n").starts_with("HTTP/1.1 200"));
}

#[test]
fn an_undeclared_proxy_is_told_of_once_and_clients_among_the_proxies_as_well() {
    let forwarded = |server: &Server, chain: &str| {
        let request = RawRequest::new("GET", "/health/live").header("X-Forwarded-For", chain);
        assert_eq!(request.send(server.address()).status, 200);
    };
    let told = |server: Server| server.stop().1;

    let undeclared = Server::start();
    (0..3).for_each(|_| forwarded(&undeclared, "198.51.100.7"));
    let log = told(undeclared);
    assert_eq!(log.matches("trusted_proxies").count(), 1, "{log}");

    let wide = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8").start();
    (0..3).for_each(|_| forwarded(&wide, "198.51.100.7, 10.5.5.5"));
    (0..3).for_each(|_| forwarded(&wide, "10.5.5.5"));
    let log = told(wide);
    let lines = |part: &str| log.lines().filter(|line| line.contains(part)).count();
    assert_eq!((lines("10.0.0.0/8"), lines("every address in X-Forwarded-For")), (1, 1), "{log}");

    let declared = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1").start();
    forwarded(&declared, "198.51.100.7");
    assert!(!told(declared).contains("trusted_proxies"));
}
