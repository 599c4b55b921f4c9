//! Several servers on one database.

use crate::api::Client;
use crate::database_server::Administration;
use crate::deployment::Deployment;
use crate::server::Server;

/// Servers that share a database and a key ring. The first one made both.
pub struct Nodes {
    servers: Vec<Server>,
}

impl Nodes {
    /// Starts `count` of them on a database of their own.
    pub fn start(server: &(impl AsRef<Administration> + ?Sized), count: usize) -> Self {
        let first = Deployment::on(server).start();
        let others: Vec<Deployment> = (1..count).map(|_| first.deployment().node()).collect();
        let servers = std::iter::once(first).chain(others.into_iter().map(Deployment::start)).collect();
        Self { servers }
    }

    /// The first one's deployment, for the command line.
    pub fn deployment(&self) -> &Deployment {
        self.servers[0].deployment()
    }

    /// One of them.
    pub fn server(&self, number: usize) -> &Server {
        &self.servers[number]
    }

    /// All of them.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// A client of each of them.
    pub fn clients(&self) -> Vec<Client> {
        self.servers.iter().map(Server::client).collect()
    }

    /// A client that sends every request to another node than the one before.
    pub fn rotating(&self) -> Client {
        let addresses: Vec<_> = self.servers.iter().map(Server::address).collect();
        Client::rotating(&addresses)
    }

    /// `count` clients, each of the node after the one before.
    pub fn spread(&self, count: usize) -> Vec<Client> {
        self.clients().into_iter().cycle().take(count).collect()
    }
}
