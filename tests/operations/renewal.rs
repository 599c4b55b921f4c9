//! A certificate that is renewed on disk while the server goes on.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use countersign_tests::{Deployment, Server};

fn openssl(arguments: &[&str]) -> String {
    let ran = Command::new("openssl").args(arguments).output().expect("openssl runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Writes a certificate for a name, and its key.
fn issue(directory: &Path, name: &str) {
    let file = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    let subject = format!("/CN={name}");
    let make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    openssl(&[&make[..], &["-subj", &subject, "-keyout", &file("key.pem"), "-out", &file("certificate.pem")]].concat());
}

/// The name in the certificate that is presented now.
fn presented(address: SocketAddr) -> String {
    let connect = format!("openssl s_client -connect {address} </dev/null 2>/dev/null | openssl x509 -noout -subject");
    let ran = Command::new("sh").args(["-c", &connect]).output().unwrap();
    String::from_utf8(ran.stdout).unwrap().trim().rsplit(['=', ' ']).next().unwrap().to_owned()
}

#[track_caller]
fn wait_for(server: &Server, name: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while presented(server.address()) != name {
        assert!(Instant::now() < deadline, "{name} is not presented:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_renewed_certificate_is_presented_and_a_broken_one_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    issue(directory.path(), "old");
    let file = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let server = Deployment::new()
        .with("TLS_CERTIFICATE_FILE", &file("certificate.pem"))
        .with("TLS_KEY_FILE", &file("key.pem"))
        .start();
    assert_eq!(presented(server.address()), "old");
    // Whoever asks for it gets it at once.
    issue(directory.path(), "new");
    server.hang_up();
    wait_for(&server, "new");
    // A renewal that is half done, or that went wrong, is not presented.
    std::fs::write(file("certificate.pem"), "none").unwrap();
    server.hang_up();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !server.log().contains("cannot be used; the one before is presented") {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(presented(server.address()), "new");
    // Whoever asks for nothing gets it soon.
    issue(directory.path(), "newest");
    wait_for(&server, "newest");
    server.stop();
}

#[test]
fn sighup_ends_no_server() {
    let server = Server::start();
    for _ in 0..3 {
        server.hang_up();
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while !server.log().contains("SIGHUP") {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.client().get("/health/ready").status, 200);
    server.stop();
}
