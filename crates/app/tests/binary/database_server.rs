//! What is said and done about a database server that is not there. What needs one is in the end-to-end tests.

use std::net::{SocketAddr, TcpListener};

use serde_json::Value;

use crate::deployment::{Deployment, Ran};

/// An address on which nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn on(url: &str) -> Deployment {
    Deployment::new().with("COUNTERSIGN_DATABASE_URL", url)
}

fn serve(deployment: &Deployment) -> Ran {
    deployment.run("serve --listen 127.0.0.1:0")
}

#[test]
fn a_server_that_is_not_there_is_waited_for_and_then_the_start_fails() {
    for scheme in ["postgres", "postgresql", "mysql"] {
        let address = nobody();
        let deployment = on(&format!("{scheme}://kim:hunter2@{address}/cs"))
            .with("COUNTERSIGN_DATABASE_START_SECONDS", "1")
            .with("COUNTERSIGN_LOG", "debug");
        let ran = serve(&deployment);
        assert_eq!(ran.exit, 4, "{}", ran.prose);
        let waiting = format!("waiting for the database at {scheme}://{address}/cs: Connection refused");
        assert_eq!(ran.prose.matches(&waiting).count(), 1, "{}", ran.prose);
        assert!(ran.prose.contains(", for up to 1 s\n"), "{}", ran.prose);
        assert!(ran.prose.matches("the database is not reached").count() > 1, "{}", ran.prose);
        assert!(ran.prose.contains("error: the database does not open: the database server is not reached"));
        assert!(ran.prose.contains("see whether the database server runs"), "{}", ran.prose);
        assert!(!ran.prose.contains("hunter2") && deployment.is_untouched(), "{}", ran.prose);
    }
}

#[test]
fn whoever_does_not_want_to_wait_does_not() {
    let deployment = on(&format!("postgres://kim@{}/cs", nobody())).with("COUNTERSIGN_DATABASE_START_SECONDS", "0");
    let ran = serve(&deployment);
    assert!(ran.exit == 4 && !ran.prose.contains("waiting"), "{}", ran.prose);
    // Other commands never wait.
    for command in ["account list", "database migrate", "database status"] {
        let ran = on(&format!("mysql://kim@{}/cs", nobody())).run(command);
        assert!(ran.exit == 4 && !ran.prose.contains("waiting"), "{command}: {}", ran.prose);
    }
}

#[test]
fn a_signal_ends_the_waiting_in_order() {
    let deployment = on(&format!("postgres://kim@{}/cs", nobody()));
    let server = deployment.begin_to_serve("waiting for the database at ");
    assert_eq!(server.stop(), Some(0));

    // Also while a server is asked that never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://kim@{}/cs", silent.local_addr().unwrap());
    let deployment = on(&url).with("COUNTERSIGN_DATABASE_CONNECT_SECONDS", "1");
    let server = deployment.begin_to_serve("waiting for the database at ");
    assert!(server.said.join("\n").contains("it did not answer within 1 s"), "{:?}", server.said);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_certificate_that_cannot_be_read_is_not_waited_for() {
    for parameter in ["sslrootcert", "sslcert"] {
        let ran = serve(&on(&format!("postgres://kim@{}/cs?{parameter}=/no/such/ca.pem", nobody())));
        assert_eq!(ran.exit, 4);
        assert!(ran.prose.contains("the file /no/such/ca.pem for TLS"), "{}", ran.prose);
        assert!(!ran.prose.contains("waiting"), "{}", ran.prose);
    }
}

#[test]
fn the_doctor_shows_the_place_and_warns_of_a_way_in_the_clear() {
    let findings = |url: &str| {
        let ran = on(url).with("COUNTERSIGN_DATABASE_CONNECT_SECONDS", "1").run("doctor");
        assert!(ran.exit == 1 && !ran.results.contains("hunter2"), "{}", ran.results);
        let find = |check: &str| {
            let report = ran.json();
            let findings = report["checks"].as_array().unwrap();
            findings.iter().find(|finding| finding["check"] == check).cloned().unwrap_or(Value::Null)
        };
        assert_eq!(find("data directory"), Value::Null);
        assert_eq!(find("database")["status"], "failure");
        (find("database tls")["status"].clone(), find("database")["message"].to_string())
    };
    let (status, message) = findings("postgres://kim:hunter2@192.0.2.1/cs?sslmode=disable");
    assert_eq!(status, "warning");
    assert!(message.contains("postgres://192.0.2.1/cs"), "{message}");
    assert_eq!(findings("mysql://kim:hunter2@192.0.2.1/cs").0, "ok");
    assert_eq!(findings(&format!("mysql://kim:hunter2@{}/cs?ssl-mode=DISABLED", nobody())).0, "ok");
}
