//! Who else can read or write the files that only the server's user needs.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::report::Report;
use crate::hold::with_ending;
use crate::settings::Settings;

const OTHERS_READ: u32 = 0o044;
const OTHERS_WRITE: u32 = 0o022;

pub(super) fn check(settings: &Settings, report: &mut Report) {
    let mut found = 0;
    let mut look = |what: &str, path: &Path, meaning: &str| {
        let Ok(metadata) = std::fs::metadata(path) else { return };
        let mode = metadata.mode() & 0o7777;
        let told = format!("{what}, {}, has mode {mode:04o}: {meaning}", path.display());
        let own = if metadata.is_dir() { "0700" } else { "0600" };
        let advice = format!("chmod {own} {}", path.display());
        if mode & OTHERS_WRITE != 0 {
            found += 1;
            report.failure("file modes", format!("{told}; others can even change it"), advice);
        } else if mode & OTHERS_READ != 0 {
            found += 1;
            report.warning("file modes", told, advice);
        }
    };
    if let Some(database) = settings.database_url.file() {
        look("the database", database, "others can read who has an account, and guess at hashes of passwords");
        look("the write-ahead log", &with_ending(database, "-wal"), "it holds what the database holds");
    }
    if let Some(directory) = &settings.backup_dir {
        look(
            "the directory of backups",
            directory,
            "others can see them, and those that are open to others can be read",
        );
        for file in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            look("a backup", &file.path(), "others can read who has an account, and guess at hashes of passwords");
        }
    }
    look("the key ring", &settings.master_key_file, "with it and the database, others can compute everyone's codes");
    if let Some(file) = &settings.database_password_file {
        look("the file with the database's password", file, "others can do with the database what the server can");
    }
    if let Some(file) = &settings.tls_key_file {
        look("the key for TLS", file, "others can pass for this server, and read what is sent to it");
    }
    if let Some(file) = &settings.config_file {
        look("the configuration", file, "a password in it is no secret, and it says where the others are");
    }
    if found == 0 {
        report.ok("file modes", "nobody but their owner can read the files that hold secrets");
    }
}
