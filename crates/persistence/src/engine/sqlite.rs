//! What is particular to SQLite: how a file is opened, and what its errors mean.
//!
//! One connection writes and several read. SQLite admits one writer at a time: units of work queue for the one writing
//! connection without holding a thread, where several connections would sleep and poll for the file's lock. In WAL mode
//! readers see the last committed state and neither wait nor are waited for.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, SqliteTransactionMode, TransactionOptions};

use super::health::Health;
use super::sqlite_writer::Writer;
use super::{Connections, Reading, Writing};
use crate::timed::Timed;
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

/// Opens a database file.
pub(super) async fn open(options: &StoreOptions) -> Result<Connections, OpenError> {
    let path = path_of(&options.url)?;
    if options.create {
        create(&path)?;
    } else if !path.try_exists().map_err(|source| OpenError::File { path: path.clone(), source })? {
        return Err(OpenError::Missing { path });
    }
    // The writer goes first: it is the one that turns a new file's journal into a write-ahead log.
    let writing = Database::connect(pool(&options.url, 1, Purpose::Writing)).await?;
    let reading = Database::connect(pool(&options.url, options.connections.max(1), Purpose::Reading)).await?;
    Ok(Connections {
        reading: Reading::new(Timed::new(reading, None), Health::default()),
        writing: Writing::InTurns(Writer::new(writing)),
    })
}

/// Whether SQLite's result code says that someone else was in the way: `SQLITE_BUSY` or `SQLITE_LOCKED`, in any of their
/// extended forms (5, 6, 261, 517, 773 …), whose low byte is the primary code.
pub(super) fn is_contention(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
}

#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Writing,
    Reading,
}

fn path_of(url: &str) -> Result<std::path::PathBuf, OpenError> {
    if url.contains('?') {
        // `mode=memory` would give each connection a database of its own; the other parameters are options of ours.
        return Err(OpenError::Url("it must not have parameters"));
    }
    if url.ends_with(":memory:") {
        return Err(OpenError::Url("a database in memory would be lost; name a file"));
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|_| OpenError::Url("it is malformed"))?;
    let path = options.get_filename();
    if path.as_os_str().is_empty() {
        return Err(OpenError::Url("it names no file"));
    }
    Ok(path.to_owned())
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

fn pool(url: &str, connections: u32, purpose: Purpose) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
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

    #[test]
    fn a_url_names_a_file_and_nothing_else() {
        assert_eq!(path_of("sqlite:///var/lib/a.db").unwrap(), Path::new("/var/lib/a.db"));
        assert_eq!(path_of("sqlite:a.db").unwrap(), Path::new("a.db"));
        assert_eq!(path_of("sqlite://b/a.db").unwrap(), Path::new("b/a.db"));
        for bad in ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite:a.db?mode=memory"] {
            assert!(matches!(path_of(bad), Err(OpenError::Url(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn every_connection_has_its_pragmas() {
        use sea_orm::{ConnectionTrait, DbBackend, Statement};
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("pragmas.db").display());
        let connections = open(&StoreOptions::new(url).creating()).await.unwrap();
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
        for code in ["5", "6", "261", "517", "773", "262"] {
            assert!(is_contention(code), "{code}");
        }
        for code in ["1", "8", "10", "13", "19", "2067", "266", ""] {
            assert!(!is_contention(code), "{code}");
        }
    }
}
