//! Real database servers, started for the tests in temporary directories on free ports of the loopback address, and a
//! database of its own for each deployment on them.
//!
//! Only outside programs speak to the servers here (`psql`, `mariadb`), so that no driver is shared with what is tested.

mod administration;
mod database;
mod mariadb;
mod postgres;
mod process;
mod template;

pub use administration::{Administration, Engine};
pub use database::Database;
pub use mariadb::MariaDb;
pub use postgres::Postgres;

/// What a server keeps when the machine fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is forced to the disk: for tests that do not fail machines. A killed server still keeps what it committed.
    Fast,
    /// As it is in production.
    Full,
}

/// How a server is to be started.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) durability: Durability,
    pub(crate) arguments: Vec<String>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) password: String,
}

impl Options {
    /// For tests that need nothing in particular.
    pub fn fast() -> Self {
        Self::of(Durability::Fast)
    }

    /// For tests of faults.
    pub fn full() -> Self {
        Self::of(Durability::Full)
    }

    fn of(durability: Durability) -> Self {
        Self { durability, arguments: Vec::new(), files: Vec::new(), password: String::new() }
    }

    /// The same with a password for the administrator, who has none otherwise. On PostgreSQL it is then asked for by
    /// SCRAM, which takes a moment at each connection.
    pub fn with_password(self, password: &str) -> Self {
        Self { password: password.to_owned(), ..self }
    }

    /// The same with a setting more: `ssl=on` for PostgreSQL, `ssl-key=FILE` for MariaDB. `{directory}` in it stands for
    /// the server's directory.
    pub fn with_setting(mut self, setting: &str) -> Self {
        self.arguments.push(setting.to_owned());
        self
    }

    /// The same with a file in the server's directory, which only the server can read: a certificate and its key.
    pub fn with_file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }
}

/// A running database server. It ends, and its directory with it, when it is dropped; and it never outlives this
/// process, however that ends.
pub trait DatabaseServer: AsRef<Administration> + Send + Sync {
    /// Kills it and all that belongs to it, as a failing machine would (SIGKILL), and waits until it is gone.
    fn kill(&mut self);

    /// Starts it again on its directory and port, after [`kill`](Self::kill) or in its place, and waits until it takes
    /// connections.
    fn restart(&mut self);

    /// The process that others belong to.
    fn process_id(&self) -> u32;

    /// Its version, as it says.
    fn version(&self) -> String {
        self.as_ref().version()
    }

    /// Where it listens on the loopback address.
    fn port(&self) -> u16 {
        self.as_ref().port()
    }

    /// Where its administrator connects.
    fn url(&self) -> String {
        self.as_ref().url()
    }

    /// Makes a database with the tables in it.
    fn create_database(&self) -> Database {
        self.as_ref().create_database()
    }

    /// Makes a database with nothing in it.
    fn create_empty_database(&self) -> Database {
        self.as_ref().create_empty_database()
    }

    /// Ends all connections to a database at once, as a network would.
    fn cut_connections(&self, database: &str) {
        self.as_ref().cut_connections(database);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_killed_server_keeps_what_was_committed(mut server: impl DatabaseServer) {
        let database = server.create_empty_database();
        database.query("CREATE TABLE kept (name VARCHAR(20))");
        database.query("INSERT INTO kept VALUES ('committed')");
        let port = server.port();
        server.kill();
        assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok(), "nobody listens any more");
        server.restart();
        assert_eq!((server.port(), database.query("SELECT name FROM kept").trim()), (port, "committed"));
        server.restart();
        assert_eq!(database.query("SELECT name FROM kept").trim(), "committed");
    }

    fn cut_connections_end_and_others_do_not(server: &impl DatabaseServer, sleep: &str) {
        let (cut, other) = (server.create_empty_database(), server.create_empty_database());
        let list = match server.as_ref().engine() {
            Engine::Postgres => "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE 'SELECT%sleep%(2)%'",
            Engine::MariaDb => {
                "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT%sleep%(2)%'"
            }
        };
        let asleep = |database: &Database| server.as_ref().try_run(database.name(), sleep).is_ok();
        let ended = std::thread::scope(|scope| {
            let sleepers = [&cut, &other].map(|database| scope.spawn(move || asleep(database)));
            // The counting query is like what it counts.
            while server.as_ref().run(list).trim() != "3" {
                std::thread::yield_now();
            }
            cut.cut_connections();
            sleepers.map(|sleeper| sleeper.join().unwrap())
        });
        assert_eq!(ended, [false, true]);
        assert_eq!(cut.query("SELECT 1").trim(), "1");
    }

    fn a_database_is_gone_when_it_is_dropped(server: impl DatabaseServer, list: &str) {
        let database = server.create_empty_database();
        let name = database.name().to_owned();
        assert!(server.as_ref().run(list).contains(&name));
        drop(database);
        assert!(!server.as_ref().run(list).contains(&name));
        // And when its server is gone as well, nothing fails.
        let database = server.create_empty_database();
        drop(server);
        drop(database);
    }

    #[test]
    #[ignore = "needs PostgreSQL; tests/run installs it"]
    fn a_killed_postgresql_keeps_what_was_committed() {
        a_killed_server_keeps_what_was_committed(Postgres::start(&Options::full()));
    }

    #[test]
    #[ignore = "needs MariaDB; tests/run installs it"]
    fn a_killed_mariadb_keeps_what_was_committed() {
        a_killed_server_keeps_what_was_committed(MariaDb::start(&Options::full()));
    }

    #[test]
    #[ignore = "needs PostgreSQL; tests/run installs it"]
    fn cut_connections_to_postgresql_end_and_others_do_not() {
        cut_connections_end_and_others_do_not(&Postgres::start(&Options::fast()), "SELECT pg_sleep(2)");
    }

    #[test]
    #[ignore = "needs MariaDB; tests/run installs it"]
    fn cut_connections_to_mariadb_end_and_others_do_not() {
        cut_connections_end_and_others_do_not(&MariaDb::start(&Options::fast()), "SELECT sleep(2)");
    }

    #[test]
    #[ignore = "needs PostgreSQL; tests/run installs it"]
    fn a_postgresql_database_is_gone_when_it_is_dropped() {
        let server = Postgres::start(&Options::fast().with_password("secret"));
        a_database_is_gone_when_it_is_dropped(server, "SELECT datname FROM pg_database");
    }

    #[test]
    #[ignore = "needs MariaDB; tests/run installs it"]
    fn a_mariadb_database_is_gone_when_it_is_dropped() {
        let server = MariaDb::start(&Options::fast().with_password("secret"));
        a_database_is_gone_when_it_is_dropped(server, "SHOW DATABASES");
    }
}
