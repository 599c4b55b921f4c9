//! From the old database to the new one, so that what is in its place at any moment is whole or refused.
//!
//! The new one first gets the name that says "not whole" (`hold::unfinished`): nothing is served while it is there. Then the old
//! one goes aside with its log, and the new one takes its place.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use countersign_application::Timestamp;
use countersign_wire::Moment;

use crate::backup::sync_directory;
use crate::hold::{unfinished, with_ending};

/// Where a database is, and the files beside it.
pub(super) struct Place {
    database: PathBuf,
    prepared: PathBuf,
    aside: PathBuf,
}

/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

impl Place {
    pub(super) fn of(database: &Path, at: Timestamp) -> Self {
        let name = format!(".before-restore-{}", compact(at));
        let mut aside = with_ending(database, &name);
        let mut number = 2;
        while aside.exists() {
            aside = with_ending(database, &format!("{name}-{number}"));
            number += 1;
        }
        Self { database: database.to_owned(), prepared: with_ending(database, ".restore"), aside }
    }

    pub(super) fn database(&self) -> &Path {
        &self.database
    }

    /// Where the new one is prepared.
    pub(super) fn prepared(&self) -> &Path {
        &self.prepared
    }

    /// Removes what an earlier attempt has prepared.
    pub(super) fn clear(&self) -> io::Result<()> {
        for file in std::iter::once(self.prepared.clone()).chain(BESIDE.map(|it| with_ending(&self.prepared, it))) {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts the new one in place, and answers where the old one is then.
    pub(super) fn put(&self) -> io::Result<Option<PathBuf>> {
        self.give_to_the_owner()?;
        let marked = unfinished(&self.database);
        fs::rename(&self.prepared, &marked)?;
        sync_directory(&self.database)?;
        let there = self.database.exists();
        if there {
            fs::rename(&self.database, &self.aside)?;
        }
        for ending in BESIDE {
            let file = with_ending(&self.database, ending);
            // Its log belongs to the old one. Its index is made anew from the log.
            let kept = if ending == "-shm" {
                fs::remove_file(&file)
            } else {
                fs::rename(&file, with_ending(&self.aside, ending))
            };
            match kept {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_directory(&self.database)?;
        fs::rename(&marked, &self.database)?;
        sync_directory(&self.database)?;
        Ok(there.then(|| self.aside.clone()))
    }

    /// Run by root, the new one belongs to whom the old one belongs, or the directory.
    fn give_to_the_owner(&self) -> io::Result<()> {
        let directory = self.database.parent().unwrap_or(Path::new("."));
        let owner = fs::metadata(&self.database).or_else(|_| fs::metadata(directory))?;
        let ours = fs::metadata(&self.prepared)?;
        if (owner.uid(), owner.gid()) != (ours.uid(), ours.gid()) && ours.uid() == 0 {
            chown(&self.prepared, Some(owner.uid()), Some(owner.gid()))?;
        }
        Ok(())
    }
}

/// A time as it can stand in a file's name: `20261129T201500Z`.
pub(crate) fn compact(at: Timestamp) -> String {
    let text = Moment(at).for_programs().unwrap_or_default();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}
