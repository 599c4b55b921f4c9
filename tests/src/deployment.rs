//! A deployment: a directory with settings, data and key, whether a server runs on it or not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::binary::binary;
use crate::command_line::{self, Finished};
use crate::server::Server;

/// A deployment of its own in a temporary directory.
pub struct Deployment {
    directory: TempDir,
    settings: Vec<(String, String)>,
}

impl Default for Deployment {
    fn default() -> Self {
        Self::new()
    }
}

impl Deployment {
    /// An empty one, which listens on a free port.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data").display().to_string();
        Self { directory, settings: Vec::new() }.with("DATA_DIR", &data).with("LISTEN", "127.0.0.1:0")
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

    /// Whether `value` stands anywhere in its data.
    pub fn data_hold(&self, value: &[u8]) -> bool {
        let files = std::fs::read_dir(self.data_dir()).unwrap();
        files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap_or_default())
            .any(|content| content.windows(value.len()).any(|part| part == value))
    }

    /// Starts the server and waits until it listens.
    pub fn start(self) -> Server {
        Server::start_on(self)
    }

    /// Starts the server where it must not start, and answers how it ended.
    pub fn start_in_vain(&self) -> Finished {
        command_line::run_for(self.command(&["serve"]), None, std::time::Duration::from_secs(30))
    }
}
