//! A PostgreSQL primary and a synchronous standby, which takes its place when it fails.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use countersign_tests::database_server::Administration;
use rustix::process::Signal;

use crate::DATABASE;
use crate::faults::Faults;
use crate::forwarder::Forwarder;
use crate::instance::{Instance, USER, WHOLE, send, wait_until};
use crate::random::Random;

const PRIMARY_READY: &str = "database system is ready to accept connections";
const STANDBY_READY: &str = "database system is ready to accept read-only connections";

/// Where Debian keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The names by which standbys are known. A primary waits for one of these and for nobody else: `*` would also mean a base
/// backup under way, whose half-finished copy is worth nothing yet.
const NAMES: [&str; 2] = ["one", "two"];

/// How long the standby is silent: from less than the nodes of ours wait for a statement (7 s) to more.
const SILENT_MILLIS: (u64, u64) = (1_000, 10_000);

/// What is broken now; one thing at a time.
enum Broken {
    /// The former primary is gone: the other one is the primary now and has no standby.
    Alone,
    /// The primary is to be started again where it was.
    Primary,
    /// The standby is gone.
    Standby,
    /// The process by which the standby hears of changes is stopped.
    Silent(u32),
}

/// Two servers, and the one address of whichever is the primary.
pub(crate) struct Pair {
    servers: [Instance; 2],
    primary: usize,
    forwarder: Forwarder,
    broken: Option<Broken>,
}

impl Pair {
    /// Makes a new primary with an empty database and a copy of it as its standby.
    pub(crate) fn start() -> Self {
        let servers = [Instance::new("postgres"), Instance::new("postgres")];
        let forwarder = Forwarder::to(servers[0].port);
        let mut pair = Self { servers, primary: 0, forwarder, broken: None };
        let place = &pair.servers[0].place;
        let mut initialize = place.command(&program("initdb"));
        initialize.arg("--pgdata").arg(place.path("data")).arg(format!("--username={USER}"));
        initialize.args(["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust"]);
        place.run(initialize);
        pair.run(0, PRIMARY_READY);
        // There is no standby yet that a commit could wait for.
        pair.query(0, &format!("SET synchronous_commit = local; CREATE DATABASE {DATABASE}"));
        pair.rebuild_standby();
        pair
    }

    /// Where the database is, whoever is the primary.
    pub(crate) fn url(&self) -> String {
        administration(self.forwarder.port()).url_of(DATABASE)
    }

    fn standby(&self) -> usize {
        1 - self.primary
    }

    fn query(&self, server: usize, sql: &str) -> String {
        administration(self.servers[server].port).run(sql)
    }

    fn run(&mut self, server: usize, ready: &str) {
        let Instance { place, port, .. } = &self.servers[server];
        let mut command = place.command(&program("postgres"));
        command.arg("-D").arg(place.path("data"));
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", place.text("")),
            "max_connections=200".to_owned(),
            // Also the name by which the primary knows it.
            format!("cluster_name={}", NAMES[server]),
            "synchronous_commit=on".to_owned(),
            format!("synchronous_standby_names=FIRST 1 ({})", NAMES.join(", ")),
        ] {
            command.arg("-c").arg(setting);
        }
        self.servers[server].start(command, ready);
    }

    /// Has the standby take the primary's place. It has all that the primary ever acknowledged.
    fn promote(&mut self) {
        let standby = self.standby();
        let place = &self.servers[standby].place;
        let mut promote = place.command(&program("pg_ctl"));
        promote.args(["promote", "--wait", "-D"]).arg(place.path("data"));
        place.run(promote);
        // Only now: a standby answers those who read, with what it knows.
        self.forwarder.switch(self.servers[standby].port);
        self.primary = standby;
    }

    /// Makes the other server a copy of the primary, whatever it was, and waits until commits wait for it.
    fn rebuild_standby(&mut self) {
        let standby = self.standby();
        self.servers[standby].kill();
        self.forget(standby);
        self.servers[standby].wipe();
        let place = &self.servers[standby].place;
        let mut backup = place.command(&program("pg_basebackup"));
        let from = format!("host=127.0.0.1 port={} user={USER}", self.servers[self.primary].port);
        backup.args(["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--dbname", &from]);
        backup.arg("--pgdata").arg(place.path("data"));
        place.run(backup);
        self.run(standby, STANDBY_READY);
        self.wait_until_synchronous();
    }

    fn wait_until_synchronous(&self) {
        let name = NAMES[self.standby()];
        let sql = "SELECT application_name, state, sync_state FROM pg_stat_replication";
        wait_until("the standby does not follow", || {
            let said = self.query(self.primary, sql);
            (!said.contains(&format!("{name}\tstreaming\tsync"))).then_some(said)
        });
    }

    /// Gives back the piece of shared memory that a killed server left, which its next start would: there is none.
    fn forget(&self, server: usize) {
        let file = std::fs::read_to_string(self.servers[server].place.path("data").join("postmaster.pid"));
        let segment = file.ok().and_then(|file| Some(file.lines().nth(6)?.split_whitespace().nth(1)?.to_owned()));
        if let Some(segment) = segment {
            let _ = Command::new("ipcrm").args(["--shmem-id", &segment]).output();
        }
    }

    /// The process of the standby that listens to the primary.
    fn receiver(&self) -> u32 {
        self.query(self.standby(), "SELECT pid FROM pg_stat_wal_receiver").trim().parse().expect("a standby listens")
    }
}

