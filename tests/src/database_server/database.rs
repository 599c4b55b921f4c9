use super::administration::{Administration, Engine};
use super::postgres;
use crate::tools;

/// A database of its own on a server. Dropped on the server when it is dropped here.
#[derive(Debug)]
pub struct Database {
    administration: Administration,
    name: String,
}

impl Database {
    pub(super) fn new(administration: Administration, name: String) -> Self {
        Self { administration, name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it is on.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }

    /// What kind of server it is on.
    pub fn engine(&self) -> Engine {
        self.administration.engine()
    }

    /// Where it is, as `database_url` takes it.
    pub fn url(&self) -> String {
        self.administration.url_of(&self.name)
    }

    /// Runs SQL in it and answers the rows, one a line, values apart by tabs.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        self.administration.try_run(&self.name, sql).unwrap_or_else(|error| panic!("{error}"))
    }

    /// All that it holds, as SQL, by the engine's own program. Binary values are in hexadecimal.
    pub fn dump(&self) -> Vec<u8> {
        match self.engine() {
            Engine::Postgres => {
                tools::run(&postgres::client("pg_dump"), "postgresql-client", &["--inserts", &self.url()], b"")
            }
            Engine::MariaDb => self.mariadb_dump(&["--hex-blob"]),
        }
    }

    pub(super) fn mariadb_dump(&self, options: &[&str]) -> Vec<u8> {
        let mut arguments = self.administration.client_arguments();
        arguments.extend(options.iter().map(|option| (*option).to_owned()));
        // A consistent state, without keeping a server waiting that works on it.
        arguments.extend(["--single-transaction", "--skip-comments", "--skip-add-locks"].map(str::to_owned));
        arguments.push(self.name.clone());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        tools::run("mariadb-dump", "mariadb-client", &arguments, b"")
    }

    /// Ends all connections to it at once.
    pub fn cut_connections(&self) {
        self.administration.cut_connections(&self.name);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (administration, name) = (&self.administration, &self.name);
        let dropped = match self.engine() {
            Engine::Postgres => administration.try_run("", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")),
            Engine::MariaDb => {
                // What is still connected may hold locks.
                let cut = administration.try_cut_connections(name);
                cut.and_then(|()| administration.try_run("", &format!("DROP DATABASE IF EXISTS {name}")))
            }
        };
        // The server may be gone: that is what some tests are about. It takes its databases with it.
        drop(dropped);
    }
}
