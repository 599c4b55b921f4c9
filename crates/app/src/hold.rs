//! The hold that a process has on an SQLite database: whoever works on it shares it, and a restore has it alone.
//!
//! It is a lock on a file beside the database. The database's own locks would not do: they come and go with transactions, and
//! are lost when any other descriptor of the file is closed.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use countersign_cli::CommandError;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

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
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    // To lock it, reading it is enough.
    let file = file.or_else(|error| File::open(&path).map_err(|_| error));
    let file = match (file, how) {
        (Ok(file), _) => {
            give_to_the_owner(&file, &path);
            file
        }
        // Who may not write here is told so by the database, in its own words.
        (Err(_), Hold::Shared) => return require_whole(database),
        (Err(error), Hold::Alone) => {
            return Err(CommandError::refused(format!("the file {} cannot be made", path.display()))
                .because(error)
                .advise("run this as the user that runs the server"));
        }
    };
    take(file, how, &path)?;
    if how == Hold::Shared { require_whole(database) } else { Ok(()) }
}

/// Made by root, the file belongs to whom its directory belongs: the server's user has to be able to lock it.
fn give_to_the_owner(file: &File, path: &Path) {
    let (Ok(ours), Some(Ok(directory))) = (file.metadata(), path.parent().map(std::fs::metadata)) else { return };
    if ours.uid() == 0 && directory.uid() != 0 {
        // Whoever may not is not root, and has made no file that others need.
        let _ = fchown(file, Some(directory.uid()), Some(directory.gid()));
    }
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
