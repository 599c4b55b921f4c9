use serde_json::Value;

use crate::deployment::{Deployment, get};

#[test]
fn a_realm_is_made_shown_and_changed_while_the_server_runs() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let made = deployment.run("realm create shop --issuer Shop --preset pterodactyl");
    assert_eq!(made.exit, 0, "{}", made.prose);
    let made = made.json();
    let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "id", "issuer", "policy", "preset", "slug"]);
    assert_eq!(made["policy"]["proofs"]["confirm"], "password");
    assert_eq!(deployment.run("realm show --realm shop").json(), made);
    assert_eq!(deployment.run("realm show --realm shop").json(), made);
    let listed = deployment.run("realm list").json();
    assert_eq!((&listed["items"][0]["slug"], &listed["items"][1]["slug"]), (&"default".into(), &"shop".into()));

    std::fs::write(deployment.path("policy.toml"), "[totp]\nperiod_seconds = 60\ndigits = 7\n").unwrap();
    std::fs::write(deployment.path("policy.json"), r#"{"enforcement": {"required_for": "everyone"}}"#).unwrap();
    let line = "realm set-policy --realm shop --preset dokploy --issuer Store --file policy.toml totp.digits=8";
    let changed = deployment.run(line).json();
    let totp = &changed["policy"]["totp"];
    assert_eq!(
        (&totp["digits"], &totp["period_seconds"], &changed["issuer"]),
        (&8.into(), &60.into(), &"Store".into())
    );
    assert_eq!(changed["policy"]["proofs"]["disable"], "password_or_code");
    let changed = deployment.run("realm set-policy --realm shop --file policy.json").json();
    assert_eq!(changed["policy"]["enforcement"]["required_for"], "everyone");
    assert_eq!(changed["policy"]["totp"]["digits"], 8);

    let table = deployment.run("realm show --realm shop --output table").results;
    assert!(table.starts_with("slug ") && table.contains("\nenforcement.required_for "), "{table}");
    assert_eq!(deployment.run("realm show --realm nowhere").exit, 3);
    assert_eq!(get(&format!("{}/health/ready", server.address)).0, 200);
}

#[test]
fn a_policy_that_breaks_a_rule_is_refused_with_the_key_and_changes_nothing() {
    let deployment = Deployment::set_up();
    let before = deployment.run("realm show").json();
    std::fs::write(deployment.path("policy.toml"), "[proofs]\nbegin = \"blood\"\n").unwrap();
    for (change, key) in [
        ("totp.period_seconds=7", "totp.period_seconds must be 15 to 120"),
        ("totp.digits=8 nonsense=1", "nonsense is not a key"),
        ("totp.digits=8 totp.didgits=8", "totp.didgits is not a key"),
        ("recovery_codes.format=XXXX-XXXX", "recovery_codes.format must"),
        ("proofs.disable=none", "proofs.disable must be password, code"),
        ("--preset dokploy --file policy.toml", "proofs.begin must be none, password"),
        ("--preset nothing", "preset must be one of recommended"),
    ] {
        let ran = deployment.run(&format!("realm set-policy {change}"));
        assert_eq!((ran.exit, ran.results.as_str()), (1, ""), "{change}");
        assert!(ran.prose.contains("nothing was changed") && ran.prose.contains(key), "{}", ran.prose);
    }
    assert_eq!(deployment.run("realm set-policy").exit, 2);
    assert_eq!(deployment.run("realm show").json(), before);
    assert_eq!(deployment.run("audit list --event policy.changed").json()["items"], Value::Array(Vec::new()));
}
