//! Outside programs: an opinion other than our own.

use std::io::Write;
use std::process::{Command, Stdio};

/// Runs `program` with `input` on its standard input and answers its standard output. A program that is not there
/// fails the test and names the Debian package.
#[track_caller]
pub fn run(program: &str, package: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    try_run(program, package, arguments, input).unwrap_or_else(|error| panic!("{error}"))
}

/// The same for a program that may fail.
///
/// # Errors
/// How it ended, and what it wrote to standard error.
pub fn try_run(program: &str, package: &str, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = spawned.unwrap_or_else(|error| {
        panic!("`{program}` does not run ({error}): the tests need it; install the Debian package `{package}`")
    });
    // Who ends early does not read to the end, and says why.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let prose = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("`{program}` ended with {}: {prose}", output.status))
    }
}

/// What a QR code reader finds in a PNG picture.
pub fn read_qr_code(png: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let picture = directory.path().join("qr.png");
    std::fs::write(&picture, png).unwrap();
    let arguments = ["--raw", "-q", picture.to_str().unwrap()];
    let read = run("zbarimg", "zbar-tools", &arguments, b"");
    String::from_utf8(read).unwrap().trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "install the Debian package `some-package`")]
    fn a_missing_program_is_told_with_its_package() {
        run("no-such-program", "some-package", &[], b"");
    }
}