fn administration(port: u16) -> Administration {
    Administration::at(&format!("postgres://{USER}@127.0.0.1:{port}/postgres"))
}

/// A program of the newest version that is installed.
fn program(name: &str) -> PathBuf {
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir(VERSIONS).into_iter().flatten().map(|entry| entry.unwrap().path());
    let found = versions.filter(|path| path.join("bin").join(name).is_file()).max_by_key(number);
    let found =
        found.unwrap_or_else(|| panic!("no `{name}` below {VERSIONS}: install the Debian package `postgresql`"));
    found.join("bin").join(name)
}

impl Display for Pair {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let [one, two] = &self.servers;
        let version = administration(one.port).version();
        write!(formatter, "PostgreSQL {version} on port {}, its standby on port {}", one.port, two.port)
    }
}

impl Faults for &mut Pair {
    fn repertoire(&self) -> Vec<usize> {
        vec![6, 3, 2, 2, 3, 2]
    }

    fn inject(&mut self, fault: usize, random: &mut Random) -> String {
        let (primary, standby) = (self.primary, self.standby());
        let what = match fault {
            0 => {
                self.servers[primary].kill();
                self.promote();
                self.broken = Some(Broken::Alone);
                "primary killed, promotion"
            }
            1 => {
                // What it was about to commit waits for a standby that has gone its own way: nobody hears of it.
                self.promote();
                self.broken = Some(Broken::Alone);
                "promotion beside the primary"
            }
            2 => {
                self.servers[primary].kill();
                self.broken = Some(Broken::Primary);
                "primary killed, started again"
            }
            3 => {
                self.servers[standby].kill();
                self.broken = Some(Broken::Standby);
                "standby killed"
            }
            4 => {
                let receiver = self.receiver();
                send(receiver, Signal::STOP);
                self.broken = Some(Broken::Silent(receiver));
                std::thread::sleep(Duration::from_millis(random.between(SILENT_MILLIS.0, SILENT_MILLIS.1)));
                "standby silent"
            }
            _ => {
                self.forwarder.cut();
                "connections to primary cut"
            }
        };
        what.to_owned()
    }

    fn heal(&mut self) {
        let (primary, standby) = (self.primary, self.standby());
        match self.broken.take() {
            Some(Broken::Alone) => self.rebuild_standby(),
            Some(Broken::Primary) => self.run(primary, PRIMARY_READY),
            Some(Broken::Standby) => self.run(standby, STANDBY_READY),
            Some(Broken::Silent(receiver)) => send(receiver, Signal::CONT),
            None => return,
        }
        self.wait_until_synchronous();
        std::thread::sleep(WHOLE);
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // What is stopped does not hear that it is to end.
        if let (Some(Broken::Silent(receiver)), false) = (self.broken.take(), std::thread::panicking()) {
            send(receiver, Signal::CONT);
        }
        for server in &mut self.servers {
            // At once, but not without giving its shared memory back.
            server.end(Signal::QUIT);
        }
    }
}
