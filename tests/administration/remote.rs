use countersign_tests::account::text;
use countersign_tests::{Account, Deployment, Finished, unique};
use serde_json::json;

use crate::staff::{Staff, id_of};

/// Runs commands on another machine, against the server.
pub(crate) fn remote(staff: &Staff, token: &str, arguments: &[&str], input: &str) -> Finished {
    let url = format!("http://{}", staff.server.address());
    let elsewhere = Deployment::new();
    let proof = elsewhere.directory().join("proof");
    std::fs::write(&proof, format!("{}\n", staff.owner.password())).unwrap();
    let proof = proof.to_str().unwrap();
    let arguments = [arguments, &["--server", &url, "--output", "json", "--proof-file", proof]].concat();
    elsewhere.with("TOKEN", token).run_with_input(&arguments, input)
}

#[test]
fn the_same_commands_work_against_a_running_server() {
    let staff = Staff::new();
    let token = staff.owner.token();
    let slug = staff.realm.slug.as_str();
    let there = |arguments: &[&str]| remote(&staff, token, arguments, "").expect(0).json();
    let here = |arguments: &[&str]| {
        staff.deployment().run(&[arguments, &["--realm", slug, "--output", "json"]].concat()).expect(0).json()
    };
    for arguments in [
        vec!["account", "list"],
        vec!["realm", "show"],
        vec!["api-key", "list"],
        vec!["audit", "list", "--event", "account.created"],
    ] {
        assert_eq!(there(&arguments), here(&arguments), "{arguments:?}");
    }

    let account = Account { realm: slug.to_owned(), ..Account::unknown() };
    let login = account.login.as_str();
    let create = ["account", "create", login, "--password-stdin"];
    let made = remote(&staff, token, &create, &account.password).expect(0).json();
    assert_eq!((&made["login"], &made["realm"]), (&json!(login), &json!(slug)));
    let session = account.session(&staff.client());
    there(&["account", "set-role", login, "admin"]);
    assert_eq!(session.get("/v1/account").expect(200)["role"], "admin");
    there(&["realm", "set-policy", "totp.digits=8"]);
    assert_eq!(here(&["realm", "show"])["policy"]["totp"]["digits"], 8);
    let key = there(&["api-key", "create", "--name", "Shop", "--scope", "admin"]);
    let key_client = staff.client().with_token(&text(&key["key"]));
    assert_eq!(key_client.get("/v1/admin/realm").expect(200)["slug"], slug);
    there(&["api-key", "revoke", &text(&key["id"]), "--yes"]);
    key_client.get("/v1/admin/realm").expect_problem(401, "unauthenticated");
    let new = unique::password();
    remote(&staff, token, &["account", "set-password", login, "--password-stdin"], &new).expect(0);
    assert!(!session.is_signed_in());
    there(&["account", "delete", login, "--yes"]);
    Account { password: new, ..account.clone() }.sign_in(&staff.client()).expect_problem(401, "invalid_credentials");

    // It is the owner who acted, and not the machine's operator.
    let events = staff.admin.get(&format!("/v1/admin/audit-events?account={}", text(&made["id"]))).expect(200);
    let actor = json!({ "kind": "administrator", "id": id_of(&staff.owner) });
    let deleted = &events["items"][0];
    assert_eq!((&deleted["event"], &deleted["actor"]), (&json!("account.deleted"), &actor));
}

#[test]
fn with_a_session_a_remote_command_gives_the_own_password_and_with_a_key_none() {
    let staff = Staff::new();
    let url = format!("http://{}", staff.server.address());
    let key = staff.realm.api_key(staff.deployment(), &["admin"]).key;
    let run = |token: &str, more: &[&str], input: &str| {
        let policy = [&["realm", "set-policy", "totp.digits=8", "--server", &url], more].concat();
        Deployment::new().with("TOKEN", token).run_with_input(&policy, input)
    };
    let nobody_to_ask = run(staff.owner.token(), &[], "").expect(2);
    assert!(nobody_to_ask.prose.contains("--proof-file"), "{nobody_to_ask:?}");
    let wrong = run(staff.owner.token(), &["--proof-file", "-"], "not the password\n").expect(1);
    assert!(wrong.prose.contains("invalid_proof") && !wrong.prose.contains("not the password"), "{wrong:?}");
    assert_eq!(staff.realm.show(staff.deployment())["policy"]["totp"]["digits"], 6);
    run(staff.owner.token(), &["--proof-file", "-"], &format!("{}\n", staff.owner.password())).expect(0);
    assert_eq!(staff.realm.show(staff.deployment())["policy"]["totp"]["digits"], 8);
    run(&key, &[], "").expect(0);
}

#[test]
fn a_remote_command_says_by_its_exit_code_how_it_went() {
    let staff = Staff::new();
    let nobody = unique::login();
    for (code, token, arguments) in [
        (3, staff.owner.token(), vec!["account", "show", &nobody]),
        (1, staff.member.token(), vec!["account", "list"]),
        (1, staff.owner.token(), vec!["realm", "set-policy", "totp.period_seconds=7"]),
    ] {
        let ended = remote(&staff, token, &arguments, "").expect(code);
        assert!(ended.results.is_empty() && !ended.prose.is_empty(), "{arguments:?}: {ended:?}");
        assert!(!ended.prose.contains(token), "a token is not repeated: {ended:?}");
    }
    let url = format!("http://{}", staff.server.address());
    let deployment = Deployment::new().with("TOKEN", staff.owner.token());
    drop(staff);
    deployment.run(&["account", "list", "--server", &url]).expect(4);
}
