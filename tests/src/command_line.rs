//! Commands and what they say.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A command that ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to standard output.
    pub results: String,
    /// What it wrote to standard error.
    pub prose: String,
}

impl Finished {
    /// Demands an exit code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "results: {}\nprose: {}", self.results, self.prose);
        self
    }

    /// Its results, which must be JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.results).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }
}

/// Runs `command` to its end.
pub(crate) fn run(command: Command, input: Option<&str>) -> Finished {
    run_for(command, input, Duration::from_secs(60))
}

/// Runs `command`, and kills it and fails the test if it takes longer than `limit`.
pub(crate) fn run_for(mut command: Command, input: Option<&str>, limit: Duration) -> Finished {
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().expect("the binary runs");
    let results = collect(child.stdout.take().unwrap());
    let prose = collect(child.stderr.take().unwrap());
    if let Some(input) = input {
        // Whoever refuses the command line does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    }
    let deadline = Instant::now() + limit;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{command:?} did not end: {} {}", results.join().unwrap(), prose.join().unwrap());
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let code = status.code().unwrap_or_else(|| panic!("{command:?} was ended by a signal: {status}"));
    Finished { code, results: results.join().unwrap(), prose: prose.join().unwrap() }
}

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
