//! A Galera cluster: three MariaDB servers, each of which takes writes and has what the others wrote.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use countersign_tests::database_server::Administration;
use countersign_tests::tools;
use rustix::process::Signal;

use crate::DATABASE;
use crate::faults::Faults;
use crate::instance::{Instance, USER, WHOLE, free_port, wait_until};
use crate::random::Random;

const READY: &str = "ready for connections";

/// As many as it takes for two to be a majority.
const NODES: usize = 3;

/// How long a node is dead, out of reach or asleep: from less than what the others put up with (5 s) to more.
const AWAY_MILLIS: (u64, u64) = (1_000, 8_000);

/// A node of the cluster.
struct Node {
    instance: Instance,
    /// Where it talks to the others, and where it takes in what it has missed, in part and as a whole.
    group_port: u16,
    increments_port: u16,
    transfer_port: u16,
}

/// What is broken now; one thing at a time.
enum Broken {
    Killed(usize),
    CutOff(usize),
    Asleep(usize),
}

/// The cluster.
pub(crate) struct Galera {
    nodes: Vec<Node>,
    broken: Option<Broken>,
}

impl Galera {
    /// Makes a new one with an empty database and waits until all nodes have it.
    pub(crate) fn start() -> Self {
        let ports = || [free_port(), free_port(), free_port()];
        let nodes = (0..NODES).map(|_| {
            let [group_port, increments_port, transfer_port] = ports();
            Node { instance: Instance::new("mysql"), group_port, increments_port, transfer_port }
        });
        let mut galera = Self { nodes: nodes.collect(), broken: None };

        let place = &galera.nodes[0].instance.place;
        let mut initialize = place.command(Path::new("mariadb-install-db"));
        initialize.arg("--no-defaults").arg(format!("--datadir={}", place.text("data")));
        initialize.args(["--auth-root-authentication-method=normal", "--skip-name-resolve", "--skip-test-db"]);
        place.run(initialize);
        let mut first = galera.server(0);
        first.arg("--wsrep-new-cluster");
        galera.nodes[0].instance.start(first, READY);
        galera.make_database();
        // The others take everything over from those that are there, the administrator included.
        for node in 1..NODES {
            let command = galera.server(node);
            galera.nodes[node].instance.start(command, READY);
        }
        galera.wait_until_whole();
        galera
    }

    /// Where the database is, on each node.
    pub(crate) fn urls(&self) -> Vec<String> {
        (0..NODES).map(|node| self.administration(node).url_of(DATABASE)).collect()
    }

    fn administration(&self, node: usize) -> Administration {
        Administration::at(&format!("mysql://{USER}@127.0.0.1:{}/", self.nodes[node].instance.port))
    }

    fn make_database(&self) {
        let socket = format!("--socket={}", self.nodes[0].instance.place.text("socket"));
        let arguments = ["--no-defaults", "--protocol=SOCKET", &socket, "--user=root"];
        let sql = format!(
            "CREATE USER {USER}@'%'; GRANT ALL PRIVILEGES ON *.* TO {USER}@'%' WITH GRANT OPTION;\n\
             CREATE DATABASE {DATABASE};"
        );
        tools::run("mariadb", "mariadb-client", &arguments, sql.as_bytes());
    }

