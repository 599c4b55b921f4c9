use countersign_tests::account::text;
use countersign_tests::{Account, Deployment, Enrolled, Server, unique};
use serde_json::{Value, json};

#[test]
fn accounts_are_looked_after_while_the_server_runs() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let login = unique::login();
    let password = unique::password();
    let create = ["account", "create", &login, "--role", "admin", "--password-stdin"];
    let made = deployment.run_with_input(&create, &format!("{password}\n")).expect(0).json();
    assert_eq!((&made["login"], &made["role"], &made["realm"]), (&json!(login), &json!("admin"), &json!("default")));
    assert_eq!(made["two_factor_enabled"], false);
    let account = Account { realm: "default".to_owned(), login: login.clone(), password };
    let session = account.session(&client);
    let mut shown = session.get("/v1/account").expect(200);
    shown.as_object_mut().unwrap().remove("session");
    assert_eq!(shown, made, "the same account over the command line and the API");

    let listed = deployment.run(&["account", "list", "--query", &login[..12]]).expect(0).json();
    let [item] = &listed["items"].as_array().unwrap()[..] else { panic!("one account: {listed}") };
    let all_of_it = made.as_object().unwrap().iter().all(|(field, value)| item[field] == *value);
    assert!(all_of_it && listed["next_cursor"].is_null(), "{listed}");
    assert_eq!((&item["two_factor"], &item["disabled"]), (&json!("disabled"), &json!(false)));

    let kim = account.enroll(&client);
    let shown = deployment.run(&["account", "show", &login.to_uppercase()]).expect(0).json();
    assert_eq!((&shown["id"], &shown["two_factor_enabled"]), (&made["id"], &json!(true)));
    assert_eq!((&shown["disabled"], &shown["recovery_codes_remaining"]), (&json!(false), &json!(10)));
    assert_eq!(shown["authenticators"][0]["id"], json!(kim.authenticator_id));
    assert_eq!(shown["throttled_for_seconds"], Value::Null);
    assert!(shown["last_sign_in_at"].is_string());

    deployment.run(&["account", "delete", &login, "--yes"]).expect(0);
    kim.account.sign_in(&client).expect_problem(401, "invalid_credentials");
    assert!(!kim.session.is_signed_in());
    deployment.run(&["account", "show", &login]).expect(3);
    // The login is free again.
    deployment.run_with_input(&create, &kim.account.password).expect(0);
}

#[test]
fn disabling_two_factor_ends_sessions_and_the_next_sign_in_takes_one_step() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let (session, challenge) = (kim.sign_in(&client), kim.challenge(&client));
    let login = kim.account.login.clone();
    let arguments = ["account", "disable-2fa", &login, "--reason", "lost phone", "--yes"];
    let said = server.deployment().run(&arguments).expect(0).json();
    assert_eq!(said["success"], true);
    assert!(text(&said["message"]).contains(&kim.account.login));
    assert!(!session.is_signed_in() && !kim.session.is_signed_in());
    let code = kim.recovery_code();
    client.second_factor(&challenge, &code).expect_problem(401, "invalid_challenge");
    let session = kim.account.session(&client);
    assert_eq!(session.get("/v1/account/two-factor").expect(200)["authenticators"], json!([]));

    let again = server.deployment().run(&arguments).expect(1).json();
    assert_eq!(again["success"], false);
}

#[test]
fn a_set_password_ends_sessions_and_leaves_the_second_factor() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let new = unique::password();
    let arguments = ["account", "set-password", &kim.account.login, "--password-stdin"];
    assert_eq!(server.deployment().run_with_input(&arguments, &new).expect(0).json()["success"], true);
    assert!(!kim.session.is_signed_in());
    kim.account.sign_in(&client).expect_problem(401, "invalid_credentials");
    kim.account.password = new;
    kim.sign_in(&client);
}

