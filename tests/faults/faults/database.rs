//! A database server that is killed, and connections to it that are cut.

use countersign_tests::DatabaseServer;

use super::Faults;
use crate::random::Random;

/// Kills a database server (SIGKILL) and starts it again, and cuts the connections to one of its databases.
pub(crate) struct DatabaseFaults<'a> {
    server: &'a mut dyn DatabaseServer,
    database: &'a str,
    killed: bool,
}

impl<'a> DatabaseFaults<'a> {
    pub(crate) fn new(server: &'a mut dyn DatabaseServer, database: &'a str) -> Self {
        Self { server, database, killed: false }
    }
}

impl Faults for DatabaseFaults<'_> {
    fn repertoire(&self) -> Vec<usize> {
        vec![3, 3]
    }

    fn inject(&mut self, fault: usize, _random: &mut Random) -> String {
        if fault == 0 {
            self.server.kill();
            self.killed = true;
            return "the database server killed".to_owned();
        }
        self.server.cut_connections(self.database);
        "database connections cut".to_owned()
    }

    fn heal(&mut self) {
        if std::mem::take(&mut self.killed) {
            self.server.restart();
        }
    }
}