    /// The command that starts a node as one of the cluster.
    fn server(&self, node: usize) -> Command {
        let members: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.group_port)).collect();
        let Node { instance, group_port, increments_port, transfer_port } = &self.nodes[node];
        let mut command = instance.place.command(&program());
        command.arg("--no-defaults").arg(format!("--datadir={}", instance.place.text("data")));
        for setting in [
            "skip-log-bin".to_owned(),
            "binlog-format=ROW".to_owned(),
            "innodb-autoinc-lock-mode=2".to_owned(),
            "innodb-flush-log-at-trx-commit=1".to_owned(),
            "innodb-buffer-pool-size=64M".to_owned(),
            "character-set-server=utf8mb4".to_owned(),
            "collation-server=utf8mb4_general_ci".to_owned(),
            "wsrep-on=ON".to_owned(),
            format!("wsrep-provider={}", provider().display()),
            format!("port={}", instance.port),
            "bind-address=127.0.0.1".to_owned(),
            format!("socket={}", instance.place.text("socket")),
            "skip-name-resolve".to_owned(),
            "max-connections=300".to_owned(),
            "wsrep-cluster-name=countersign".to_owned(),
            format!("wsrep-cluster-address=gcomm://{}", members.join(",")),
            format!("wsrep-node-name=node-{node}"),
            "wsrep-node-address=127.0.0.1".to_owned(),
            format!("wsrep-node-incoming-address=127.0.0.1:{}", instance.port),
            "wsrep-sst-method=rsync".to_owned(),
            format!("wsrep-sst-receive-address=127.0.0.1:{transfer_port}"),
            format!(
                "wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{group_port};\
                 ist.recv_addr=127.0.0.1:{increments_port};gcache.size=64M"
            ),
        ] {
            command.arg(format!("--{setting}"));
        }
        command
    }

    /// Starts a node that was killed. Where it stood is asked of its own files first, as the service of Debian does: so it
    /// needs only what it has missed, and not everything.
    fn rejoin(&mut self, node: usize) {
        let mut command = self.server(node);
        if let Some(position) = self.position(node) {
            command.arg(format!("--wsrep-start-position={position}"));
        }
        self.nodes[node].instance.start(command, READY);
    }

    /// The last transaction that a node's own files have, if they have any.
    fn position(&self, node: usize) -> Option<String> {
        let output = self.server(node).arg("--wsrep-recover").output().expect("`mariadbd` runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, rest) = said.rsplit_once("Recovered position: ")?;
        let position = rest.split_whitespace().next()?;
        (!position.ends_with(":-1")).then(|| position.to_owned())
    }

    fn wait_until_whole(&self) {
        for node in 0..NODES {
            wait_until("the cluster is not whole again", || self.missing(node));
        }
    }

    /// What a node says it lacks to be one of all.
    fn missing(&self, node: usize) -> Option<String> {
        let port = format!("--port={}", self.nodes[node].instance.port);
        let user = format!("--user={USER}");
        let arguments =
            ["--no-defaults", "--protocol=TCP", "--host=127.0.0.1", &port, &user, "--batch", "--skip-column-names"];
        let sql = b"SHOW STATUS WHERE Variable_name IN ('wsrep_local_state_comment', 'wsrep_cluster_size')";
        let said = match tools::try_run("mariadb", "mariadb-client", &arguments, sql) {
            Ok(said) => String::from_utf8(said).unwrap(),
            Err(error) => error,
        };
        let whole = said.contains("\tSynced") && said.contains(&format!("\t{NODES}\n"));
        (!whole).then(|| format!("node {node}: {said}"))
    }

    /// Cuts a node off from the others, which still answers whoever asks it, or lets it back.
    fn isolate(&self, node: usize, isolated: bool) {
        let isolated = u8::from(isolated);
        self.administration(node).run(&format!("SET GLOBAL wsrep_provider_options = 'gmcast.isolate={isolated}'"));
    }
}

fn program() -> PathBuf {
    found(&["/usr/sbin/mariadbd", "/usr/bin/mariadbd", "/usr/libexec/mariadbd"], "mariadb-server")
}

fn provider() -> PathBuf {
    found(&["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so"], "galera-4")
}

fn found(places: &[&str], package: &str) -> PathBuf {
    let found = places.iter().map(PathBuf::from).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("none of {places:?} is there: install the Debian package `{package}`"))
}

impl Display for Galera {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let ports: Vec<String> = self.nodes.iter().map(|node| node.instance.port.to_string()).collect();
        write!(formatter, "{NODES} nodes of MariaDB {} on ports {}", self.administration(0).version(), ports.join(", "))
    }
}

impl Faults for &mut Galera {
    fn repertoire(&self) -> Vec<usize> {
        vec![6, 2, 3, 3, 3]
    }

    fn inject(&mut self, fault: usize, random: &mut Random) -> String {
        let node = random.below(NODES);
        let away = Duration::from_millis(random.between(AWAY_MILLIS.0, AWAY_MILLIS.1));
        let what = match fault {
            0 => {
                self.nodes[node].instance.kill();
                self.broken = Some(Broken::Killed(node));
                std::thread::sleep(away);
                "database node killed"
            }
            1 => {
                self.nodes[node].instance.kill();
                self.nodes[node].instance.wipe();
                self.broken = Some(Broken::Killed(node));
                std::thread::sleep(away);
                "database node and its disk lost"
            }
            2 => {
                self.isolate(node, true);
                self.broken = Some(Broken::CutOff(node));
                std::thread::sleep(away);
                "database node cut off"
            }
            3 => {
                self.nodes[node].instance.signal(Signal::STOP);
                self.broken = Some(Broken::Asleep(node));
                std::thread::sleep(away);
                "database node asleep"
            }
            _ => {
                self.administration(node).cut_connections(DATABASE);
                "connections to one node cut"
            }
        };
        what.to_owned()
    }

    fn heal(&mut self) {
        match self.broken.take() {
            Some(Broken::Killed(node)) => self.rejoin(node),
            Some(Broken::CutOff(node)) => self.isolate(node, false),
            Some(Broken::Asleep(node)) => self.nodes[node].instance.signal(Signal::CONT),
            None => return,
        }
        self.wait_until_whole();
        std::thread::sleep(WHOLE);
    }
}

impl Drop for Galera {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.instance.signal(Signal::CONT);
            node.instance.kill();
        }
    }
}
