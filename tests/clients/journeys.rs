use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use countersign_tests::{Authenticator, Realm, Server, unique};
use serde_json::Value;

use crate::tools;

/// How many operations the document has.
fn operations() -> usize {
    let document: Value = serde_json::from_slice(&std::fs::read(tools::document()).unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    paths.map(|item| item.as_object().unwrap().len()).sum()
}

/// Has a program use a generated client against a server: it makes an account with an API key, and goes the way of its owner
/// and that of a subject. Where it needs a code, it says the secret and is told one.
#[track_caller]
fn goes_the_whole_way(program: &mut Command) {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), "recommended");
    let key = realm.api_key(server.deployment(), &["verify", "enroll", "manage", "admin"]);
    program.args([
        &format!("http://{}", server.address()),
        &realm.slug,
        &key.key,
        &unique::login(),
        &unique::password(),
    ]);
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap_or_else(|error| panic!("{program:?}: {error}"));
    let mut answers = child.stdin.take().unwrap();
    let mut apps: HashMap<String, Authenticator> = HashMap::new();
    let mut last = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(secret) = line.strip_prefix("code of ") {
            let app = apps.entry(secret.to_owned()).or_insert_with(|| Authenticator::new(secret));
            writeln!(answers, "{}", app.fresh_code()).unwrap();
        }
        last = line;
    }
    let ended = child.wait_with_output().unwrap();
    let prose = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && last == "arrived", "after {last:?}: {}\n{prose}", ended.status);
    assert_eq!(apps.len(), 2, "of the account and of the subject");
}

#[test]
#[ignore = "needs tools from npm; tests/run installs them"]
fn a_client_by_openapi_typescript_goes_the_whole_way() {
    // Below what it imports.
    let directory = tempfile::tempdir_in(tools::directory()).unwrap();
    let schema = directory.path().join("schema.d.mts");
    tools::run(tools::from_npm("openapi-typescript").arg(tools::document()).arg("--output").arg(&schema));
    std::fs::copy(tools::file("journey.mts"), directory.path().join("journey.mts")).unwrap();
    let mut compile = tools::from_npm("tsc");
    // Strict: what may be missing or null in the document has to be looked at.
    compile.args(["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "journey.mts"]);
    tools::run(compile.current_dir(directory.path()));
    goes_the_whole_way(Command::new("node").arg("journey.mjs").current_dir(directory.path()));
}

#[test]
#[ignore = "needs tools from PyPI; tests/run installs them"]
fn a_client_by_openapi_python_client_goes_the_whole_way() {
    let directory = tempfile::tempdir().unwrap();
    let package = directory.path().join("countersign");
    let mut generate = tools::from_pypi("openapi-python-client");
    generate.args(["generate", "--meta", "none", "--path"]).arg(tools::document()).arg("--output-path").arg(&package);
    let said = tools::run(&mut generate);
    // It has no types for pictures, and says so; of anything else it is not to leave out a part.
    assert!(said.matches("WARNING").count() <= 1, "{said}");
    let of_tag = |tag: std::io::Result<std::fs::DirEntry>| {
        let files = std::fs::read_dir(tag.unwrap().path()).into_iter().flatten();
        files.filter(|file| file.as_ref().unwrap().file_name() != "__init__.py").count()
    };
    let generated: usize = std::fs::read_dir(package.join("api")).unwrap().map(of_tag).sum();
    assert_eq!(generated, operations(), "{said}");
    let mut journey = tools::from_pypi("python");
    journey.arg(tools::file("journey.py")).env("PYTHONPATH", directory.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    goes_the_whole_way(&mut journey);
}
