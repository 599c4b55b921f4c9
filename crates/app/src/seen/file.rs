use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use countersign_persistence::LogSalts;

use crate::backup::sync_directory;
use crate::hold::with_ending;

/// What was seen of a database. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) lineage: i64,
    pub(super) mark: i64,
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

impl Seen {
    /// What stands in a file; `None` where there is none, or nothing that can be understood.
    pub(super) fn read(path: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let find = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let log = (|| {
            let salts = u64::from_str_radix(find("log")?, 16).ok()?.to_be_bytes();
            Some(Log { salts, before: find("before")?.parse().ok()?, boot: find("boot").map(str::to_owned) })
        })();
        Some(Self { lineage: find("lineage")?.parse().ok()?, mark: find("mark")?.parse().ok()?, log })
    }

    fn text(&self) -> String {
        let mut text = format!("{TITLE}\nlineage {}\nmark {}\n", self.lineage, self.mark);
        if let Some(Log { salts, before, boot }) = &self.log {
            text.push_str(&format!("log {:016x}\nbefore {before}\n", u64::from_be_bytes(*salts)));
            text.extend(boot.iter().map(|boot| format!("boot {boot}\n")));
        }
        text
    }

    /// Replaces a file as a whole, durably: at any moment it is the one before or this one.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let new = with_ending(path, ".new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(self.text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
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
        assert_eq!(Seen::read(&path), None);
        for log in
            [None, Some(Log { salts: [0, 1, 2, 3, 4, 5, 254, 255], before: 7, boot: None }), Some(Log::of([9; 8], 0))]
        {
            let seen = Seen { lineage: i64::MAX, mark: 12, log };
            seen.write(&path).unwrap();
            assert_eq!(Seen::read(&path), Some(seen));
        }
    }

    #[test]
    fn what_cannot_be_understood_is_nothing() {
        for text in ["", "lineage 1\n", "lineage x\nmark 1\n", "mark 1 2\nlineage 1"] {
            assert_eq!(Seen::parse(text), None, "{text}");
        }
        let torn = Seen::parse("lineage 1\nmark 2\nlog 00\n");
        assert_eq!(torn, Some(Seen { lineage: 1, mark: 2, log: None }));
    }
}
