//! What is particular to SQLite: how a file is opened, and which of its errors mean that someone was in the way.
//!
//! One connection writes and several read; one more does what is known beforehand, in one piece ([`FileThread`]). SQLite admits one writer at a time: units of work queue for the one writing
//! connection without holding a thread, where several connections would sleep and poll for the file's lock. In WAL mode
//! readers see the last committed state and neither wait nor are waited for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, SqliteTransactionMode, TransactionOptions};

use super::Connections;
use super::health::Health;
use super::sqlite_thread::FileThread;
use super::sqlite_writer::Writer;
use crate::connection::{Reading, Writing};
use crate::{OpenError, StoreOptions};

/// How long a statement waits for another process to leave the file, and how long a unit of work waits for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Takes the file's write lock with `BEGIN`: a transaction that reads first and writes later would be refused at once
/// when another one wrote in between, however long it was ready to wait.
pub(crate) const WRITING: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

pub(super) async fn open(path: &Path, options: &StoreOptions) -> Result<Connections, OpenError> {
    if options.create {
        create(path)?;
    } else if !path.try_exists().map_err(|source| OpenError::File { path: path.to_owned(), source })? {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    // The writer goes first: it is the one that turns a new file's journal into a write-ahead log.
    let writing = Database::connect(pool(path, 1, Purpose::Writing)).await?;
    let reading = Database::connect(pool(path, options.connections.max(1), Purpose::Reading)).await?;
    let whole = FileThread::open(path)?;
    Ok(Connections {
        reading: Arc::new(Reading::new(reading, None, Health::default())),
        writing: Writing::InTurns(Writer::new(writing, whole)),
    })
}

/// Whether SQLite's result code says that someone else was in the way: `SQLITE_BUSY` or `SQLITE_LOCKED`, in any of their
/// extended forms (5, 6, 261, 517, 773 …), whose low byte is the primary code.
pub(crate) fn is_contention(code: i32) -> bool {
    matches!(code & 0xff, 5 | 6)
}

#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Writing,
    Reading,
}

/// Makes an empty file that only its owner can read, which is an empty database. SQLite would make one by the process's
/// umask; the files beside it (`-wal`, `-shm`) get the mode of this one. A file that is there is left as it is.
fn create(path: &Path) -> Result<(), OpenError> {
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::File { path: path.to_owned(), source }),
    }
}

fn pool(path: &Path, connections: u32, purpose: Purpose) -> ConnectOptions {
    let path: PathBuf = path.to_owned();
    // The path is given below, as it is.
    let mut pool = ConnectOptions::new("sqlite:");
    pool.max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(PATIENCE)
        // A file does not hang up. A test before each use is a hop to the connection's thread, and closing an idle
        // connection throws its page cache and prepared statements away.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        // Statements hold nothing secret, but what is bound to them may.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .filename(path.clone())
                .create_if_missing(false)
                .busy_timeout(PATIENCE)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            match purpose {
                Purpose::Writing => options,
                Purpose::Reading => options.pragma("query_only", "ON"),
            }
        });
    pool
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseUrl;

    #[tokio::test]
    async fn every_connection_has_its_pragmas() {
        use sea_orm::{ConnectionTrait, DbBackend, Statement};
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&directory.path().join("pragmas.db"));
        let connections = Connections::open(&StoreOptions::new(url).creating()).await.unwrap();
        for (connection, query_only) in [(connections.writing.pool(), 0), (connections.reading.pool(), 1)] {
            // 2 is FULL.
            for (pragma, wanted) in
                [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5_000), ("query_only", query_only)]
            {
                let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {pragma}"));
                let row = connection.query_one_raw(statement).await.unwrap().unwrap();
                assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), wanted, "{pragma}");
            }
            let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA journal_mode");
            let row = connection.query_one_raw(statement).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "wal");
        }
    }

    #[test]
    fn busy_and_locked_are_contention_in_every_form() {
        for code in [5, 6, 261, 517, 773, 262] {
            assert!(is_contention(code), "{code}");
        }
        for code in [1, 8, 10, 13, 19, 2067, 266] {
            assert!(!is_contention(code), "{code}");
        }
    }
}
