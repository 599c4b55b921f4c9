//! Why a store could not be opened or migrated.

use std::path::PathBuf;

use countersign_application::ports::StoreFault;

/// Why a store could not be opened or migrated. Written for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that this program knows. The URL is not repeated: it may hold a password.
    #[error("the database URL is not usable: {0}")]
    Url(&'static str),
    /// There is no database file, and none was to be made.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The database file cannot be made or looked at.
    #[error("the database file {} cannot be opened", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The database refuses, or is no database.
    #[error("the database cannot be used")]
    Database(#[source] StoreFault),
    /// A newer program has migrated the database; this one would not understand it.
    #[error("the database was migrated by a newer version of this program (unknown: {})", unknown.join(", "))]
    Newer {
        /// The migrations that this program does not know.
        unknown: Vec<String>,
    },
}

impl From<sea_orm::DbErr> for OpenError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(Box::new(error))
    }
}
