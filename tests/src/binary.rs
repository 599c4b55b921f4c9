//! Finds the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::workspace;

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("COUNTERSIGN_BIN") {
    Some(path) => {
        let path = PathBuf::from(path);
        assert!(path.is_file(), "COUNTERSIGN_BIN names {}, and there is no such file", path.display());
        path.canonicalize().unwrap()
    }
    None => build(),
});

/// The binary under test: the one that `COUNTERSIGN_BIN` names, else the debug build, which is made if need be.
pub fn binary() -> &'static Path {
    &BINARY
}

fn build() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--package", "countersign", "--message-format", "json-render-diagnostics"])
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "`cargo build --package countersign` failed");
    let messages = String::from_utf8(output.stdout).unwrap();
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|message| {
        (message["target"]["name"] == "countersign").then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    built.expect("cargo names the executable that it built")
}
