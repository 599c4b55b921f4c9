//! The program between WebDriver and Chromium.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::log::Log;

/// Debian's place for it.
const PROGRAM: &str = "/usr/bin/chromedriver";

/// The line by which it says where it listens.
const STARTED: &str = "was started successfully on port ";

/// How long it may take to start; generous, because many start at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running ChromeDriver. It ends, and its browser with it, when it is dropped.
pub(super) struct ChromeDriver {
    process: Child,
    port: u16,
    log: Log,
}

impl ChromeDriver {
    /// Starts one on a free port. Where it is missing, the test fails and names the Debian packages.
    pub(super) fn start() -> Self {
        let spawned = Command::new(PROGRAM)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut process = spawned.unwrap_or_else(|error| {
            panic!(
                "`{PROGRAM}` does not run ({error}): the browser tests need it; \
                 install the Debian packages `chromium` and `chromium-driver`"
            )
        });
        let log = Log::default();
        log.follow(process.stdout.take().unwrap());
        log.follow(process.stderr.take().unwrap());
        let port = log.wait_for(&mut process, PATIENCE, port_in);
        let port = port.unwrap_or_else(|| panic!("ChromeDriver does not listen:\n{}", log.text()));
        Self { process, port, log }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// All that it wrote so far.
    pub(super) fn log(&self) -> String {
        self.log.text()
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn port_in(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once(STARTED)?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}
