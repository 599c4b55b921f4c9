use serde_json::Value;

use crate::deployment::{Deployment, Ran, Server};

/// A deployment, its running server, and someone elsewhere who has an API key of it.
struct Scene {
    deployment: Deployment,
    server: Server,
    elsewhere: Deployment,
}

impl Scene {
    fn new() -> Self {
        let deployment = Deployment::new();
        let server = deployment.serve();
        let key = deployment.run("api-key create --name remote --scope admin").json()["key"].clone();
        let elsewhere = Deployment::new()
            .with("COUNTERSIGN_TOKEN", key.as_str().unwrap())
            .with("COUNTERSIGN_SERVER", &server.address);
        Self { deployment, server, elsewhere }
    }

    /// What a command answers over the server and beside the database, which must be the same.
    fn both(&self, command: &str) -> Value {
        // First over the server, which notes that the key was used.
        let there = self.elsewhere.run(command);
        let here = self.deployment.run(command);
        assert_eq!((there.exit, here.exit), (0, 0), "{command}: {}{}", there.prose, here.prose);
        assert_eq!(there.results, here.results, "{command}");
        here.json()
    }

    fn elsewhere_with(&self, command: &str, input: &str) -> Ran {
        self.elsewhere.run_with(command, input)
    }
}

#[test]
fn api_keys_are_made_shown_once_and_revoked() {
    let deployment = Deployment::set_up();
    let ran = deployment.run("api-key create --name shop --scope verify --scope enroll");
    assert_eq!(ran.exit, 0, "{}", ran.prose);
    let made = ran.json();
    let names: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "key", "name", "realm", "scopes"]);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("cs_key_"));

    let listed = deployment.run("api-key list");
    assert!(!listed.results.contains(key));
    assert_eq!(listed.json()["items"][0]["id"], made["id"]);
    let revoke = format!("api-key revoke {} --yes", made["id"].as_str().unwrap());
    assert_eq!((deployment.run(&revoke).exit, deployment.run(&revoke).exit), (0, 3));
    assert_eq!(deployment.run("api-key list").json()["items"], Value::Array(Vec::new()));
    let events = deployment.run("audit export --event api_key.revoked").results;
    assert!(events.lines().count() == 1 && !events.contains(key), "{events}");
}

#[test]
fn the_audit_trail_is_listed_and_exported() {
    let deployment = Deployment::set_up();
    let id = deployment.create_account("kim").json()["id"].as_str().unwrap().to_owned();
    deployment.create_account("lee");
    deployment.run("account unlock kim");
    let listed = deployment.run("audit list --account KIM").json();
    let events: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["account.unlocked", "account.created"]);
    assert_eq!(listed["items"][0]["actor"], serde_json::json!({ "kind": "operator", "id": null }));

    deployment.run("account delete kim --yes");
    let exported = deployment.run(&format!("audit export --account {id}")).results;
    let exported: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((exported.len(), &exported[0]["event"]), (3, &"account.deleted".into()));
    let csv = deployment.run(&format!("audit export --format csv --account {id} --limit 2")).results;
    assert!(csv.starts_with("id,at,event,realm,account_id,login,") && csv.lines().count() == 3, "{csv}");
    let at = exported[0]["at"].as_str().unwrap();
    assert_eq!(deployment.run(&format!("audit list --account {id} --since {at}")).json()["items"][0], exported[0]);
    assert_eq!(deployment.run(&format!("audit export --account {id} --until {at}")).results.lines().count(), 2);
}

