//! The fault checker on clusters of databases, by hand: three MariaDB servers with Galera, or a PostgreSQL primary with a
//! synchronous standby that is promoted when the primary fails.
//!
//! `cargo run -p countersign-tests --bin clusters -- galera|postgres [--seconds S] [--seed N] [--clients C] [--persons P]
//! [--keep DIRECTORY]`
//!
//! Everything runs on the loopback address in temporary directories, with the durability of production, and ends with this
//! program. It takes minutes, which is why no test does it; docs/scaling.md has what came of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    dead_code,
    reason = "a program for a terminal, which runs by the real clock, ends at what must not be, and takes of the fault \
              checker and of the tests' servers what it needs"
)]

#[path = "../faults/checks/mod.rs"]
mod checks;
#[path = "../faults/clients/mod.rs"]
mod clients;
#[path = "../faults/cluster.rs"]
mod cluster;
#[path = "../faults/faults/mod.rs"]
mod faults;
#[path = "../faults/history.rs"]
mod history;
#[path = "../faults/random.rs"]
mod random;
#[path = "../faults/report.rs"]
mod report;
#[path = "../faults/run.rs"]
mod run;

#[path = "../src/log.rs"]
mod log;
#[path = "../src/database_server/process.rs"]
mod process;

mod forwarder;
mod galera;
mod instance;
mod outages;
mod postgres;

use std::process::ExitCode;
use std::time::Duration;

use countersign_tests::{Deployment, unique};

use crate::galera::Galera;
use crate::outages::Outages;
use crate::postgres::Pair;
use crate::report::Report;
use crate::run::Options;

const USAGE: &str = "usage: clusters galera|postgres [--seconds S] [--seed N] [--clients C] [--persons P] \
    [--keep DIRECTORY]";

/// The database that the nodes share.
const DATABASE: &str = "countersign";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let cluster = arguments.next().unwrap_or_default();
    let options = match read(&cluster, arguments) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    println!("seed {}", options.seed);
    let report = match cluster.as_str() {
        "galera" => on_galera(&options),
        _ => on_postgres(&options),
    };
    let outages = Outages(&report);
    println!("\n{report}\n{outages}");
    if let Some(directory) = &options.keep {
        outages.keep(directory);
    }
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(cluster: &str, mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    if !["galera", "postgres"].contains(&cluster) {
        return Err("which cluster?".to_owned());
    }
    let seed = u64::from_str_radix(&unique::word()[..8], 16).unwrap();
    let (lasting, on) = (Duration::from_secs(120), cluster.to_owned());
    let mut options = Options { on, seed, lasting, clients: 16, persons: 300, live: true, keep: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} without a value"))?;
        let number = || value.parse::<usize>().map_err(|_| format!("{name} takes a number"));
        match name.as_str() {
            "--seconds" => options.lasting = Duration::from_secs(number()? as u64),
            "--seed" => options.seed = number()? as u64,
            "--clients" => options.clients = number()?,
            "--persons" => options.persons = number()?,
            "--keep" => options.keep = Some(value.into()),
            _ => return Err(format!("there is no {name}")),
        }
    }
    Ok(options)
}

/// A node of ours at each node of theirs.
fn on_galera(options: &Options) -> Report {
    let mut galera = Galera::start();
    println!("{galera}");
    let urls = galera.urls();
    migrate(&urls[0]);
    run::run(options, urls.into_iter().map(Some).collect(), vec![Box::new(&mut galera)])
}

/// Three nodes of ours, which all go through the forwarder to whoever is the primary.
fn on_postgres(options: &Options) -> Report {
    let mut pair = Pair::start();
    println!("{pair}");
    let url = pair.url();
    migrate(&url);
    run::run(options, vec![Some(url); 3], vec![Box::new(&mut pair)])
}

/// Makes the tables, once, before any node starts: what keeps nodes that start at the same time from migrating both is a
/// lock of one server, which the others of a Galera cluster know nothing of.
fn migrate(url: &str) {
    let deployment = Deployment::on_sqlite().with("DATABASE_URL", url);
    deployment.run(&["database", "migrate"]).expect(0);
}
