//! Several servers on one database: whichever of them is asked, the answer is the same.
//!
//! Each test is here twice, once for each engine; SQLite is for one server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

use countersign_tests::Nodes;
use countersign_tests::database_server::Administration;

/// Makes tests of functions that take the administration of a database server.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod on_postgresql {
            $(
                #[test]
                #[ignore = "needs PostgreSQL; tests/run starts one"]
                fn $test() {
                    super::$test(&countersign_tests::Engine::Postgres.administration());
                }
            )+
        }

        mod on_mariadb {
            $(
                #[test]
                #[ignore = "needs MariaDB; tests/run starts one"]
                fn $test() {
                    super::$test(&countersign_tests::Engine::MariaDb.administration());
                }
            )+
        }
    };
}

mod bursts;
mod journeys;
mod starting;
mod versions;

/// Three nodes on a database of their own.
fn three(server: &Administration) -> Nodes {
    Nodes::start(server, 3)
}
