use serde_json::Value;

use crate::deployment::{Deployment, Ran};

fn status(ran: &Ran, check: &str) -> Value {
    let report = ran.json();
    let findings = report["checks"].as_array().unwrap();
    findings.iter().rfind(|finding| finding["check"] == check).map_or(Value::Null, |finding| finding["status"].clone())
}

#[test]
fn before_anything_was_set_up_the_doctor_says_so_and_makes_nothing() {
    let deployment = Deployment::new();
    let ran = deployment.run("doctor");
    assert_eq!((ran.exit, status(&ran, "data directory")), (0, "warning".into()));
    assert!(ran.results.contains("nothing was set up yet"));
    assert!(deployment.is_untouched());
}

#[test]
fn a_healthy_deployment_is_ok_while_the_server_runs() {
    let deployment = Deployment::new();
    let _server = deployment.serve();
    let ran = deployment.run("doctor");
    assert_eq!(ran.exit, 0, "{}", ran.results);
    for check in ["clock", "configuration", "listen", "open files", "data directory", "key ring", "database", "keys"] {
        assert_eq!(status(&ran, check), "ok", "{check}: {}", ran.results);
    }
    let table = deployment.run("doctor --output table");
    let is_ok = |line: &str| line.split_whitespace().take(2).eq(["ok", "keys"]);
    assert!(table.results.lines().any(is_ok), "{}", table.results);
}

#[test]
fn what_is_wrong_is_a_failure_with_what_to_do() {
    let deployment = Deployment::set_up();
    std::fs::remove_file(deployment.key_ring()).unwrap();
    let ran = deployment.run("doctor");
    assert_eq!((ran.exit, status(&ran, "keys")), (1, "failure".into()));
    assert!(ran.results.contains("restore the key ring from your backup"));

    let ran = Deployment::new().with("COUNTERSIGN_LISTEN", "0.0.0.0:1").run("doctor");
    assert_eq!((ran.exit, status(&ran, "listen")), (1, "failure".into()));
    let everyone = Deployment::new().with("COUNTERSIGN_TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1").run("doctor");
    assert_eq!((everyone.exit, status(&everyone, "configuration")), (1, "failure".into()));
    let half = Deployment::new().with("COUNTERSIGN_TRUSTED_PROXIES", "0.0.0.0/1").run("doctor");
    assert_eq!((half.exit, status(&half, "trusted_proxies")), (1, "failure".into()));
    let neighbors = Deployment::new().with("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.0/8").run("doctor");
    assert_eq!((neighbors.exit, status(&neighbors, "trusted_proxies")), (0, "warning".into()));
    let ran = Deployment::new().with("COUNTERSIGN_LISTEN", "broken").run("doctor");
    assert_eq!((ran.exit, status(&ran, "configuration")), (1, "failure".into()));
}
