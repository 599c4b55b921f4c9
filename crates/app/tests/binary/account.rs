use serde_json::Value;

use crate::deployment::{Deployment, PASSWORD};

#[test]
fn accounts_are_looked_after_while_the_server_runs() {
    let deployment = Deployment::new();
    let server = deployment.serve();

    let made = deployment.create_account("kim@example.org");
    assert_eq!(made.exit, 0, "{}", made.prose);
    let made = made.json();
    assert_eq!((&made["realm"], &made["role"]), (&"default".into(), &"member".into()));
    let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "id", "login", "realm", "role", "two_factor_enabled"]);

    let listed = deployment.run("account list --query KIM").json();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["two_factor"]), (&made["id"], &"disabled".into()));
    assert_eq!(listed["next_cursor"], Value::Null);
    let shown = deployment.run("account show kim@example.org").json();
    assert_eq!((&shown["id"], &shown["authenticators"]), (&made["id"], &Value::Array(Vec::new())));

    let sign_in = |password: &str| {
        let body = serde_json::json!({ "login": "kim@example.org", "password": password });
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.post(format!("{}/v1/sign-in", server.address)).send_json(body).unwrap().status().as_u16()
    };
    assert_eq!(sign_in(PASSWORD), 200);
    let changed = deployment.run_with("account set-password kim@example.org --password-stdin", "quartz-river-9920\n");
    assert_eq!((changed.exit, &changed.json()["success"]), (0, &true.into()));
    assert_eq!((sign_in(PASSWORD), sign_in("quartz-river-9920")), (401, 200));

    assert_eq!(deployment.run("account set-role kim@example.org admin").exit, 0);
    assert_eq!(deployment.run("account list --role admin").json()["items"][0]["role"], "admin");
    assert_eq!(deployment.run("account list --role owner").json()["items"], Value::Array(Vec::new()));
    assert_eq!(deployment.run("account unlock kim@example.org").exit, 0);
    assert_eq!(deployment.run("account delete kim@example.org --yes").exit, 0);
    assert_eq!(deployment.run("account show kim@example.org").exit, 3);
}

#[test]
fn exit_codes_tell_how_it_ended() {
    let deployment = Deployment::set_up();
    assert_eq!(deployment.create_account("kim").exit, 0);
    let again = deployment.create_account("KIM");
    assert_eq!((again.exit, again.results.as_str()), (1, ""));
    assert!(again.prose.starts_with("error: the login \"KIM\" is taken"), "{}", again.prose);
    assert_eq!(deployment.run("account disable-2fa lee --yes").exit, 3);
    assert_eq!(deployment.run("account list --realm nowhere").exit, 3);
    let off = deployment.run("account disable-2fa kim --yes");
    assert_eq!((off.exit, &off.json()["success"]), (1, &false.into()));
    let table = deployment.run("account disable-2fa kim --yes --output table").results;
    assert!(table.starts_with("success  message\n") && table.contains("\nfalse    Two-factor"), "{table}");
}

#[test]
fn accounts_are_looked_after_without_the_key_ring() {
    let deployment = Deployment::set_up();
    std::fs::remove_file(deployment.key_ring()).unwrap();
    assert_eq!(deployment.create_account("kim").exit, 0);
    assert_eq!(deployment.run("account unlock kim").exit, 0);
    assert!(!deployment.key_ring().exists());
}

#[test]
fn the_second_factor_of_someone_who_lost_their_phone_is_disabled() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    deployment.create_account("kim");
    let id = server.enroll(&deployment, "kim");
    let shown = deployment.run("account show kim").json();
    assert_eq!(shown["two_factor_enabled"], true);
    assert_eq!((&shown["authenticators"][0]["id"], &shown["authenticators"][0]["status"]), (&id, &"active".into()));
    assert!(shown["recovery_codes_remaining"].as_u64().unwrap() > 0);

    let disabled = deployment.run_with("account disable-2fa kim --yes --reason lost", "");
    assert_eq!((disabled.exit, &disabled.json()["success"]), (0, &true.into()), "{}", disabled.prose);
    let shown = deployment.run("account show kim").json();
    assert_eq!((&shown["two_factor_enabled"], &shown["authenticators"]), (&false.into(), &Value::Array(Vec::new())));
    let again = server.post("/v1/sign-in", "none", &serde_json::json!({ "login": "kim", "password": PASSWORD }));
    assert_eq!(again["status"], "signed_in");
}
