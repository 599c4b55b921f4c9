use countersign_tests::{Account, Client, Realm, Server};

use crate::tools;

/// Has schemathesis make up requests from the document and send them in a standing; every check looks at the answers.
#[track_caller]
fn finds_nothing(server: Server, standing: Option<&Client>) {
    let directory = tempfile::tempdir().unwrap();
    let mut fuzz = tools::from_pypi("schemathesis");
    fuzz.arg("--config-file").arg(tools::file("schemathesis.toml")).arg("run").arg(tools::document());
    fuzz.args(["--url", &format!("http://{}", server.address()), "--checks", "all", "--continue-on-failure"]);
    fuzz.args(["--max-examples", "5", "--no-color", "--warnings", "off"]);
    if let Some(client) = standing {
        fuzz.args(["--header", &format!("Authorization: Bearer {}", client.token())]);
        // It would end what all others are asked in. Without a standing it is asked as well.
        fuzz.args(["--exclude-operation-id", "sign_out"]);
    }
    let found = tools::run(fuzz.current_dir(directory.path()));
    assert!(found.contains("No issues found"), "{found}");
    let (_, log) = server.stop();
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
#[ignore = "needs tools from PyPI; tests/run installs them"]
fn schemathesis_finds_nothing_without_a_token() {
    finds_nothing(Server::start(), None);
}

#[test]
#[ignore = "needs tools from PyPI; tests/run installs them"]
fn schemathesis_finds_nothing_with_a_session() {
    let server = Server::start();
    let session = Account::create(server.deployment()).session(&server.client());
    finds_nothing(server, Some(&session));
}

#[test]
#[ignore = "needs tools from PyPI; tests/run installs them"]
fn schemathesis_finds_nothing_with_an_administrator() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let session = Account::create_as(server.deployment(), &realm, "owner").session(&server.client());
    finds_nothing(server, Some(&session));
}

#[test]
#[ignore = "needs tools from PyPI; tests/run installs them"]
fn schemathesis_finds_nothing_with_an_api_key() {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let key = realm.api_key(server.deployment(), &["verify", "enroll", "manage", "admin"]);
    let client = key.client(&server.client());
    finds_nothing(server, Some(&client));
}
