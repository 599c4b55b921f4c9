use countersign_tests::{Deployment, Engine, Enrolled, tools};

/// The URL of the SQLite file of a deployment.
fn file(deployment: &Deployment) -> String {
    format!("sqlite://{}", deployment.data_dir().join("countersign.db").display())
}

/// Someone who is enrolled on SQLite, the code that was spent last, and the deployment, which nobody serves any more.
fn enrolled() -> (Enrolled, String, Deployment) {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let spent = kim.authenticator.fresh_code();
    kim.sign_in_with(&server.client(), &spent).expect(200);
    (kim, spent, server.stop().0)
}

/// Copies an enrolled account to a database, and goes on there.
fn moves_to(target: &str) {
    let (mut kim, spent, deployment) = enrolled();
    let url = deployment.directory().join("target.url");
    std::fs::write(&url, format!("{target}\n")).unwrap();
    let to = format!("file:{}", url.display());

    let copied = deployment.run(&["database", "copy", &file(&deployment), &to]).expect(0);
    let result = copied.json();
    let rows = |table: &str| {
        let tables = result["tables"].as_array().unwrap();
        tables.iter().find(|row| row["table"] == table).and_then(|row| row["rows"].as_u64()).unwrap()
    };
    assert_eq!((rows("account"), rows("authenticator"), rows("recovery_code"), rows("key_check")), (1, 1, 10, 1));
    assert!(rows("audit_event") >= 4, "{result}");
    assert!(result["tables"].as_array().unwrap().iter().all(|row| row["sha256"].as_str().unwrap().len() == 64));
    for told in ["database_url", "key ring", "Never serve it again"] {
        assert!(copied.prose.contains(told), "{told}: {}", copied.prose);
    }
    // What is there is no longer empty.
    let again = deployment.run(&["database", "copy", &file(&deployment), &to]).expect(1);
    assert!(again.prose.contains("not empty"), "{}", again.prose);

    let server = deployment.with("DATABASE_URL", target).start();
    let client = server.client();
    kim.sign_in_with(&client, &spent).expect_problem(422, "invalid_code");
    kim.sign_in(&client);
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    assert!(client.with_token(kim.session.token()).is_signed_in(), "sessions go on");
}

#[test]
fn a_deployment_moves_to_another_file() {
    let directory = tempfile::tempdir().unwrap();
    moves_to(&format!("sqlite://{}", directory.path().join("moved.db").display()));
}

fn moves_to_server(engine: Engine) {
    let database = engine.administration().create_empty_database();
    moves_to(&database.url());
}

#[test]
#[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
fn a_deployment_moves_to_postgresql() {
    moves_to_server(Engine::Postgres);
}

#[test]
#[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
fn a_deployment_moves_to_mariadb() {
    moves_to_server(Engine::MariaDb);
}

#[test]
fn nothing_is_served_from_a_database_whose_copy_has_not_finished() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let path = deployment.directory().join("moved.db");
    let moved = format!("sqlite://{}", path.display());
    deployment.run(&["database", "copy", &file(&deployment), &moved]).expect(0);
    // As it is while a copy is under way.
    let mark = "CREATE TABLE unfinished_copy (source TEXT PRIMARY KEY, started_at BIGINT); \
                INSERT INTO unfinished_copy VALUES ('elsewhere', 0)";
    tools::run("sqlite3", "sqlite3", &[&path.display().to_string(), mark], b"");
    let other = deployment.run(&["database", "copy", &file(&deployment), &moved]).expect(1);
    assert!(other.prose.contains("another database"), "{}", other.prose);

    let deployment = deployment.with("DATABASE_URL", &moved);
    let served = deployment.start_in_vain();
    assert_eq!(served.code, 4, "{served:?}");
    assert!(served.prose.contains("has not finished") && served.prose.contains("database copy"), "{}", served.prose);
    for arguments in [["account", "list"], ["database", "status"], ["database", "migrate"]] {
        let refused = deployment.run(&arguments).expect(4);
        assert!(refused.prose.contains("has not finished"), "{}", refused.prose);
    }
    let doctor = deployment.run(&["doctor"]).expect(1);
    assert!(doctor.results.contains("has not finished"), "{}", doctor.results);
}

#[test]
fn a_deployment_that_was_copied_goes_on_as_before() {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let moved = format!("sqlite://{}", server.deployment().directory().join("moved.db").display());
    server.deployment().run(&["database", "copy", &file(server.deployment()), &moved]).expect(0);
    kim.sign_in(&server.client());
}

#[test]
fn a_password_is_no_argument_of_a_copy_and_is_not_repeated() {
    let deployment = Deployment::on_sqlite();
    for urls in [["postgres://kim:geheim@127.0.0.1/d", "sqlite:///x.db"], ["sqlite:///x.db", "mysql://kim:geheim@h/d"]]
    {
        let refused = deployment.run(&["database", "copy", urls[0], urls[1]]).expect(2);
        assert!(refused.prose.contains("env:NAME") && !refused.prose.contains("geheim"), "{}", refused.prose);
    }
    for (urls, code) in [
        (["env:NOWHERE", "sqlite:///x.db"], 2),
        (["file:nowhere", "sqlite:///x.db"], 2),
        (["sqlite:///nowhere/x.db", "sqlite:///x.db"], 4),
        (["oracle://kim@h/d", "sqlite:///x.db"], 2),
    ] {
        deployment.run(&["database", "copy", urls[0], urls[1]]).expect(code);
    }
}
