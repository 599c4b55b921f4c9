//! Copying an SQLite database to another file while it is in use: for backups, and from one.
//!
//! The copy is of one moment, because one read transaction stays open for all of it; nobody who writes waits for it, and no
//! write makes it begin again. Meanwhile the write-ahead log cannot begin anew, and grows. The copy is one file by itself,
//! without a log, which is checked before anybody gets it.

mod error;

use std::fs::{File, OpenOptions};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use countersign_application::Timestamp;
use countersign_application::ports::{KeyCheck, Sealed};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

pub use error::FileCopyError;

/// The table of a backup by which it is known as one until it is restored. No store opens over it.
pub(crate) const UNRESTORED: &str = "unrestored_backup";

/// What is of no use after a restore, and therefore in no backup: what it holds was good for the time before.
const LEFT_OUT: [&str; 4] = ["session", "challenge", "trusted_device", "idempotency_claim"];

/// How many pages are copied at once: 4 MiB.
const PAGES: i32 = 1_024;

/// How long someone else's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How far a copy is, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCopyStep {
    /// How many are copied.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// A copy that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct FileCopy<'a> {
    /// The database.
    pub from: &'a Path,
    /// The file that is made, for its owner only. There must be none.
    pub to: &'a Path,
    /// Whether a backup is read by itself, without a log that lies beside it.
    pub alone: bool,
}

/// What is in a copy.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// How many accounts.
    pub accounts: u64,
    /// The last migration that was applied.
    pub schema: String,
    /// By what the master keys are recognized.
    pub key_checks: Vec<KeyCheck>,
    /// When it was made, where `countersign backup` made it.
    pub backed_up_at: Option<Timestamp>,
}

