//! A deployment: a directory with settings, data and key, whether a server runs on it or not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tempfile::TempDir;

use crate::binary::binary;
use crate::command_line::{self, Finished};
use crate::database_server::{Administration, Database};
use crate::server::Server;
use crate::tools;

/// A deployment of its own in a temporary directory, with a database of its own.
pub struct Deployment {
    directory: TempDir,
    settings: Vec<(String, String)>,
    database: Option<Arc<Database>>,
}

impl Default for Deployment {
    fn default() -> Self {
        Self::new()
    }
}

impl Deployment {
    /// An empty one, which listens on a free port: on the server that `COUNTERSIGN_TEST_DATABASE` names, else on SQLite.
    pub fn new() -> Self {
        Administration::of_this_run().map_or_else(Self::on_sqlite, |administration| Self::on(&administration))
    }

    /// One on SQLite, wherever others are.
    pub fn on_sqlite() -> Self {
        Self::over(None)
    }

    /// One with a database of its own on a server, whose tables are there already.
    pub fn on(server: &(impl AsRef<Administration> + ?Sized)) -> Self {
        Self::over(Some(server.as_ref().create_database().into()))
    }

    /// One with a database of its own on a server, with nothing in it.
    pub fn on_empty(server: &(impl AsRef<Administration> + ?Sized)) -> Self {
        Self::over(Some(server.as_ref().create_empty_database().into()))
    }

    fn over(database: Option<Arc<Database>>) -> Self {
        let deployment = Self { directory: tempfile::tempdir().unwrap(), settings: Vec::new(), database };
        deployment.placed()
    }

    /// The same with the settings that say where it is.
    fn placed(self) -> Self {
        let data = self.data_dir().display().to_string();
        let url = self.database().map(Database::url);
        let placed = self.with("DATA_DIR", &data).with("LISTEN", "127.0.0.1:0");
        match url {
            Some(url) => placed.with("DATABASE_URL", &url),
            None => placed,
        }
    }

    /// Another node: the same settings and the same database, a directory of its own, and a copy of the key ring if there
    /// is one by now.
    pub fn node(&self) -> Self {
        assert!(self.database.is_some(), "several nodes need a database server");
        let (settings, database) = (self.settings.clone(), self.database.clone());
        let node = Self { directory: tempfile::tempdir().unwrap(), settings, database }.placed();
        if self.key_file().exists() {
            std::fs::copy(self.key_file(), node.key_file()).unwrap();
        }
        node
    }

    /// Its database, unless that is an SQLite file.
    pub fn database(&self) -> Option<&Database> {
        self.database.as_deref()
    }

    /// The same with the setting `COUNTERSIGN_<name>`.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The working directory of all that runs on it.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Where its data are.
    pub fn data_dir(&self) -> PathBuf {
        self.directory().join("data")
    }

    /// Where its key ring is, unless it was set otherwise.
    pub fn key_file(&self) -> PathBuf {
        self.directory().join("data.key")
    }

    /// The binary, ready to run on this deployment, with nothing of this process's own settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.directory()).env_clear();
        for kept in ["PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.envs(self.settings.iter().map(|(name, value)| (format!("COUNTERSIGN_{name}"), value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        command_line::run(self.command(arguments), None)
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        command_line::run(self.command(arguments), Some(input))
    }

    /// Runs a query on its database and answers the rows, one a line.
    pub fn query(&self, sql: &str) -> String {
        if let Some(database) = self.database() {
            return database.query(sql);
        }
        let file = self.data_dir().join("countersign.db");
        let arguments = ["-readonly", "-separator", "\t", file.to_str().unwrap(), sql];
        String::from_utf8(tools::run("sqlite3", "sqlite3", &arguments, b"")).unwrap()
    }

