//! The hold that a process has on an SQLite database: whoever works on it shares it, and a restore has it alone.
//!
//! It is a lock on a file beside the database. The database's own locks would not do: they come and go with transactions, and
//! are lost when any other descriptor of the file is closed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use countersign_cli::CommandError;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::own_file;
use crate::settings::Settings;

/// How much of the database a process wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// To work on it beside others.
    Shared,
    /// To put another one in its place.
    Alone,
}

/// Takes hold of the database until the process ends. A server's needs none.
pub(crate) fn hold(settings: &Settings, how: Hold) -> Result<(), CommandError> {
    let Some(database) = settings.database_url.file() else { return Ok(()) };
    let path = with_ending(database, ".lock");
    match lock_file(&path, database) {
        Ok(Some(file)) => take(file, how, &path)?,
        // Who may make no file here is told so by the database, in its own words.
        Ok(None) if how == Hold::Shared => {}
        Ok(None) => return Err(unheld(&path, None)),
        Err(error) => return Err(unheld(&path, Some(error))),
    }
    if how == Hold::Shared { require_whole(database) } else { Ok(()) }
}

/// The file that is locked; `None` where there is none and none can be made.
fn lock_file(path: &Path, database: &Path) -> io::Result<Option<File>> {
    match own_file::make(path) {
        Ok(file) => {
            // Made by root, it belongs to whom the database belongs: the server's user has to be able to lock it.
            let given = own_file::owner_at(database).and_then(|owner| own_file::give_to_owner_of(&file, &owner));
            if given.is_err() {
                let _ = fs::remove_file(path);
            }
            given.map(|()| Some(file))
        }
        // Without a hold, a restore would not know of whoever works here.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => own_file::open(path).map(Some),
        Err(_) => Ok(None),
    }
}

fn unheld(path: &Path, error: Option<io::Error>) -> CommandError {
    let refused = CommandError::refused(format!("the file {} cannot be made or locked", path.display()));
    let refused = match error {
        Some(error) => refused.because(error),
        None => refused,
    };
    refused.advise(
        "run this as the user that runs the server, who has to be able to read and write it; if it is a link, or belongs to \
         somebody else, remove it while nothing runs",
    )
}

fn take(file: File, how: Hold, path: &Path) -> Result<(), CommandError> {
    let operation = match how {
        Hold::Shared => FlockOperation::NonBlockingLockShared,
        Hold::Alone => FlockOperation::NonBlockingLockExclusive,
    };
    match flock(&file, operation) {
        Ok(()) => {
            // The lock ends with the process, however that ends.
            std::mem::forget(file);
            Ok(())
        }
        Err(Errno::WOULDBLOCK) if how == Hold::Shared => {
            Err(CommandError::unavailable("a restore of this database is under way").advise("wait until it has ended"))
        }
        Err(Errno::WOULDBLOCK) => {
            Err(CommandError::refused("the database is in use: a server or another command runs on it")
                .advise("stop `countersign serve` first, and whatever else works on this deployment"))
        }
        Err(error) => {
            Err(CommandError::refused(format!("the file {} cannot be locked", path.display())).because(error))
        }
    }
}

/// Refuses where a restore was interrupted between the old database and the new one.
fn require_whole(database: &Path) -> Result<(), CommandError> {
    if !unfinished(database).exists() {
        return Ok(());
    }
    Err(CommandError::refused("a restore of this database was interrupted, and it is not whole")
        .advise("run `countersign restore` again, with the same file"))
}

/// The file that is about to become the database. While it is there, what is in the database's place is not to be used.
pub(crate) fn unfinished(database: &Path) -> PathBuf {
    with_ending(database, ".restoring")
}

/// A file beside another one.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
