//! A running server.

use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

use crate::Deployment;
use crate::api::Client;
use crate::command_line::Finished;
use crate::log::Log;

/// How long a server may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The line by which a server says where it listens.
const LISTENING: &str = "listening on http";

/// A running server, with everything that it ever wrote. Killed when it is dropped.
pub struct Server {
    deployment: Option<Deployment>,
    process: Child,
    address: SocketAddr,
    log: Log,
    readers: Vec<JoinHandle<()>>,
    asked_to_stop: AtomicBool,
}

impl Server {
    /// Starts one on a new deployment.
    pub fn start() -> Self {
        Deployment::new().start()
    }

    pub(crate) fn start_on(deployment: Deployment) -> Self {
        let started = Self::try_start_on(deployment);
        started.unwrap_or_else(|(_, ended)| panic!("the server does not listen:\n{}", ended.prose))
    }

    /// Starts one that may refuse to; then its deployment comes back, and how it ended, with all that it wrote.
    pub(crate) fn try_start_on(deployment: Deployment) -> Result<Self, (Deployment, Finished)> {
        let mut process = deployment.command(&["serve"]).spawn().expect("the binary runs");
        let log = Log::default();
        let readers = vec![log.follow(process.stdout.take().unwrap()), log.follow(process.stderr.take().unwrap())];
        if let Some(address) = log.wait_for(&mut process, PATIENCE, address_in) {
            let deployment = Some(deployment);
            return Ok(Self { deployment, process, address, log, readers, asked_to_stop: AtomicBool::new(false) });
        }
        let _ = process.kill();
        let status = process.wait().unwrap();
        for reader in readers {
            reader.join().unwrap();
        }
        let code = status.code().unwrap_or_else(|| panic!("the server does not listen ({status}):\n{}", log.text()));
        Err((deployment, Finished { code, results: String::new(), prose: log.text() }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::of(self.address)
    }

    /// What it runs on.
    pub fn deployment(&self) -> &Deployment {
        self.deployment.as_ref().expect("a running server has its deployment")
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Lets it have no more than so many files and connections open from now on.
    pub fn limit_descriptors(&self, most: u64) {
        let most = Rlimit { current: Some(most), maximum: Some(most) };
        prlimit(Some(Pid::from_child(&self.process)), Resource::Nofile, most).unwrap();
    }

    /// All that it wrote to standard output and standard error so far.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Kills it, as a failing machine would (SIGKILL).
    pub fn kill(mut self) -> Deployment {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.deployment.take().unwrap()
    }

    /// Sends the signal that cannot be refused (SIGKILL) without waiting.
    pub fn kill_in_place(&self) {
        kill_process(Pid::from_child(&self.process), Signal::KILL).unwrap();
    }

    /// Asks it to read its certificate again (SIGHUP).
    pub fn hang_up(&self) {
        kill_process(Pid::from_child(&self.process), Signal::HUP).unwrap();
    }

    /// Asks it to stop (SIGTERM) without waiting. Only the first call sends the signal: a second one would make it drop
    /// what it has not finished.
    pub fn ask_to_stop(&self) {
        if !self.asked_to_stop.swap(true, Ordering::Relaxed) {
            kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        }
    }

    /// Asks it to stop, if that was not done yet, and waits until it has. It has to end well.
    pub fn stop(mut self) -> (Deployment, String) {
        self.ask_to_stop();
        let status = self.wait();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        assert!(status.success(), "the server ended with {status}:\n{}", self.log());
        (self.deployment.take().unwrap(), self.log())
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.process.try_wait().unwrap() {
                Some(status) => return status,
                None if Instant::now() > deadline => panic!("the server did not stop:\n{}", self.log()),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = self.log.text();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            eprintln!("the server's last lines:");
            tail.iter().rev().for_each(|line| eprintln!("| {line}"));
        }
    }
}

/// The address that a server says it listens on.
fn address_in(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once(LISTENING)?;
    let (_, rest) = rest.split_once("://")?;
    let end = rest.find(|character: char| !matches!(character, '0'..='9' | '.' | ':'))?;
    Some(rest[..end].parse().unwrap())
}
