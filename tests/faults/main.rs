//! The fault checker by hand: drives nodes that fail, on databases that fail, and checks that every promise was kept.
//!
//! `cargo run -p countersign-tests --bin faults -- [--on sqlite|postgres|mariadb] [--seed N] [--seconds S] [--clients C]
//! [--persons P]
//! [--nodes N] [--keep DIRECTORY]`
//!
//! With `--database-url URL`, once for each node, the nodes run on a database that somebody else looks after, such as a
//! Galera cluster with another database node for each node of ours. The database must be empty. `--fault-command` is then
//! run at each fault and `--heal-command` after it; both find the same number in `FAULT_RANDOM`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for a terminal, which runs by the real clock and ends at what must not be"
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

use std::process::ExitCode;
use std::time::Duration;

use countersign_tests::unique;

use crate::engines::On;
use crate::faults::Faults;
use crate::faults::commands::CommandFaults;
use crate::report::Report;
use crate::run::Options;

const USAGE: &str = "usage: faults [--on sqlite|postgres|mariadb] [--seed N] [--seconds S] [--clients C] \
    [--persons P] [--nodes N] [--keep DIRECTORY]\n       faults --database-url URL [--database-url URL …] [--fault-command CMD] \
    [--heal-command CMD] [--seed N] [--seconds S] [--clients C] [--persons P] [--keep DIRECTORY]";

/// What was asked for on the command line.
struct Asked {
    options: Options,
    on: On,
    nodes: usize,
    urls: Vec<String>,
    fault: Option<String>,
    heal: Option<String>,
}

impl Asked {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let seed = u64::from_str_radix(&unique::word()[..8], 16).unwrap();
        let (lasting, clients, persons) = (Duration::from_secs(60), 16, 300);
        let options = Options { on: String::new(), seed, lasting, clients, persons, live: true, keep: None };
        let mut asked = Self { options, on: On::Sqlite, nodes: 3, urls: Vec::new(), fault: None, heal: None };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} without a value"))?;
            asked.take(&name, value)?;
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), String> {
        let number = || value.parse::<usize>().map_err(|_| format!("{name} takes a number"));
        match name {
            "--on" => self.on = On::named(&value).ok_or("--on takes sqlite, postgres or mariadb")?,
            "--seed" => self.options.seed = number()? as u64,
            "--seconds" => self.options.lasting = Duration::from_secs(number()? as u64),
            "--clients" => self.options.clients = number()?,
            "--persons" => self.options.persons = number()?,
            "--nodes" => self.nodes = number()?,
            "--keep" => self.options.keep = Some(value.into()),
            "--database-url" => self.urls.push(value),
            "--fault-command" => self.fault = Some(value),
            "--heal-command" => self.heal = Some(value),
            _ => return Err(format!("there is no {name}")),
        }
        Ok(())
    }

    fn run(self) -> Report {
        if self.urls.is_empty() {
            return engines::run(self.on, self.nodes, &self.options);
        }
        let options = Options { on: "a database of others".to_owned(), ..self.options };
        let heal = self.heal;
        let commands = self.fault.map(|fault| Box::new(CommandFaults::new(fault, heal)) as Box<dyn Faults>);
        run::run(&options, self.urls.into_iter().map(Some).collect(), commands.into_iter().collect())
    }
}

fn main() -> ExitCode {
    let asked = match Asked::read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(error) => return wrong(&error),
    };
    println!("seed {}", asked.options.seed);
    let report = asked.run();
    println!("\n{report}");
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wrong(what: &str) -> ExitCode {
    eprintln!("{what}\n{USAGE}");
    ExitCode::from(2)
}