#[test]
fn over_a_server_everything_looks_as_it_does_beside_the_database() {
    let scene = Scene::new();
    let made = scene.elsewhere_with("account create kim@example.org --password-stdin", "plum-ladder-orbit-7731\n");
    assert_eq!(made.exit, 0, "{}", made.prose);
    scene.deployment.create_account("kim");
    assert_eq!(scene.elsewhere_with("account set-role kim admin", "").exit, 0);
    assert_eq!(scene.elsewhere_with("realm set-policy totp.digits=8 enforcement.required_for=admins", "").exit, 0);

    assert_eq!(scene.both("account show KIM")["role"], "admin");
    assert_eq!(scene.both("account show kim@example.org")["id"], made.json()["id"]);
    assert_eq!(scene.both("account list")["items"].as_array().unwrap().len(), 2);
    assert_eq!(scene.both("account list --realm default"), scene.both("account list"));
    assert_eq!(scene.both("account list --role admin --two-factor disabled")["items"][0]["login"], "kim");
    assert_eq!(scene.both("realm show")["policy"]["totp"]["digits"], 8);
    assert_eq!(scene.both("audit list --limit 2")["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        scene.both("audit list --event account.updated --account kim")["items"][0]["actor"]["kind"],
        "application"
    );
    assert!(scene.both("api-key list")["items"][0]["last_used_at"].is_string());
    let (there, here) =
        (scene.elsewhere.run("audit export --format csv"), scene.deployment.run("audit export --format csv"));
    assert!(there.results == here.results && there.results.lines().count() > 4, "{}", there.prose);
    assert!(scene.elsewhere.is_untouched());
}

#[test]
fn over_a_server_everything_can_be_done_that_an_administrator_may() {
    let scene = Scene::new();
    scene.deployment.create_account("kim");
    let mut messages = Vec::new();
    for place in [&scene.elsewhere, &scene.deployment] {
        scene.server.enroll(&scene.deployment, "kim");
        assert_eq!(scene.both("account show kim")["two_factor_enabled"], true);
        assert_eq!(scene.both("account list --two-factor enabled")["items"][0]["login"], "kim");
        let ran = place.run("account disable-2fa KIM --yes --output table");
        assert!(ran.exit == 0 && ran.results.contains("\ntrue     Two-factor is off for kim;"), "{}", ran.prose);
        messages.push(ran.results);
    }
    assert_eq!(messages[0], messages[1]);
    let off = scene.elsewhere_with("account disable-2fa kim --yes --reason lost", "");
    assert_eq!((off.exit, &off.json()["success"]), (1, &false.into()), "{}", off.prose);
    let here = scene.deployment.run("account disable-2fa kim --yes");
    assert_eq!((off.results, off.prose), (here.results, here.prose));
    let changed = scene.elsewhere_with("account set-password kim --password-stdin", "quartz-river-9920\n");
    assert_eq!((changed.exit, &changed.json()["success"]), (0, &true.into()), "{}", changed.prose);
    assert_eq!(scene.elsewhere.run("account unlock kim").exit, 0);
    assert_eq!(scene.elsewhere.run("account delete kim --yes").exit, 0);
    assert_eq!(scene.elsewhere.run("account delete kim --yes").exit, 3);

    let made = scene.elsewhere.run("api-key create --name shop --scope verify --expires-in 30").json();
    assert!(made["key"].as_str().unwrap().starts_with("cs_key_") && made["expires_at"].is_string());
    let revoke = format!("api-key revoke {} --yes", made["id"].as_str().unwrap());
    assert_eq!((scene.elsewhere.run(&revoke).exit, scene.elsewhere.run(&revoke).exit), (0, 3));
}

#[test]
fn a_refusal_of_the_server_is_one_of_the_command() {
    let scene = Scene::new();
    scene.deployment.create_account("kim");
    scene.deployment.run("account set-role kim owner");
    for (command, exit, told) in [
        ("realm set-policy totp.period_seconds=7", 1, "totp.period_seconds must be 15 to 120 (policy_violation)"),
        ("account set-role kim member", 1, "(forbidden)"),
        ("account show lee", 3, "no account \"lee\""),
        ("account show k", 3, "no account \"k\""),
        ("account list --realm shop", 2, "--realm is shop, and COUNTERSIGN_TOKEN is of the realm default"),
        ("realm show default", 2, "unexpected argument"),
        ("realm create shop --issuer Shop", 1, "Only an operator lists realms and makes them (forbidden)"),
        ("realm list", 1, "Only an operator lists realms and makes them (forbidden)"),
        (
            "realm set-appearance --accent red",
            1,
            "accent must be a color as #rrggbb, such as #0a7d55 (policy_violation)",
        ),
        ("account list --server http://127.0.0.1:1", 4, "does not answer"),
        ("account list --server http://192.0.2.1", 2, "https://"),
    ] {
        let ran = scene.elsewhere.run(command);
        assert_eq!((ran.exit, ran.results.as_str()), (exit, ""), "{command}: {}", ran.prose);
        assert!(ran.prose.contains(told), "{command}: {}", ran.prose);
        assert!(!ran.prose.contains("cs_key_"), "{command}");
    }
    let taken = scene.elsewhere_with("account create KIM --password-stdin", "plum-ladder-orbit-7731\n");
    assert!(taken.exit == 1 && taken.prose.contains("(login_taken)"), "{}", taken.prose);

    let address = scene.server.address.as_str();
    let stranger = Deployment::new().with("COUNTERSIGN_SERVER", address).with("COUNTERSIGN_TOKEN", "cs_key_hunter2");
    let ran = stranger.run("account list");
    assert!(
        ran.exit == 1 && ran.prose.contains("(unauthenticated)") && !ran.prose.contains("hunter2"),
        "{}",
        ran.prose
    );
    let nobody = Deployment::new().with("COUNTERSIGN_SERVER", address).run("account list");
    assert!(nobody.exit == 2 && nobody.prose.contains("COUNTERSIGN_TOKEN is not set"), "{}", nobody.prose);
    let plain = Deployment::new().with("COUNTERSIGN_SERVER", "http://192.0.2.1").run("account list");
    assert!(plain.exit == 2 && plain.prose.contains("COUNTERSIGN_SERVER must begin with https"), "{}", plain.prose);
}
