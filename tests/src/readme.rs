//! Runs the commands of a README, in their order, in one shell.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// How a README's commands ended.
pub struct Ran {
    /// Whether all of them succeeded.
    pub success: bool,
    /// What the shell ran, and all that was written, in the order in which it was.
    pub transcript: String,
}

/// The commands of all blocks that are fenced as `sh`; those that are fenced as `sh no-run` are left out.
pub fn commands(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<(bool, Vec<&str>)> = None;
    for line in markdown.lines() {
        match (&mut block, line.trim_start().strip_prefix("```")) {
            (None, Some(tag)) => block = Some((tag.trim() == "sh", Vec::new())),
            (Some((run, lines)), Some("")) => {
                if *run {
                    blocks.push(lines.join("\n"));
                }
                block = None;
            }
            (Some((_, lines)), _) => lines.push(line),
            (None, None) => {}
        }
    }
    assert!(block.is_none(), "the last block has an end");
    blocks
}

/// Runs the commands of `markdown` in one Bash with `set -e`, in an empty directory, with `binary` in the path.
///
/// `cargo run --release -- ` means the binary. A command `countersign serve` goes into the background, with or without
/// an `&`, and what follows waits until it is ready. The server listens on a free port instead of 8080.
pub fn run(markdown: &str, binary: &Path) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let script = script(markdown, port);
    std::fs::write(directory.path().join(".readme.sh"), &script).unwrap();
    let path = path_with(binary, &directory);
    // One pipe for both streams keeps their order; `timeout` ends the whole group.
    let output = Command::new("timeout")
        .args(["--kill-after", "5", "100", "bash", "-c", "exec bash .readme.sh 2>&1"])
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", directory.path())
        .env("COUNTERSIGN_LISTEN", format!("127.0.0.1:{port}"))
        .output()
        .expect("`timeout` and `bash` run (Debian packages coreutils and bash)");
    let transcript = String::from_utf8_lossy(&output.stdout).into_owned();
    Ran { success: output.status.success(), transcript }
}

fn script(markdown: &str, port: u16) -> String {
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -x\n");
    for block in commands(markdown) {
        for line in block.lines() {
            let line = line.trim_start_matches("$ ").replace("cargo run --release -- ", "countersign ");
            let line = line.replace("localhost:8080", "127.0.0.1:8080").replace(":8080", &format!(":{port}"));
            if line.trim_start().starts_with("countersign serve") {
                let command = line.split('#').next().unwrap_or_default().trim().trim_end_matches('&').trim();
                script.push_str(&format!("{command} &\n"));
                script.push_str(&format!(
                    "{{ set +x; for _ in $(seq 300); do \
                     (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.1; done; set -x; }} 2>/dev/null\n"
                ));
            } else {
                script.push_str(&line);
                script.push('\n');
            }
        }
    }
    script
}

/// The directory of a link called `countersign`, and then the path of this process.
fn path_with(binary: &Path, directory: &TempDir) -> String {
    let bin = directory.path().join(".bin");
    std::fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(binary, bin.join("countersign")).unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands in for the binary: `serve` listens, everything else tells what it was given.
    fn stand_in(directory: &TempDir) -> std::path::PathBuf {
        let path = directory.path().join("stand-in");
        let text = "#!/bin/bash\nif [ \"$1\" = serve ]; then exec sleep 30; fi\necho \"given: $*\"\n";
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path
    }

    fn ran(markdown: &str) -> Ran {
        let directory = tempfile::tempdir().unwrap();
        run(markdown, &stand_in(&directory))
    }

    #[test]
    fn blocks_run_in_order_in_one_shell() {
        let ran = ran(
            "```sh\nNAME=kim\ncargo run --release -- account create $NAME\n```\ntext\n\n   ```sh\n   cd /\n   countersign last $NAME\n   ```\n",
        );
        assert!(ran.success, "{}", ran.transcript);
        let first = ran.transcript.find("given: account create kim").unwrap();
        assert!(first < ran.transcript.find("given: last kim").unwrap());
    }

    #[test]
    fn a_failing_command_fails_the_run() {
        for block in ["false", "false | true", "echo $NOT_SET", "no-such-program"] {
            assert!(!ran(&format!("```sh\n{block}\ntrue\n```\n")).success, "{block}");
        }
    }

    #[test]
    fn blocks_of_another_kind_are_left_out() {
        let markdown = "```sh no-run\nfalse\n```\n```toml\nfalse\n```\n```\nfalse\n```\n";
        assert!(commands(markdown).is_empty());
        assert!(ran(markdown).success);
    }
}
