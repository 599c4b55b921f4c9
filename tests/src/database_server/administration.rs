use std::fmt;

use super::database::Database;
use super::{postgres, template};
use crate::{tools, unique};

/// How long a client tries to connect, in seconds.
const CONNECT_SECONDS: u32 = 10;

/// What kind of database server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
}

impl Engine {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::MariaDb];

    /// The environment variable with the administrator's URL of the server that `databases` started.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "COUNTERSIGN_TEST_POSTGRES",
            Self::MariaDb => "COUNTERSIGN_TEST_MARIADB",
        }
    }

    /// The server of this kind that `databases` started.
    #[track_caller]
    pub fn administration(self) -> Administration {
        match std::env::var(self.variable()) {
            Ok(url) => Administration::at(&url),
            Err(_) => panic!(
                "{} is not set: this test needs {self}; `tests/run` starts one, and so does `cargo run -p \
                 countersign-tests --bin databases -- cargo test …`",
                self.variable()
            ),
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mysql",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        })
    }
}

/// A database server as its administrator reaches it, whoever started it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Administration {
    engine: Engine,
    user: String,
    password: String,
    host: String,
    port: u16,
}

impl Administration {
    /// The administrator of the servers that are started here.
    pub(super) const USER: &'static str = "tests";

    /// The server that `COUNTERSIGN_TEST_DATABASE` names: the one on which all deployments are to be.
    pub fn of_this_run() -> Option<Self> {
        std::env::var(Self::OF_THIS_RUN).ok().map(|url| Self::at(&url))
    }

    /// The environment variable that says on which server all deployments are to be.
    pub const OF_THIS_RUN: &'static str = "COUNTERSIGN_TEST_DATABASE";

    /// The server at an administrator's URL, such as `postgres://user:password@127.0.0.1:5432/postgres`.
    #[track_caller]
    pub fn at(url: &str) -> Self {
        Self::parse(url).unwrap_or_else(|| panic!("no URL of a database server's administrator: {url}"))
    }

    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let engine = Engine::ALL.into_iter().find(|engine| engine.scheme() == scheme)?;
        let (who, place) = rest.split('/').next()?.rsplit_once('@')?;
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let (host, port) = place.rsplit_once(':')?;
        let port = port.parse().ok()?;
        Some(Self { engine, user: user.to_owned(), password: password.to_owned(), host: host.to_owned(), port })
    }

    pub(super) fn local(engine: Engine, port: u16, password: &str) -> Self {
        let (user, host) = (Self::USER.to_owned(), "127.0.0.1".to_owned());
        Self { engine, user, password: password.to_owned(), host, port }
    }

    /// What kind of server it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the administrator connects.
    pub fn url(&self) -> String {
        self.url_of(match self.engine {
            Engine::Postgres => "postgres",
            Engine::MariaDb => "",
        })
    }

    /// Where a database is.
    pub fn url_of(&self, database: &str) -> String {
        let Self { engine, user, password, host, port } = self;
        let colon = if password.is_empty() { "" } else { ":" };
        format!("{}://{user}{colon}{password}@{host}:{port}/{database}", engine.scheme())
    }

    /// Its version, as it says.
    pub fn version(&self) -> String {
        let version = self.run(match self.engine {
            Engine::Postgres => "SHOW server_version",
            Engine::MariaDb => "SELECT version()",
        });
        version.trim().to_owned()
    }

    /// Runs SQL in no database in particular and answers the rows, one a line, values apart by tabs.
    #[track_caller]
    pub fn run(&self, sql: &str) -> String {
        self.try_run("", sql).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs SQL in a database, or in none in particular.
    pub(super) fn try_run(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = match self.engine {
            Engine::Postgres => {
                let url = if database.is_empty() { self.url() } else { self.url_of(database) };
                let mut arguments =
                    vec!["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t"];
                let target = format!("{url}?connect_timeout={CONNECT_SECONDS}");
                arguments.extend(["--set=ON_ERROR_STOP=1", "--file=-", &target]);
                tools::try_run(&postgres::client("psql"), "postgresql-client", &arguments, sql.as_bytes())
            }
            Engine::MariaDb => {
                let mut arguments = self.client_arguments();
                arguments.extend(["--batch", "--raw", "--skip-column-names"].map(str::to_owned));
                arguments.push(format!("--connect-timeout={CONNECT_SECONDS}"));
                arguments.push(format!("--database={database}"));
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                tools::try_run("mariadb", "mariadb-client", &arguments, sql.as_bytes())
            }
        };
        output.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// How MariaDB's own clients reach it.
    pub(super) fn client_arguments(&self) -> Vec<String> {
        vec![
            "--no-defaults".to_owned(),
            "--protocol=TCP".to_owned(),
            format!("--host={}", self.host),
            format!("--port={}", self.port),
            format!("--user={}", self.user),
            format!("--password={}", self.password),
        ]
    }

    /// Makes a database with the tables in it, as `countersign database migrate` makes them.
    pub fn create_database(&self) -> Database {
        let name = name();
        template::copy(self, &name);
        Database::new(self.clone(), name)
    }

    /// Makes a database with nothing in it.
    pub fn create_empty_database(&self) -> Database {
        let name = name();
        self.run(&format!("CREATE DATABASE {name}"));
        Database::new(self.clone(), name)
    }

    /// Ends all connections to a database at once.
    pub fn cut_connections(&self, database: &str) {
        self.try_cut_connections(database).unwrap_or_else(|error| panic!("{error}"));
    }

    pub(super) fn try_cut_connections(&self, database: &str) -> Result<(), String> {
        match self.engine {
            Engine::Postgres => {
                let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity";
                self.try_run("", &format!("{terminate} WHERE datname = '{database}' AND pid <> pg_backend_pid()"))?;
            }
            Engine::MariaDb => {
                let list = format!("SELECT id FROM information_schema.processlist WHERE db = '{database}'");
                for connection in self.try_run("", &list)?.lines() {
                    // One that has ended meanwhile is no error.
                    let killed = self.try_run("", &format!("KILL {connection}"));
                    killed.or_else(|error| if error.contains("1094") { Ok(String::new()) } else { Err(error) })?;
                }
            }
        }
        Ok(())
    }
}

impl AsRef<Self> for Administration {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// A name that no database has.
pub(super) fn name() -> String {
    format!("countersign_{}", unique::word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_and_written() {
        for url in ["postgres://tests@127.0.0.1:5432/postgres", "mysql://tests:secret@127.0.0.1:3306/"] {
            assert_eq!(Administration::at(url).url(), url);
        }
        let administration = Administration::at("mysql://tests@localhost:3306/");
        assert_eq!((administration.engine(), administration.port()), (Engine::MariaDb, 3306));
        assert_eq!(administration.url_of("one"), "mysql://tests@localhost:3306/one");
    }
}
