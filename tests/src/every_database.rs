//! The same tests on every database: each test binary runs itself again, with all deployments on a database server.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::database_server::{Administration, Engine};

/// Adds two tests to a test binary: all its tests on PostgreSQL, and all its tests on MariaDB.
#[macro_export]
macro_rules! on_every_database {
    ($on_postgresql:ident, $on_mariadb:ident) => {
        #[test]
        #[ignore = "needs PostgreSQL; tests/run starts one"]
        fn $on_postgresql() {
            $crate::every_database::run_again_on($crate::Engine::Postgres, env!("CARGO_CRATE_NAME"));
        }

        #[test]
        #[ignore = "needs MariaDB; tests/run starts one"]
        fn $on_mariadb() {
            $crate::every_database::run_again_on($crate::Engine::MariaDb, env!("CARGO_CRATE_NAME"));
        }
    };
}

/// Runs the tests of this very binary with all deployments on the server that `databases` started, and writes how many
/// passed, also where the output of tests is kept back. What is ignored stays ignored: the test that calls this is.
#[track_caller]
pub fn run_again_on(engine: Engine, binary: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .env(Administration::OF_THIS_RUN, engine.administration().url())
        // What the outer run was asked for.
        .env_remove("RUST_TEST_THREADS")
        .stdin(Stdio::null())
        .output()
        .expect("a test binary runs");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let results = said.lines().find(|line| line.starts_with("test result:"));
    let number = |what: &str| {
        let before = results.and_then(|results| results.split(what).next()?.split_whitespace().last());
        before.and_then(|number| number.parse::<u32>().ok()).unwrap_or_default()
    };
    let (passed, failed) = (number(" passed"), number(" failed"));
    // Not by `println!`, which is kept back.
    let told = format!("{binary} on {engine}: {passed} passed, {failed} failed\n");
    std::io::stdout().write_all(told.as_bytes()).unwrap();
    if !output.status.success() || passed == 0 {
        // Set apart, so that nobody takes its lines for those of the outer run.
        let told: String = said.lines().map(|line| format!("| {line}\n")).collect();
        panic!("{binary} on {engine} ended with {}:\n{told}", output.status);
    }
}
