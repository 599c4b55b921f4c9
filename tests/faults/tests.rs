//! Nodes and databases fail, thousands of times asked meanwhile, and no promise is broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    dead_code,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

mod checks;
mod clients;
mod cluster;
mod engines;
mod faults;
mod history;
mod random;
mod report;
mod run;

use std::time::Duration;

use countersign_tests::unique;

use crate::engines::On;
use crate::run::Options;

/// Lets nodes fail for a while. A run that looked at nothing would show nothing.
fn every_promise_is_kept(on: On, seconds: u64) {
    let seed = u64::from_str_radix(&unique::word()[..8], 16).unwrap();
    println!("seed {seed}");
    let (lasting, clients) = (Duration::from_secs(seconds), 12);
    let options = Options { on: String::new(), seed, lasting, clients, persons: 60, live: false, keep: None };
    let report = engines::run(on, 3, &options);
    println!("{report}");
    assert!(report.is_clean(), "seed {seed}: see the report above");
    for finding in &report.findings {
        assert!(finding.looked_at > 0, "nothing was looked at: {}", finding.promise);
    }
    assert!(report.injected.len() > 3, "too few faults: {:?}", report.injected);
}

#[test]
fn every_promise_is_kept_while_nodes_fail_on_sqlite() {
    every_promise_is_kept(On::Sqlite, 20);
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn every_promise_is_kept_while_nodes_and_database_fail_on_postgresql() {
    every_promise_is_kept(On::Postgres, 25);
}

#[test]
#[ignore = "needs MariaDB; tests/run starts one"]
fn every_promise_is_kept_while_nodes_and_database_fail_on_mariadb() {
    every_promise_is_kept(On::MariaDb, 25);
}
