//! The process of a server, and the directory that it works in.

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::log::Log;
use crate::unique;

/// How long a server may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often another port is tried when a server does not start.
const TRIES: usize = 3;

/// The directory of a server, and the user whom it belongs to: servers refuse to run as root.
pub(super) struct Place {
    directory: TempDir,
    user: Option<&'static str>,
    owner: Option<(u32, u32)>,
}

impl Place {
    /// An empty one. Root runs the server as `user`, anybody else as themselves.
    pub(super) fn new(user: &'static str) -> Self {
        let directory = tempfile::Builder::new().prefix("countersign-").tempdir().unwrap();
        let user = geteuid().is_root().then_some(user);
        let owner = user.map(|user| (number_of(user, "-u"), number_of(user, "-g")));
        let place = Self { directory, user, owner };
        place.give_away(place.directory.path());
        place
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The same as text.
    pub(super) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Writes a file that only the server can read.
    pub(super) fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.give_away(&path);
    }

    /// A program that runs as the server's user, with nothing of this process's own settings.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        if let Some(user) = self.user {
            command.arg(format!("--reuid={user}")).arg(format!("--regid={user}")).arg("--init-groups");
        }
        // A server that is left behind would hold its port and its memory until the machine ends.
        command.arg("--pdeathsig=KILL").arg(program);
        command.current_dir(self.directory.path()).env_clear().env("LC_ALL", "C.UTF-8");
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a program to its end, which has to be a good one.
    pub(super) fn run(&self, mut command: Command) {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = spawn(command).and_then(Child::wait_with_output);
        let output = output.unwrap_or_else(|error| panic!("`setpriv` of the Debian package util-linux: {error}"));
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(output.status.success(), "the server's directory was not made: {}", said.concat());
    }

    fn give_away(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }
}

/// The number of a user or of their group.
fn number_of(user: &str, what: &str) -> u32 {
    let output = Command::new("id").args([what, user]).output().expect("`id` runs");
    let number = String::from_utf8_lossy(&output.stdout).trim().parse();
    number.unwrap_or_else(|_| panic!("there is no user {user}: the Debian package of the server makes it"))
}

/// A server's process and what it wrote.
pub(super) struct Process {
    child: Child,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts a server and waits until it writes `ready`.
    ///
    /// # Errors
    /// What it wrote if it ended instead.
    pub(super) fn start(mut command: Command, ready: &str) -> Result<Self, String> {
        // Who presses ctrl-C means the tests; the servers end after them.
        command.process_group(0);
        let mut child = spawn(command).expect("`setpriv` of the Debian package util-linux runs");
        let log = Log::default();
        let readers = vec![log.follow(child.stdout.take().unwrap()), log.follow(child.stderr.take().unwrap())];
        let found = log.wait_for(&mut child, PATIENCE, |text| text.contains(ready).then_some(()));
        let mut process = Self { child, log, readers };
        if found.is_some() {
            return Ok(process);
        }
        process.kill();
        Err(process.log.text())
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it and waits until all that it started is gone as well: they hold the other end of the log.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }

    /// Asks it to end by a signal, and kills it if it does not.
    pub(super) fn end(&mut self, signal: Signal) {
        let deadline = Instant::now() + PATIENCE;
        let ended = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
        if !ended(&mut self.child) && kill_process(Pid::from_child(&self.child), signal).is_ok() {
            while !ended(&mut self.child) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        self.kill();
    }
}

/// Starts a server on a free port; `start` answers what it wrote if it ended instead.
pub(super) fn on_a_free_port<T>(start: impl Fn(u16) -> Result<T, String>) -> (u16, T) {
    let mut said = String::new();
    for _ in 0..TRIES {
        let port = free_port();
        match start(port) {
            Ok(started) => return (port, started),
            // Somebody else may have taken the port meanwhile.
            Err(log) => said = log,
        }
    }
    panic!("the database server does not start:\n{said}");
}

/// A free port below those that outgoing connections take, so that it is still free when a server is restarted on it.
fn free_port() -> u16 {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let candidate = || 15_000 + u16::from_str_radix(&unique::word()[..4], 16).unwrap() % 15_000;
    std::iter::repeat_with(candidate).take(1_000).find(free).expect("a free port")
}

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// A thread that lives as long as this process.
///
/// What ends with its parent ends with the *thread* that started it; the thread of a test may end long before the server
/// is to.
static STARTER: LazyLock<Mutex<mpsc::Sender<Order>>> = LazyLock::new(|| {
    let (sender, orders) = mpsc::channel::<Order>();
    std::thread::spawn(move || {
        for (mut command, started) in orders {
            let _ = started.send(command.spawn());
        }
    });
    Mutex::new(sender)
});

fn spawn(command: Command) -> io::Result<Child> {
    let (sender, started) = mpsc::channel();
    STARTER.lock().unwrap().send((command, sender)).expect("the starter lives on");
    started.recv().expect("the starter answers")
}