#[test]
fn unlocking_ends_the_wait() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenges = [kim.challenge(&client), kim.challenge(&client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
    let show = ["account", "show", &kim.account.login];
    let waits = server.deployment().run(&show).expect(0).json()["throttled_for_seconds"].clone();
    assert!(waits.as_u64().is_some_and(|seconds| (1..=30).contains(&seconds)), "{waits}");
    server.deployment().run(&["account", "unlock", &kim.account.login]).expect(0);
    assert_eq!(server.deployment().run(&show).expect(0).json()["throttled_for_seconds"], Value::Null);
    kim.sign_in(&client);
}

#[test]
fn results_come_as_a_table_for_people() {
    let server = Server::start();
    let deployment = server.deployment();
    let kim = Enrolled::create(deployment, &server.client());
    let login = kim.account.login.as_str();
    for (arguments, told) in [
        (vec!["account", "list"], vec!["login", "two-factor", login, "member", "enabled"]),
        (vec!["account", "show", login], vec![login, "recovery codes", "10 remaining", "authenticator", "active"]),
        (vec!["account", "disable-2fa", login, "--yes"], vec!["success", "message", "true", login]),
        (vec!["doctor"], vec!["ok", "database", "key ring", "clock", "realm default: at most 3305 guesses", "0.99 %"]),
    ] {
        let arguments: Vec<&str> = arguments.into_iter().chain(["--output", "table"]).collect();
        let table = deployment.run(&arguments).expect(0).results;
        assert!(serde_json::from_str::<Value>(&table).is_err(), "{table}");
        for part in told {
            assert!(table.contains(part), "{arguments:?} says {part:?}:\n{table}");
        }
    }
}

#[test]
fn the_exit_code_says_how_it_went() {
    let server = Server::start();
    let deployment = server.deployment();
    let account = Account::create(deployment);
    let login = account.login.as_str();
    let new = unique::login();
    let password = unique::password();
    let empty = Deployment::new();
    for (code, deployment, arguments, input) in [
        (0, deployment, vec!["account", "list"], ""),
        (0, deployment, vec!["doctor"], ""),
        (0, deployment, vec!["database", "status"], ""),
        (0, &empty, vec!["completions", "bash"], ""),
        (0, &empty, vec!["--version"], ""),
        (1, deployment, vec!["account", "create", login, "--password-stdin"], &*password),
        (1, deployment, vec!["account", "create", &new, "--password-stdin"], "short"),
        (1, deployment, vec!["account", "create", "a:b", "--password-stdin"], &password),
        (1, deployment, vec!["account", "set-password", login, "--password-stdin"], "password1"),
        (1, deployment, vec!["account", "disable-2fa", login, "--yes"], ""),
        (2, deployment, vec!["account", "create", &new, "--password-stdin"], ""),
        (2, deployment, vec!["account", "create", &new, "--password", "secret"], ""),
        (2, deployment, vec!["account", "delete", login], ""),
        (2, deployment, vec!["account", "disable-2fa", login], ""),
        (2, deployment, vec!["account"], ""),
        (2, deployment, vec!["frobnicate"], ""),
        (2, deployment, vec!["account", "list", "--output", "xml"], ""),
        (3, deployment, vec!["account", "show", &new], ""),
        (3, deployment, vec!["account", "delete", &new, "--yes"], ""),
        (3, deployment, vec!["account", "unlock", &new], ""),
        (3, deployment, vec!["account", "disable-2fa", &new, "--yes"], ""),
        (3, deployment, vec!["account", "set-password", &new, "--password-stdin"], &password),
        (3, deployment, vec!["account", "list", "--realm", "nowhere"], ""),
        (4, &empty, vec!["account", "list"], ""),
    ] {
        let ended = deployment.run_with_input(&arguments, input);
        assert_eq!(ended.code, code, "{arguments:?}: {ended:?}");
        if code != 0 && !(code == 1 && arguments[1] == "disable-2fa") {
            assert!(ended.results.is_empty() && !ended.prose.is_empty(), "{arguments:?}: {ended:?}");
        }
        assert!(input.is_empty() || !ended.prose.contains(input), "a password is not repeated: {ended:?}");
    }
    assert!(deployment.run(&["account", "list"]).expect(0).json()["items"].as_array().unwrap().len() == 1);
}

#[test]
fn results_that_nobody_reads_any_more_end_a_command_quietly() {
    let server = Server::start();
    for arguments in [&["openapi"][..], &["audit", "export", "--format", "csv"], &["account", "list"]] {
        let mut child = server.deployment().command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let prose = String::from_utf8_lossy(&ended.stderr);
        // As a shell says of a program that the signal for it ended.
        assert_eq!((ended.status.code(), &*prose), (Some(141), ""), "{arguments:?}");
    }
}

#[test]
fn a_mistyped_setting_stops_every_command() {
    let deployment = Deployment::new().with("DATADIR", "/nowhere");
    for arguments in [["account", "list"], ["database", "status"]] {
        let ended = deployment.run(&arguments).expect(2);
        assert!(ended.prose.contains("COUNTERSIGN_DATA_DIR"), "the nearest is named: {}", ended.prose);
    }
}

#[test]
fn the_developers_authenticator_shows_the_codes_of_oathtool() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let begun = account.begin(&account.session(&server.client()));
    let authenticator = countersign_tests::Authenticator::new(&text(&begun["secret"]));
    let uri = text(&begun["otpauth_uri"]);
    let code = || text(&server.deployment().run_with_input(&["totp", "code", "-"], &uri).expect(0).json()["code"]);
    // A step may end between the two.
    let (before, shown, after) = (authenticator.present_codes(), code(), authenticator.present_codes());
    assert!([&before[0], &after[0]].contains(&&shown), "{shown}, {before:?}, {after:?}");
}