    /// Changes its database, past the program.
    pub fn change(&self, sql: &str) {
        if let Some(database) = self.database() {
            database.query(sql);
            return;
        }
        let file = self.data_dir().join("countersign.db");
        let arguments = ["-cmd", ".timeout 60000", file.to_str().unwrap(), sql];
        tools::run("sqlite3", "sqlite3", &arguments, b"");
    }

    /// All that it keeps, and where: the files of its data directory, and what a dump of its database says, with binary
    /// values as they are.
    pub fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let mut contents = Vec::new();
        if let Some(database) = self.database() {
            let dump = database.dump();
            contents.push((format!("the binary values of the {} database", database.engine()), unhexed(&dump)));
            contents.push((format!("the {} database", database.engine()), dump));
        } else {
            assert!(self.data_dir().join("countersign.db").exists(), "there is a database");
        }
        for file in std::fs::read_dir(self.data_dir()).into_iter().flatten() {
            let path = file.unwrap().path();
            // The files beside an SQLite database come and go.
            contents.push((path.display().to_string(), std::fs::read(path).unwrap_or_default()));
        }
        contents
    }

    /// Whether `value` stands anywhere in its data.
    pub fn data_hold(&self, value: &[u8]) -> bool {
        self.contents().iter().any(|(_, content)| content.windows(value.len()).any(|part| part == value))
    }

    /// Starts the server and waits until it listens.
    pub fn start(self) -> Server {
        Server::start_on(self)
    }

    /// Starts the server, which may refuse to; then the deployment comes back, and how it ended.
    ///
    /// # Errors
    /// It ended instead of listening.
    pub fn try_start(self) -> Result<Server, (Self, Finished)> {
        Server::try_start_on(self)
    }

    /// Starts the server where it must not start, and answers how it ended.
    pub fn start_in_vain(&self) -> Finished {
        command_line::run_for(self.command(&["serve"]), None, std::time::Duration::from_secs(30))
    }
}

/// What is written in hexadecimal in a dump, as bytes; a zero byte between one value and the next.
fn unhexed(dump: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The `x` of `0xAB`, `\xab` and `x'ab'` is none of the digits.
    for word in dump.split(|symbol| !symbol.is_ascii_hexdigit()) {
        let pairs = word.chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap());
        bytes.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_values_of_a_dump_are_found() {
        let dump = br"INSERT INTO a VALUES (0xFF0061, '\x00ab'); VALUES (x'616b');";
        let bytes = unhexed(dump);
        for value in [&[0xff, 0, 0x61][..], &[0, 0xab], b"ak"] {
            assert!(bytes.windows(value.len()).any(|part| part == value), "{value:?}");
        }
    }

    fn what_is_in_a_database_is_found_in_its_contents(engine: crate::database_server::Engine, binary: &str) {
        let deployment = Deployment::on_empty(&engine.administration());
        let database = deployment.database().unwrap();
        database.query(&format!("CREATE TABLE kept (name VARCHAR(20), digest {binary})"));
        // The bytes of "opened" in hexadecimal.
        let digest = if binary == "BYTEA" { r"'\x6f70656e6564'" } else { "x'6f70656e6564'" };
        database.query(&format!("INSERT INTO kept VALUES ('sealed', {digest})"));
        assert_eq!(deployment.query("SELECT name, name FROM kept").trim(), "sealed\tsealed");
        assert!(deployment.data_hold(b"sealed") && deployment.data_hold(b"opened"));
        assert!(!deployment.data_hold(b"something else"));
    }

    #[test]
    #[ignore = "needs PostgreSQL; tests/run starts one"]
    fn what_is_in_a_postgresql_database_is_found_in_its_contents() {
        what_is_in_a_database_is_found_in_its_contents(crate::database_server::Engine::Postgres, "BYTEA");
    }

    #[test]
    #[ignore = "needs MariaDB; tests/run starts one"]
    fn what_is_in_a_mariadb_database_is_found_in_its_contents() {
        what_is_in_a_database_is_found_in_its_contents(crate::database_server::Engine::MariaDb, "VARBINARY(20)");
    }
}
