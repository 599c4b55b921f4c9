//! The engines that nodes are tried on, with the faults that each of them has.

use std::fmt::{self, Display, Formatter};

use countersign_tests::{DatabaseServer, MariaDb, Postgres};

use crate::faults::database::DatabaseFaults;
use crate::report::Report;
use crate::run::{self, Options};

/// What the nodes keep their data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// One file, which all nodes share on one machine.
    Sqlite,
    /// A PostgreSQL server, started here.
    Postgres,
    /// A MariaDB server, started here.
    MariaDb,
}

impl On {
    const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|on| on.to_string() == name)
    }
}

impl Display for On {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
        })
    }
}

/// Runs on an engine of its own, which writes to the disk as in production: it is killed.
pub(crate) fn run(on: On, nodes: usize, options: &Options) -> Report {
    let options = Options { on: on.to_string(), ..options.clone() };
    let full = countersign_tests::Options::full();
    match on {
        On::Sqlite => run::run(&options, vec![None; nodes], Vec::new()),
        On::Postgres => behind(Postgres::start(&full), nodes, &options),
        On::MariaDb => behind(MariaDb::start(&full), nodes, &options),
    }
}

fn behind(mut server: impl DatabaseServer, nodes: usize, options: &Options) -> Report {
    let database = server.create_empty_database();
    let faults = DatabaseFaults::new(&mut server, database.name());
    run::run(options, vec![Some(database.url()); nodes], vec![Box::new(faults)])
}