impl FileCopy<'_> {
    /// Makes a backup: without sessions and what else is of no use later, marked as one, and checked.
    ///
    /// # Errors
    /// See [`FileCopyError`]. What was written of the file stays.
    pub fn back_up(
        &self,
        at: Timestamp,
        told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>,
    ) -> Result<FileFacts, FileCopyError> {
        let (copy, _held) = self.copied(self.live(), told)?;
        copy.execute_batch("PRAGMA secure_delete = ON; BEGIN IMMEDIATE")?;
        for table in LEFT_OUT {
            copy.execute(&format!("DELETE FROM {table}"), [])?;
        }
        copy.execute_batch(&format!(
            "DROP TABLE IF EXISTS {UNRESTORED}; CREATE TABLE {UNRESTORED} (made_at BIGINT NOT NULL)"
        ))?;
        copy.execute(&format!("INSERT INTO {UNRESTORED} VALUES (?1)"), [at.as_micros()])?;
        copy.execute_batch("COMMIT")?;
        self.finished(copy)
    }

    /// Makes a copy of a backup, or of any other copy, that can be opened as a store.
    ///
    /// # Errors
    /// See [`FileCopyError`]. What was written of the file stays.
    pub fn take_back(&self, told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>) -> Result<FileFacts, FileCopyError> {
        let (copy, _held) = self.copied(self.closed(), told)?;
        let backed_up_at = made_at(&copy)?;
        copy.execute_batch(&format!("DROP TABLE IF EXISTS {UNRESTORED}"))?;
        Ok(FileFacts { backed_up_at, ..self.finished(copy)? })
    }

    /// The copy, and the file that was made for it, which stays locked so that it is known to be worked on.
    fn copied(
        &self,
        from: Result<Connection, rusqlite::Error>,
        told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>,
    ) -> Result<(Connection, File), FileCopyError> {
        let from = from.map_err(FileCopyError::Source)?;
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.to);
        // Where a file system knows no such locks, nobody else can have one either.
        let made = made.inspect(|file| drop(file.try_lock()));
        let made = made.map_err(|source| FileCopyError::File { path: self.to.to_owned(), source })?;
        let mut to = self.open_made().map_err(|source| FileCopyError::File { path: self.to.to_owned(), source })??;
        // Held until the end: every page is of this moment.
        from.execute_batch("BEGIN").map_err(FileCopyError::Source)?;
        from.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(())).map_err(FileCopyError::Source)?;
        {
            let backup = Backup::new(&from, &mut to)?;
            loop {
                let result = backup.step(PAGES)?;
                let progress = backup.progress();
                let (total, left) = (progress.pagecount.unsigned_abs(), progress.remaining.unsigned_abs());
                let step = FileCopyStep { done: u64::from(total.saturating_sub(left)), total: u64::from(total) };
                if told(step).is_break() {
                    return Err(FileCopyError::Interrupted);
                }
                match result {
                    StepResult::Done => break,
                    StepResult::More => {}
                    // Somebody has the file locked whole: it passes.
                    _ => std::thread::sleep(Duration::from_millis(20)),
                }
            }
        }
        let mode: String = to.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        if mode != "delete" {
            return Err(FileCopyError::Malformed(format!("its journal is {mode}")));
        }
        Ok((to, made))
    }

    /// Opens the file that was made, and no link that took its place meanwhile.
    fn open_made(&self) -> std::io::Result<Result<Connection, rusqlite::Error>> {
        let name = self.to.file_name().ok_or(std::io::ErrorKind::InvalidFilename)?;
        let directory = self.to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The way to it may lead over links.
        let path = directory.canonicalize()?.join(name);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        Ok(Connection::open_with_flags(path, flags))
    }

    /// Opens what nobody works on, and changes nothing of it: with its log, unless it is to be read by itself.
    fn closed(&self) -> Result<Connection, rusqlite::Error> {
        if self.alone {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            return Connection::open_with_flags(immutable(self.from), flags);
        }
        let connection = Connection::open_with_flags(self.from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        // Whoever closes a database last would fold the log into it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok(connection)
    }

    /// Opens what is in use.
    fn live(&self) -> Result<Connection, rusqlite::Error> {
        // To read a database that is in use, its index has to be written.
        let connection = Connection::open_with_flags(self.from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    /// Checks a copy, closes it, and makes it durable.
    fn finished(&self, copy: Connection) -> Result<FileFacts, FileCopyError> {
        require_sound(&copy)?;
        let facts = facts(&copy)?;
        copy.close().map_err(|(_, error)| error)?;
        let durable = OpenOptions::new().write(true).open(self.to).and_then(|file| file.sync_all());
        durable.map_err(|source| FileCopyError::File { path: self.to.to_owned(), source })?;
        Ok(facts)
    }
}

/// The name under which SQLite reads a file as it is: no lock, no log, no file beside it.
pub(crate) fn immutable(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1")
}

/// Refuses a database that is damaged.
fn require_sound(database: &Connection) -> Result<(), FileCopyError> {
    let mut check = database.prepare("PRAGMA integrity_check(3)")?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    if said == ["ok"] { Ok(()) } else { Err(FileCopyError::Malformed(said.join("; "))) }
}

fn facts(database: &Connection) -> Result<FileFacts, FileCopyError> {
    let schema = database
        .query_row("SELECT version FROM seaql_migrations ORDER BY version DESC LIMIT 1", [], |row| row.get(0))
        .map_err(FileCopyError::Foreign)?;
    let accounts: i64 =
        database.query_row("SELECT COUNT(*) FROM account", [], |row| row.get(0)).map_err(FileCopyError::Foreign)?;
    let mut checks = database
        .prepare("SELECT key_id, sealed, created_at, retired_at FROM key_check ORDER BY created_at, key_id")
        .map_err(FileCopyError::Foreign)?;
    let key_checks = checks
        .query_map([], |row| {
            let sealed = Sealed { key_id: row.get(0)?, bytes: row.get(1)? };
            let retired_at = row.get::<_, Option<i64>>(3)?.map(Timestamp::from_micros);
            Ok(KeyCheck { sealed, created_at: Timestamp::from_micros(row.get(2)?), retired_at })
        })?
        .collect::<Result<_, _>>()?;
    let backed_up_at = made_at(database)?;
    Ok(FileFacts { accounts: accounts.unsigned_abs(), schema, key_checks, backed_up_at })
}

fn made_at(database: &Connection) -> Result<Option<Timestamp>, rusqlite::Error> {
    let there = database.table_exists(None, UNRESTORED)?;
    if !there {
        return Ok(None);
    }
    let at = database.query_row(&format!("SELECT MAX(made_at) FROM {UNRESTORED}"), [], |row| row.get(0))?;
    Ok(Option::<i64>::map(at, Timestamp::from_micros))
}
