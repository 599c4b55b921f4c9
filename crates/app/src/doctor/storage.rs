//! Whether the database can be written, whether there is room, whether the file is sound, and how old the last backup is.

use std::path::Path;

use countersign_application::ports::{Clock, Store};
use countersign_crypto::SystemClock;
use countersign_persistence::{Engine, SeaStore};
use rustix::fs::statvfs;

use super::report::Report;
use crate::settings::Settings;

/// With less room than this, a disk is full soon.
const LITTLE: u64 = 1 << 30;

/// With less room than this, it is full.
const NOTHING: u64 = 16 << 20;

/// A backup that is older than so many hours is missed where the server makes none by itself.
const OLD_HOURS: u64 = 7 * 24;

pub(super) async fn check(settings: &Settings, store: &SeaStore, report: &mut Report) {
    writable(settings, store, report).await;
    if let Some(database) = settings.database_url.file() {
        room(database, report);
        sound(store, report).await;
    }
    backups(settings, store, report).await;
}

/// Writes one row that nothing else reads.
async fn writable(settings: &Settings, store: &SeaStore, report: &mut Report) {
    if settings.database_url.engine().is_server() {
        match store.read_only().await {
            Ok(None) => {}
            Ok(Some(why)) => {
                return report.failure(
                    "writing",
                    format!("the database server takes no writes: {why}; no code can be accepted there"),
                    "let `database_url` name the primary; on a standby, nothing but reading works until it is promoted",
                );
            }
            Err(error) => {
                let error = crate::deployment::cannot_open(error);
                return report.failure("writing", error.chain(), "see the log of the database server");
            }
        }
    }
    match store.probe().await {
        Ok(()) => report.ok("writing", "a row could be written and made durable"),
        Err(error) => {
            let said = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let advice = what_to_do(&said, settings.database_url.engine());
            report.failure("writing", format!("nothing can be written, so no code is accepted: {said}"), advice);
        }
    }
}

fn what_to_do(said: &str, engine: Engine) -> &'static str {
    let said = said.to_ascii_lowercase();
    if said.contains("full") || said.contains("no space") {
        "make room on the disk; nothing is lost by waiting, and the server goes on by itself then"
    } else if said.contains("readonly") || said.contains("read-only") || said.contains("unable to open") {
        "let the user that runs the server write to the database, the files beside it and their directory, and see whether the \
         file system is mounted read-only"
    } else if said.contains("locked") || said.contains("busy") {
        "something else keeps the database locked, such as a shell with an open transaction or a backup by copying: end it"
    } else if engine.is_server() {
        "see the log of the database server"
    } else {
        "see whether the disk answers; the system's log (`dmesg`) says more"
    }
}

fn room(database: &Path, report: &mut Report) {
    let Some(directory) = database.parent() else { return };
    let left = match statvfs(directory) {
        Ok(found) => found.f_bavail.saturating_mul(found.f_frsize),
        Err(error) => {
            let told = format!("{} cannot be asked: {error}", directory.display());
            return report.warning("free space", told, "run this as the user that runs the server");
        }
    };
    let told = format!("{} MiB are free in {}", left >> 20, directory.display());
    let advice = "make room: without any, no code can be accepted, because none could be noted as spent";
    if left < NOTHING {
        report.failure("free space", told, advice);
    } else if left < LITTLE {
        report.warning("free space", told, advice);
    } else {
        report.ok("free space", told);
    }
}

async fn sound(store: &SeaStore, report: &mut Report) {
    match store.quick_check().await {
        Ok(found) if found.is_empty() => report.ok("database file", "its pages and rows fit together (quick_check)"),
        Ok(found) => report.failure(
            "database file",
            format!("it is damaged: {}", found.join("; ")),
            "stop the server, keep the file as it is, and restore a backup with `countersign restore FILE`; then look after the \
             disk",
        ),
        Err(error) => report.failure(
            "database file",
            format!("it cannot be read: {}", crate::deployment::cannot_open(error).chain()),
            "keep it as it is, and restore a backup with `countersign restore FILE`",
        ),
    }
}

async fn backups(settings: &Settings, store: &SeaStore, report: &mut Report) {
    const HOW: &str = "set `backup_dir`, or run `countersign backup FILE` regularly";
    if settings.database_url.engine().is_server() {
        return report.ok("backup", "the database server's own means make them, which is not seen from here");
    }
    let hours = match store.last_backup().await {
        Ok(Some(at)) if at > SystemClock.now() => {
            return report.warning(
                "backup",
                "the last one was made at a time that is yet to come: the clock was ahead",
                HOW,
            );
        }
        Ok(Some(at)) => at.seconds_until(SystemClock.now()) / 3_600,
        Ok(None) => return report.warning("backup", "none was made yet that this program knows of", HOW),
        Err(error) => return report.failure("backup", format!("it cannot be read when one was made: {error}"), HOW),
    };
    let told = format!("the last good one was made {hours} hours ago");
    let missed = settings.backup_dir.as_ref().map_or(OLD_HOURS, |_| 2 * u64::from(settings.backup_hours));
    if hours > missed {
        report.warning(
            "backup",
            told,
            "the log of the server says why there is none since, if it makes them; else make one",
        );
    } else {
        report.ok("backup", told);
    }
}
