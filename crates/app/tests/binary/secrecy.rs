use crate::deployment::{Deployment, PASSWORD};

#[test]
fn even_at_trace_the_log_has_no_secret_and_no_statement() {
    let deployment = Deployment::new().with("COUNTERSIGN_LOG", "trace,sqlx=trace,sea_orm=trace,hyper=trace,poem=trace");
    let mut server = deployment.serve();
    assert_eq!(deployment.create_account("kim@example.org").exit, 0);
    let body = serde_json::json!({ "login": "kim@example.org", "password": PASSWORD });
    let mut answer = ureq::post(format!("{}/v1/sign-in", server.address)).send_json(body).unwrap();
    let answer: serde_json::Value = answer.body_mut().read_json().unwrap();
    let token = answer["session"]["token"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    ureq::get(format!("{}/v1/account", server.address)).header("Authorization", bearer).call().unwrap();
    let ring = std::fs::read_to_string(deployment.key_ring()).unwrap();
    let material = ring.lines().find_map(|line| line.strip_prefix("material = \"")?.strip_suffix('"')).unwrap();

    server.signal();
    assert_eq!(server.finish(), Some(0));
    let log = server.said.join("\n");
    for secret in [PASSWORD, token, material, "$argon2id$"] {
        assert!(!log.contains(secret), "{log}");
    }
    for statement in ["SELECT", "INSERT", "UPDATE "] {
        assert!(!log.contains(statement), "{log}");
    }
}
