//! From the old database to the new one, so that what is in its place at any moment is whole or refused.
//!
//! The new one first gets the name that says "not whole" (`hold::unfinished`): nothing is served while it is there. Then the old
//! one goes aside, its log before it, and the new one takes its place. What an interrupted attempt began to move is moved on to
//! where it was going, so that the log stays with its database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use countersign_application::Timestamp;
use countersign_wire::Moment;

use crate::backup::sync_directory;
use crate::hold::{unfinished, with_ending};
use crate::own_file;

/// Where a database is, and the files beside it.
pub(super) struct Place {
    database: PathBuf,
    prepared: PathBuf,
    aside: PathBuf,
}

/// Where a database holds what is not in its file yet.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = [LOGS[0], LOGS[1], "-shm"];

/// What the name of a database that was put aside has at its end, and the time.
const ASIDE: &str = ".before-restore-";

impl Place {
    pub(super) fn of(database: &Path, at: Timestamp) -> Self {
        let aside = begun(database).unwrap_or_else(|| unused(database, at));
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
            gone(fs::remove_file(file))?;
        }
        Ok(())
    }

    /// Puts the new one in place, and answers where the old one is then.
    pub(super) fn put(&self) -> io::Result<Option<PathBuf>> {
        self.require_whole()?;
        own_file::give_to_owner_of(&own_file::open(&self.prepared)?, &own_file::owner_at(&self.database)?)?;
        let marked = unfinished(&self.database);
        fs::rename(&self.prepared, &marked)?;
        sync_directory(&self.database)?;
        // Its log belongs to the old one. Its index is made anew from the log.
        gone(fs::remove_file(with_ending(&self.database, "-shm")))?;
        for ending in LOGS {
            gone(fs::rename(with_ending(&self.database, ending), with_ending(&self.aside, ending)))?;
        }
        sync_directory(&self.database)?;
        gone(fs::rename(&self.database, &self.aside))?;
        sync_directory(&self.database)?;
        fs::rename(&marked, &self.database)?;
        sync_directory(&self.database)?;
        // It is in its place: what is left beside it is empty, and goes the next time at the latest.
        let _ = self.clear();
        Ok(self.aside.exists().then(|| self.aside.clone()))
    }

    /// Refuses what is not all in the one file: a log that was not folded when it was closed holds what was marked.
    fn require_whole(&self) -> io::Result<()> {
        for ending in LOGS {
            let file = with_ending(&self.prepared, ending);
            if fs::symlink_metadata(&file).is_ok_and(|file| file.len() > 0) {
                return Err(io::Error::other(format!("{} was not folded into it", file.display())));
            }
        }
        Ok(())
    }
}

/// The name under which an interrupted attempt has begun to put the old database aside: its log is there, and it is not.
fn begun(database: &Path) -> Option<PathBuf> {
    if !unfinished(database).exists() || !database.exists() {
        return None;
    }
    let beginning = with_ending(database, ASIDE).file_name()?.to_str()?.to_owned();
    let files = fs::read_dir(database.parent()?).ok()?.flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok()).filter_map(|name| {
        let aside = LOGS.iter().find_map(|ending| name.strip_suffix(ending))?;
        aside.starts_with(&beginning).then(|| database.with_file_name(aside))
    });
    names.filter(|aside| !aside.exists()).max()
}

/// A name that nothing has yet.
fn unused(database: &Path, at: Timestamp) -> PathBuf {
    let name = format!("{ASIDE}{}", compact(at));
    let is_used = |path: &Path| path.exists() || LOGS.iter().any(|ending| with_ending(path, ending).exists());
    let mut aside = with_ending(database, &name);
    let mut number = 2;
    while is_used(&aside) {
        aside = with_ending(database, &format!("{name}-{number}"));
        number += 1;
    }
    aside
}

/// What is not there has not to be moved.
fn gone(moved: io::Result<()>) -> io::Result<()> {
    match moved {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        moved => moved,
    }
}

/// A time as it can stand in a file's name: `20261129T201500Z`.
pub(crate) fn compact(at: Timestamp) -> String {
    let text = Moment(at).for_programs().unwrap_or_default();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const AT: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn files(directory: &Path) -> BTreeMap<String, String> {
        let files = fs::read_dir(directory).unwrap().map(Result::unwrap);
        files.map(|it| (it.file_name().into_string().unwrap(), fs::read_to_string(it.path()).unwrap())).collect()
    }

    fn with(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(directory.path().join(name), name).unwrap();
        }
        let database = directory.path().join("a.db");
        (directory, database)
    }

    #[test]
    fn the_old_one_goes_aside_with_its_log() {
        let (directory, database) = with(&["a.db", "a.db-wal", "a.db-shm", "a.db.restore"]);
        let aside = Place::of(&database, AT).put().unwrap().unwrap();
        let aside = aside.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = [
            ("a.db".to_owned(), "a.db.restore".to_owned()),
            (aside.clone(), "a.db".to_owned()),
            (format!("{aside}-wal"), "a.db-wal".to_owned()),
        ];
        assert_eq!(files(directory.path()), expected.into());
    }

    /// Wherever the first attempt was stopped, the second one brings the log to its database.
    #[test]
    fn a_second_attempt_keeps_the_log_of_the_first_ones_database() {
        let aside = "a.db.before-restore-20250101T000000Z";
        for done in 0..3 {
            let (directory, database) =
                with(&["a.db", "a.db-wal", "a.db.restoring", "a.db.restore", "a.db.before-restore-20240101T000000Z"]);
            for (from, to) in [("a.db-wal", format!("{aside}-wal")), ("a.db", aside.to_owned())].iter().take(done) {
                fs::rename(directory.path().join(from), directory.path().join(to)).unwrap();
            }
            Place::of(&database, AT).put().unwrap();
            let files = files(directory.path());
            let log = files.iter().find(|(_, text)| *text == "a.db-wal").unwrap().0;
            assert_eq!(files[log.strip_suffix("-wal").unwrap()], "a.db", "after {done}: {files:?}");
            assert_eq!((&*files["a.db"], files.len()), ("a.db.restore", 4), "after {done}: {files:?}");
        }
    }

    #[test]
    fn what_is_half_in_a_log_is_not_put_in_place() {
        for log in ["a.db.restore-wal", "a.db.restore-journal"] {
            let (directory, database) = with(&["a.db", "a.db.restore", log]);
            let before = files(directory.path());
            let refused = Place::of(&database, AT).put().unwrap_err();
            assert!(refused.to_string().contains("folded"), "{refused}");
            assert_eq!(files(directory.path()), before);
            // One that is empty holds nothing.
            fs::write(directory.path().join(log), "").unwrap();
            Place::of(&database, AT).put().unwrap();
            assert!(!directory.path().join(log).exists());
        }
    }

    #[test]
    fn a_planted_link_is_not_given_away() {
        let (directory, database) = with(&["target"]);
        std::os::unix::fs::symlink(directory.path().join("target"), directory.path().join("a.db.restore")).unwrap();
        Place::of(&database, AT).put().unwrap_err();
        assert!(!database.exists());
    }
}
