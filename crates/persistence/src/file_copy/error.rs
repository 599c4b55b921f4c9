use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why a file could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum FileCopyError {
    /// The database to be copied does not open, or is none.
    #[error("the database to be copied cannot be read")]
    Source(#[source] rusqlite::Error),
    /// The copy cannot be made or written.
    #[error("the file {} cannot be written", path.display())]
    File {
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The copy cannot be written or read.
    #[error("the copy failed")]
    Database(#[source] rusqlite::Error),
    /// It is a database, and not one of this program.
    #[error("it is no database of Countersign")]
    Foreign(#[source] rusqlite::Error),
    /// What was copied is damaged.
    #[error("the copy is damaged: {0}")]
    Malformed(String),
    /// Whoever asked for it wants it no more.
    #[error("it was interrupted")]
    Interrupted,
}

impl FileCopyError {
    /// Whether the file that was to be made is there already, and is somebody else's.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists)
    }
}

impl From<rusqlite::Error> for FileCopyError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Malformed(error.to_string()),
            _ => Self::Database(error),
        }
    }
}
