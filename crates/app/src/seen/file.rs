use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::Path;

use countersign_persistence::LogSalts;

use crate::backup::sync_directory;
use crate::hold::with_ending;
use crate::own_file;

/// What was seen of a database. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) lineage: i64,
    pub(super) mark: i64,
    /// Whether the database was found to be older since. It stays so, however far it comes, until a restore has marked it.
    pub(super) went_back: bool,
    pub(super) log: Option<Log>,
}

/// The log that lay beside an SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Log {
    pub(super) salts: LogSalts,
    /// The mark that the file had by itself when the log began.
    pub(super) before: i64,
    /// Since when the machine runs, by a name.
    pub(super) boot: Option<String>,
}

impl Log {
    pub(super) fn of(salts: LogSalts, before: i64) -> Self {
        Self { salts, before, boot: boot() }
    }
}

/// A name for the time since the machine was started; `None` where the system has none.
pub(super) fn boot() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}

const TITLE: &str = "# How far the database had come when this node last served it. Do not restore it with the data.";

const WENT_BACK: &str = "went back";

impl Seen {
    /// What stands in a file; `None` where there is none, or nothing that can be understood.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Self::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let find = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let log = (|| {
            let salts = u64::from_str_radix(find("log")?, 16).ok()?.to_be_bytes();
            Some(Log { salts, before: find("before")?.parse().ok()?, boot: find("boot").map(str::to_owned) })
        })();
        let went_back = text.lines().any(|line| line == WENT_BACK);
        Some(Self { lineage: find("lineage")?.parse().ok()?, mark: find("mark")?.parse().ok()?, went_back, log })
    }

    fn text(&self) -> String {
        let mut text = format!("{TITLE}\nlineage {}\nmark {}\n", self.lineage, self.mark);
        if self.went_back {
            text.push_str(&format!("{WENT_BACK}\n"));
        }
        if let Some(Log { salts, before, boot }) = &self.log {
            text.push_str(&format!("log {:016x}\nbefore {before}\n", u64::from_be_bytes(*salts)));
            text.extend(boot.iter().map(|boot| format!("boot {boot}\n")));
        }
        text
    }

    /// Replaces a file as a whole, durably: at any moment it is the one before or this one. Written by root, it belongs to `owner`.
    pub(super) fn write(&self, path: &Path, owner: &Metadata) -> io::Result<()> {
        // Another server on this machine may write its own at the same time.
        let new = with_ending(path, &format!(".{}.new", std::process::id()));
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = own_file::make(&new)?;
        let written = own_file::give_to_owner_of(&file, owner)
            .and_then(|()| file.write_all(self.text().as_bytes()))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written?;
        sync_directory(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seen");
        let owner = own_file::owner_at(&path).unwrap();
        assert_eq!(Seen::read(&path).unwrap(), None);
        for log in
            [None, Some(Log { salts: [0, 1, 2, 3, 4, 5, 254, 255], before: 7, boot: None }), Some(Log::of([9; 8], 0))]
        {
            for went_back in [false, true] {
                let seen = Seen { lineage: i64::MAX, mark: 12, went_back, log: log.clone() };
                seen.write(&path, &owner).unwrap();
                assert_eq!(Seen::read(&path).unwrap(), Some(seen));
            }
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_understood_is_nothing_and_what_cannot_be_read_is_told() {
        for text in ["", "lineage 1\n", "lineage x\nmark 1\n", "mark 1 2\nlineage 1"] {
            assert_eq!(Seen::parse(text), None, "{text}");
        }
        let torn = Seen::parse("lineage 1\nmark 2\nlog 00\n");
        assert_eq!(torn, Some(Seen { lineage: 1, mark: 2, went_back: false, log: None }));
        let directory = tempfile::tempdir().unwrap();
        Seen::read(directory.path()).unwrap_err();
    }

    #[test]
    fn a_planted_link_is_not_written_through() {
        let directory = tempfile::tempdir().unwrap();
        let (path, target) = (directory.path().join("seen"), directory.path().join("target"));
        fs::write(&target, "precious").unwrap();
        for link in [with_ending(&path, ".new"), with_ending(&path, &format!(".{}.new", std::process::id()))] {
            std::os::unix::fs::symlink(&target, link).unwrap();
        }
        let seen = Seen { lineage: 1, mark: 2, went_back: false, log: None };
        seen.write(&path, &own_file::owner_at(&path).unwrap()).unwrap();
        assert_eq!(Seen::read(&path).unwrap(), Some(seen));
        assert_eq!(fs::read(&target).unwrap(), b"precious");
    }
}
