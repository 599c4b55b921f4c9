//! One database server of a cluster: its directory, its port, and its process, which comes and goes.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::process::{Place, Process};
use crate::unique;

/// How long a cluster may take to be whole again.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a cluster stays whole before the next fault, so that what one of them costs is told from the next.
pub(crate) const WHOLE: Duration = Duration::from_secs(2);

/// The administrator, who needs no password.
pub(crate) const USER: &str = "tests";

/// A server that may run or not.
pub(crate) struct Instance {
    pub(crate) place: Place,
    pub(crate) port: u16,
    process: Option<Process>,
}

impl Instance {
    /// One that does not run yet, with an empty directory `data`.
    pub(crate) fn new(user: &'static str) -> Self {
        let instance = Self { place: Place::new(user), port: free_port(), process: None };
        instance.make_directory();
        instance
    }

    fn make_directory(&self) {
        let mut make = self.place.command(Path::new("mkdir"));
        make.arg("--mode=0700").arg(self.place.path("data"));
        self.place.run(make);
    }

    /// Starts it and waits until it writes `ready`.
    pub(crate) fn start(&mut self, command: Command, ready: &str) {
        assert!(self.process.is_none(), "a server runs once");
        let started = Process::start(command, ready);
        self.process = Some(started.unwrap_or_else(|log| panic!("a server does not start:\n{log}")));
    }

    pub(crate) fn runs(&self) -> bool {
        self.process.is_some()
    }

    /// Kills it (SIGKILL) and waits until all that belongs to it is gone.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Asks it to end by a signal.
    pub(crate) fn end(&mut self, with: Signal) {
        if let Some(mut process) = self.process.take() {
            process.end(with);
        }
    }

    /// Sends its process a signal that does not end it.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(process) = &self.process {
            send(process.id(), signal);
        }
    }

    /// Takes away all that it has stored, as a lost disk does.
    pub(crate) fn wipe(&self) {
        assert!(self.process.is_none(), "what a running server has stored stays");
        std::fs::remove_dir_all(self.place.path("data")).unwrap();
        self.make_directory();
    }
}

/// Sends a process a signal.
pub(crate) fn send(process: u32, signal: Signal) {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw).expect("a process has a number");
    kill_process(process, signal).unwrap();
}

/// A free port below those that outgoing connections take, so that it is still free when a server comes back to it.
pub(crate) fn free_port() -> u16 {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let candidate = || 15_000 + u16::from_str_radix(&unique::word()[..4], 16).unwrap() % 15_000;
    std::iter::repeat_with(candidate).take(1_000).find(free).expect("a free port")
}

/// Waits until nothing is missing.
pub(crate) fn wait_until(what: &str, missing: impl Fn() -> Option<String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Some(missing) = missing() {
        assert!(Instant::now() < deadline, "{what}: {missing}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
