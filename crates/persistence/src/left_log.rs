//! What can be told of an SQLite file and the write-ahead log beside it without opening the two as one.
//!
//! SQLite replays whatever log lies beside a file: nothing in it says which file it belongs to. What is read here lets
//! whoever remembers how the two looked before tell that the file was replaced meanwhile.
//!
//! A process that has the database open must not open the file or its index once more and close them: the system would drop
//! all locks that the process has on them, and others would take the database for one that nobody uses. Only the log itself
//! is never locked, and may be looked at.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::Standing;
use crate::file_copy::immutable;

/// The salts of a log: its name, which it changes when it begins anew.
pub type LogSalts = [u8; 8];

/// A log that would be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftLog {
    /// Which one it is.
    pub salts: LogSalts,
    /// Whether nothing of it was ever folded into the file, as its index says. An index outlives its process, but not the
    /// machine.
    pub unfolded: bool,
}

/// The header of a log, and that of its first frame.
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// An index up to and with the number of frames that somebody began to fold.
const INDEX: usize = 132;

impl LeftLog {
    /// The log beside a database that this process does not have open, if there is one that is not empty.
    #[must_use]
    pub fn beside(database: &Path) -> Option<Self> {
        let LogName { salts, .. } = LogName::beside(database)?;
        let index: Option<[u8; INDEX]> = beginning(&beside(database, "-shm"));
        let unfolded = index.is_some_and(|index| {
            let attempted = index.get(128..132).and_then(|it| it.try_into().ok()).map(u32::from_ne_bytes);
            index.get(32..40) == Some(&salts[..]) && attempted == Some(0)
        });
        Some(Self { salts, unfolded })
    }
}

/// What a log says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogName {
    /// Which one it is.
    pub salts: LogSalts,
    /// Whether it has never begun anew since there was none.
    pub is_first: bool,
}

impl LogName {
    /// That of the log beside a database, if there is one that is not empty.
    #[must_use]
    pub fn beside(database: &Path) -> Option<Self> {
        let log: [u8; WAL_HEADER + FRAME_HEADER] = beginning(&beside(database, "-wal"))?;
        let salts: LogSalts = log.get(16..24)?.try_into().ok()?;
        let is_log = matches!(log.get(..4)?, [0x37, 0x7f, 0x06, 0x82 | 0x83]);
        // A frame with other salts is left from before the log began anew.
        let has_frames = log.get(WAL_HEADER + 8..WAL_HEADER + 16)? == salts;
        (is_log && has_frames).then_some(Self { salts, is_first: log.get(12..16) == Some(&[0; 4]) })
    }
}

/// How far an SQLite file that this process does not have open has come by itself, without its log; `None` where that cannot
/// be read.
#[must_use]
pub fn standing_without_log(database: &Path) -> Option<Standing> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable(database), flags).ok()?;
    let read = |name: &str| {
        connection.query_row("SELECT number FROM bookkeeping WHERE name = ?1", [name], |row| row.get(0)).ok()
    };
    Some(Standing { lineage: read("lineage")?, mark: read("mark")? })
}

/// Opens and closes a database: the last one to do so folds the whole log into it and removes it. Answers whether it did.
#[must_use]
pub fn fold_log(database: &Path) -> bool {
    let folded = || -> Result<(), rusqlite::Error> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(()))?;
        connection.close().map_err(|(_, error)| error)
    };
    folded().is_ok() && !beside(database, "-wal").exists()
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn beginning<const N: usize>(path: &Path) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
