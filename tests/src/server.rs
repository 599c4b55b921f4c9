//! A running server.

use std::io::Read;
use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Deployment;
use crate::api::Client;

/// How long a server may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The line by which a server says where it listens.
const LISTENING: &str = "listening on http://";

/// A running server, with everything that it ever wrote. Killed when it is dropped.
pub struct Server {
    deployment: Option<Deployment>,
    process: Child,
    address: SocketAddr,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts one on a new deployment.
    pub fn start() -> Self {
        Deployment::new().start()
    }

    pub(crate) fn start_on(deployment: Deployment) -> Self {
        let mut process = deployment.command(&["serve"]).spawn().expect("the binary runs");
        let log = Log::default();
        let readers = vec![log.follow(process.stdout.take().unwrap()), log.follow(process.stderr.take().unwrap())];
        match log.wait_for_address(&mut process) {
            Some(address) => Self { deployment: Some(deployment), process, address, log, readers },
            None => {
                let _ = process.kill();
                let status = process.wait();
                panic!("the server does not listen ({status:?}):\n{}", log.text());
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::of(self.address)
    }

    /// What it runs on.
    pub fn deployment(&self) -> &Deployment {
        self.deployment.as_ref().expect("a running server has its deployment")
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

    /// Asks it to stop (SIGTERM) without waiting.
    pub fn ask_to_stop(&self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
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

/// What a process writes, as it writes it.
#[derive(Clone, Default)]
struct Log(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Log {
    fn follow(&self, mut stream: impl Read + Send + 'static) -> JoinHandle<()> {
        let log = self.clone();
        std::thread::spawn(move || {
            let mut part = [0; 8192];
            while let Ok(length @ 1..) = stream.read(&mut part) {
                let (bytes, written) = &*log.0;
                bytes.lock().unwrap().extend_from_slice(&part[..length]);
                written.notify_all();
            }
            log.0.1.notify_all();
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().unwrap()).into_owned()
    }

    fn wait_for_address(&self, process: &mut Child) -> Option<SocketAddr> {
        let deadline = Instant::now() + PATIENCE;
        let (bytes, written) = &*self.0;
        let mut so_far = bytes.lock().unwrap();
        while Instant::now() < deadline {
            let text = String::from_utf8_lossy(&so_far).into_owned();
            if let Some((_, rest)) = text.split_once(LISTENING)
                && let Some(end) = rest.find(|character: char| !matches!(character, '0'..='9' | '.' | ':'))
            {
                return Some(rest[..end].parse().unwrap());
            }
            // One more look after the end: its last words may have come meanwhile.
            let ended = process.try_wait().unwrap().is_some();
            so_far = written.wait_timeout(so_far, Duration::from_millis(100)).unwrap().0;
            if ended && so_far.len() == text.len() {
                return None;
            }
        }
        None
    }
}
