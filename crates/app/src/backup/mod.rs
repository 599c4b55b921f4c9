//! Backups of an SQLite database, while it is served.

mod progress;
mod view;
mod writing;

use std::path::Path;

use countersign_application::ports::Clock;
use countersign_cli::{BackupArguments, CommandError, Exit, Output};
use countersign_crypto::{KeyRing, SystemClock};
use countersign_persistence::{Engine, FileCopyError};

use crate::deployment;
use crate::settings::Settings;

pub(crate) use progress::{Interrupts, watched};
pub(crate) use writing::{Backup, Written, remove_stale_parts, sync_directory};

use view::BackupView;

/// Writes a backup to a file.
pub(crate) async fn run(
    arguments: &BackupArguments,
    settings: &Settings,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let Some(database) = settings.database_url.file() else { return Err(by_the_server(settings)) };
    deployment::enter(settings)?;
    require_database(database)?;
    let ring = key_ring(settings)?;
    let backup = Backup {
        database: database.to_owned(),
        file: std::path::absolute(&arguments.file)?,
        overwrite: arguments.overwrite,
        others: vec![settings.master_key_file.clone(), settings.seen_file.clone()],
        at: SystemClock.now(),
    };
    let mut interrupts = Interrupts::install()?;
    let written = watched(&mut interrupts, output, move |told| backup.write(&ring, told)).await?;
    // What is only noted for `doctor` does not undo a good backup.
    if let Err(error) = interrupts.unless_any(note(settings, &written)).await {
        output.note(&format!("it could not be noted that there is a backup: {}", error.chain()))?;
    }
    output.result(&BackupView::from(written))?;
    output
        .note("The key ring is not in it. Keep a copy of that apart: whoever has both can compute everyone's codes.")?;
    output.note("Put it in place with `countersign restore FILE`, never by copying it.")?;
    Ok(Exit::Done)
}

async fn note(settings: &Settings, written: &Written) -> Result<(), CommandError> {
    let store = deployment::open(settings).await?;
    let noted = store.note_backup(written.at).await;
    store.close().await;
    noted.map_err(|error| CommandError::unavailable("the database takes no writes").because(error))
}

/// The key ring, with which a backup has to open.
pub(crate) fn key_ring(settings: &Settings) -> Result<KeyRing, CommandError> {
    crate::keys::load(settings).map_err(|error| {
        CommandError::refused(error.to_string()).advise(
            "a copy is held against the key ring, without which it would be of no use: run this as the user that runs \
                     the server, or set COUNTERSIGN_MASTER_KEY_FILE to where it is",
        )
    })
}

fn require_database(database: &Path) -> Result<(), CommandError> {
    if database.exists() { Ok(()) } else { Err(deployment::nothing_here()) }
}

/// What a database server does itself.
fn by_the_server(settings: &Settings) -> CommandError {
    let command = match settings.database_url.engine() {
        Engine::Postgres => "pg_dump --format=custom --file=countersign.dump --dbname=countersign",
        _ => "mariadb-dump --single-transaction countersign > countersign.sql (MySQL: mysqldump)",
    };
    CommandError::refused("this backs up SQLite files, and the database is on a server, which makes consistent copies itself")
        .advise(format!(
            "{command}; to restore one, stop all nodes, load it into an empty database, and run `countersign restore --mark` \
             before you start them"
        ))
}

/// What it means that a file could not be copied.
pub(crate) fn refusal(error: FileCopyError) -> CommandError {
    let advice = match &error {
        FileCopyError::Source(_) => {
            "it must be an SQLite database that this user may read, and nothing may keep it locked"
        }
        FileCopyError::File { .. } | FileCopyError::Database(_) => {
            "see whether there is room on the disk, and whether this user may write there"
        }
        FileCopyError::Foreign(_) => "name a database of Countersign, or a backup of one",
        FileCopyError::Malformed(_) => {
            "the database is damaged: `countersign doctor` tells more; keep it as it is, and restore an earlier backup"
        }
        FileCopyError::Interrupted => "run it again",
    };
    CommandError::refused("nothing was copied").because(error).advise(advice)
}
