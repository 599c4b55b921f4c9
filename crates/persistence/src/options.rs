//! How to open a store.

use std::time::Duration;

/// How to open a store.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Where the database is; [`crate::Place::parse`] says what it may be. It may hold a password.
    pub url: String,
    /// Whether to make the database where it is missing; without it a missing one is an error. A server's database has to
    /// be there already.
    pub create: bool,
    /// How many connections there may be at once: to a server in all, to a file for reading beside the one that writes.
    pub connections: u32,
    /// How long it may take to get a connection to a server, a new one or one that is in use.
    pub connect_timeout: Duration,
    /// How long a server may work on one statement.
    pub statement_timeout: Duration,
}

impl StoreOptions {
    /// As many connections as are of use on a small machine.
    pub const CONNECTIONS: u32 = 4;
    /// As many connections to a server as are of use to one node.
    pub const SERVER_CONNECTIONS: u32 = 16;
    /// Long enough for a handshake over a slow network, short enough to be waited for.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// No statement of ours takes a hundredth of it.
    pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

    /// Opens what is there, with the usual number of connections.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let of_file = url.starts_with("sqlite:");
        Self {
            url,
            create: false,
            connections: if of_file { Self::CONNECTIONS } else { Self::SERVER_CONNECTIONS },
            connect_timeout: Self::CONNECT_TIMEOUT,
            statement_timeout: Self::STATEMENT_TIMEOUT,
        }
    }

    /// Makes the database where it is missing.
    #[must_use]
    pub fn creating(self) -> Self {
        Self { create: true, ..self }
    }
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreOptions")
    }
}
