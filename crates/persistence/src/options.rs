//! How to open a store.

/// How to open a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// Where the database is: `sqlite:///absolute/path.db`, or `sqlite:path.db` for a path relative to the working
    /// directory. It takes no parameters.
    pub url: String,
    /// Whether to make the database where it is missing; without it a missing one is an error.
    pub create: bool,
    /// How many connections read beside the one that writes.
    pub read_connections: u32,
}

impl StoreOptions {
    /// As many readers as are of use on a small machine.
    pub const READ_CONNECTIONS: u32 = 4;

    /// Opens what is there, with the usual number of readers.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), create: false, read_connections: Self::READ_CONNECTIONS }
    }

    /// Makes the database where it is missing.
    #[must_use]
    pub fn creating(self) -> Self {
        Self { create: true, ..self }
    }
}
