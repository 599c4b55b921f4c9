//! The nodes: several servers on one database, with one key ring.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use countersign_tests::{Deployment, Server};
use tempfile::TempDir;

/// How long a node is tried to be started anew: its database may be on its way back as well.
const PATIENCE: Duration = Duration::from_secs(60);

/// One server process, which comes and goes.
struct Node {
    database_url: Option<String>,
    /// Where it listens, or did the last time.
    address: Mutex<SocketAddr>,
    server: Mutex<Option<Server>>,
}

/// Several server processes on one database.
pub(crate) struct Cluster {
    directory: TempDir,
    nodes: Vec<Node>,
    /// What the killed ones wrote.
    logs: Mutex<Vec<(usize, String)>>,
}

impl Cluster {
    /// Starts one node for each of `database_urls`; `None` stands for one SQLite database that all share.
    pub(crate) fn start(database_urls: Vec<Option<String>>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let node = |database_url| Node { database_url, address: Mutex::new(unknown), server: Mutex::default() };
        let nodes = database_urls.into_iter().map(node).collect();
        let cluster = Self { directory, nodes, logs: Mutex::default() };
        // One after the other: the first makes database and key.
        for number in 0..cluster.len() {
            cluster.restart(number);
        }
        cluster
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Where a node listens, or did until it was killed.
    pub(crate) fn address(&self, node: usize) -> SocketAddr {
        *self.nodes[node].address.lock().unwrap()
    }

    /// A deployment with the settings of a node, for commands.
    pub(crate) fn deployment(&self, node: usize) -> Deployment {
        let path = |name: &str| -> String { self.path(name).display().to_string() };
        let deployment = Deployment::on_sqlite()
            .with("DATA_DIR", &path("data"))
            .with("MASTER_KEY_FILE", &path("data.key"))
            // Clients say whom they ask for, so that one address does not make all of them wait.
            .with("TRUSTED_PROXIES", "127.0.0.1");
        match &self.nodes[node].database_url {
            Some(url) => deployment.with("DATABASE_URL", url),
            None => deployment,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Kills a node (SIGKILL).
    pub(crate) fn kill(&self, node: usize) {
        let server = self.nodes[node].server.lock().unwrap().take();
        if let Some(server) = server {
            server.kill_in_place();
            self.keep(node, &server);
            drop(server);
        }
    }

    fn keep(&self, node: usize, server: &Server) {
        self.logs.lock().unwrap().push((node, server.log()));
    }

    /// Starts a node, unless it runs.
    pub(crate) fn restart(&self, node: usize) {
        let mut running = self.nodes[node].server.lock().unwrap();
        if running.is_some() {
            return;
        }
        let begun = Instant::now();
        let server = loop {
            match self.deployment(node).try_start() {
                Ok(server) => break server,
                Err((_, ended)) => {
                    assert!(begun.elapsed() < PATIENCE, "node {node} does not start:\n{}", ended.prose);
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        };
        *self.nodes[node].address.lock().unwrap() = server.address();
        *running = Some(server);
    }

    /// What all nodes wrote, those that were killed first.
    pub(crate) fn logs(&self) -> Vec<(usize, String)> {
        let mut logs = self.logs.lock().unwrap().clone();
        for (number, node) in self.nodes.iter().enumerate() {
            logs.extend(node.server.lock().unwrap().as_ref().map(|server| (number, server.log())));
        }
        logs
    }
}
