//! The tools, where `tests/run` puts them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use countersign_tests::browser::target_directory;
use countersign_tests::workspace;

/// Where the tools are: `node_modules` and a virtual environment of Python.
pub(crate) fn directory() -> PathBuf {
    target_directory().join("api-clients")
}

/// The document as it is committed.
pub(crate) fn document() -> PathBuf {
    workspace::root().join("docs/openapi.json")
}

/// A file of this suite.
pub(crate) fn file(name: &str) -> PathBuf {
    workspace::root().join("tests/clients").join(name)
}

/// One of the tools from npm.
pub(crate) fn from_npm(name: &str) -> Command {
    tool(&directory().join("node_modules/.bin").join(name))
}

/// One of the tools from PyPI.
pub(crate) fn from_pypi(name: &str) -> Command {
    tool(&directory().join("venv/bin").join(name))
}

fn tool(program: &Path) -> Command {
    assert!(program.exists(), "{} is not there: `tests/run` installs it", program.display());
    let mut command = Command::new(program);
    // Generators look for the formatter beside them.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", program.parent().unwrap().display()));
    command.stdin(Stdio::null());
    command
}

/// Runs a tool to its end, which must be a good one, and answers all that it wrote.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{command:?} ended with {}:\n{text}", output.status);
    text
}
