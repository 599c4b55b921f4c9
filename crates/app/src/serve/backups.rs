//! Backups that the server makes by itself.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign_application::Timestamp;
use countersign_application::ports::Clock;
use countersign_cli::CommandError;
use countersign_crypto::SystemClock;
use countersign_persistence::SeaStore;
use tokio::sync::watch;

use crate::backup::{Backup, Written, key_ring, remove_stale_parts};
use crate::deployment::make_directory;
use crate::restore::compact;
use crate::settings::Settings;

/// How often it is looked whether one is due.
const LOOKING: Duration = Duration::from_secs(60);

/// How long it rests after one that failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(15 * 60);

const BEGINS: &str = "countersign-";
const ENDS: &str = ".db";

/// When the last good backup was made, as far as is known here: by this server, or by `countersign backup`.
#[derive(Clone, Debug, Default)]
pub(super) struct LastBackup(Arc<AtomicI64>);

impl LastBackup {
    fn set(&self, at: Timestamp) {
        let now = SystemClock.now().as_micros();
        // One of a time that is yet to come was made while the clock was ahead: it says nothing of how old it is.
        let later = |known| Some(at.as_micros().max(if known > now { 0 } else { known }));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
    }

    /// How old it is; `None` where none is known.
    pub(super) fn age_seconds(&self) -> Option<u64> {
        let at = self.0.load(Ordering::Relaxed);
        let now = SystemClock.now();
        (at > 0 && at <= now.as_micros()).then(|| Timestamp::from_micros(at).seconds_until(now))
    }
}

/// Makes backups as the settings say, and keeps what is known of them.
pub(super) struct Backups {
    pub(super) settings: Settings,
    pub(super) store: SeaStore,
    pub(super) last: LastBackup,
}

impl Backups {
    /// Goes on until `stopped`; what is under way is given up then.
    pub(super) async fn keep(self, mut stopped: watch::Receiver<bool>) {
        loop {
            if let Ok(Some(at)) = self.store.last_backup().await {
                self.last.set(at);
            }
            let pause = match &self.settings.backup_dir {
                Some(directory) if is_due(directory, self.settings.backup_hours) => {
                    self.make(directory, &stopped).await
                }
                _ => LOOKING,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }

    /// Makes one, and answers how long to rest.
    async fn make(&self, directory: &Path, stopped: &watch::Receiver<bool>) -> Duration {
        let made = self.written(directory, stopped).await;
        let outcome = if made.is_ok() { "success" } else { "failure" };
        if *stopped.borrow() && made.is_err() {
            return LOOKING;
        }
        metrics::counter!("countersign_backups_total", "outcome" => outcome).increment(1);
        match made {
            Ok(Written { file, bytes, at, .. }) => {
                tracing::info!(file = %file.display(), bytes, "a backup was made");
                self.last.set(at);
                if let Err(error) = self.store.note_backup(at).await {
                    tracing::warn!(%error, "it could not be noted that there is a backup");
                }
                remove_old_ones(directory, at, self.settings.backup_kept);
                LOOKING
            }
            Err(error) => {
                let advice = error.advice().unwrap_or("`countersign doctor` checks the deployment");
                tracing::error!(
                    error = error.chain(),
                    advice,
                    "no backup could be made; it is tried again in 15 minutes"
                );
                AFTER_A_FAILURE
            }
        }
    }

    async fn written(&self, directory: &Path, stopped: &watch::Receiver<bool>) -> Result<Written, CommandError> {
        let Some(database) = self.settings.database_url.file() else {
            return Err(CommandError::refused("a database server makes its backups itself"));
        };
        make_directory(directory)?;
        remove_stale_parts(directory, is_one);
        let at = SystemClock.now();
        let file = directory.join(name_of(at));
        let backup = Backup { database: database.to_owned(), file, overwrite: false, others: Vec::new(), at };
        let (ring, stopped) = (key_ring(&self.settings)?, stopped.clone());
        let work = tokio::task::spawn_blocking(move || {
            backup.write(&ring, &mut |_| {
                if *stopped.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        work.await.map_err(|error| CommandError::refused("the work ended early").because(error))?
    }
}

/// Removes the oldest, once one of `made` is good. Those of a time that is yet to come were made while the clock was ahead: they do
/// not count, and are left until their time has come.
fn remove_old_ones(directory: &Path, made: Timestamp, kept: usize) {
    let newest = directory.join(name_of(made));
    let names: Vec<_> = names(directory).into_iter().filter(|name| *name <= newest).collect();
    let surplus = names.len().saturating_sub(kept);
    for name in names.into_iter().take(surplus).filter(|name| *name != newest) {
        if let Err(error) = fs::remove_file(&name) {
            tracing::warn!(file = %name.display(), %error, "an old backup could not be removed");
        }
    }
}

/// The name of a backup of this time. Names sort as their times do.
fn name_of(at: Timestamp) -> String {
    format!("{BEGINS}{}{ENDS}", compact(at))
}

/// Whether a file has the name of a backup that a server has made.
fn is_one(name: &str) -> bool {
    let time = name.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS));
    time.is_some_and(|time| time.len() == 16 && time.ends_with('Z'))
}

/// The backups in a directory, the oldest first.
fn names(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<PathBuf> =
        files.filter(|file| file.file_name().to_str().is_some_and(is_one)).map(|file| file.path()).collect();
    names.sort();
    names
}

fn is_due(directory: &Path, hours: u32) -> bool {
    let now = SystemClock.now();
    let latest = directory.join(name_of(now.minus_seconds(u64::from(hours) * 3_600)));
    // One of a time that is yet to come was made while the clock was ahead.
    let newest = names(directory).into_iter().rfind(|name| *name <= directory.join(name_of(now)));
    newest.is_none_or(|newest| newest <= latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_of_a_time_that_is_yet_to_come_take_no_place_of_new_ones() {
        let directory = tempfile::tempdir().unwrap();
        let now = SystemClock.now();
        let ahead = ["countersign-29990101T000000Z.db", "countersign-29990102T000000Z.db"];
        let yesterday = name_of(now.minus_seconds(86_400));
        let older = name_of(now.minus_seconds(2 * 86_400));
        let new = name_of(now);
        for name in ahead.iter().copied().chain([&*new, &*yesterday, &*older]) {
            fs::write(directory.path().join(name), "").unwrap();
        }
        remove_old_ones(directory.path(), now, 2);
        let left: Vec<_> = names(directory.path()).iter().map(|it| it.file_name().unwrap().to_owned()).collect();
        assert_eq!(left, [&*yesterday, &*new, ahead[0], ahead[1]]);
        remove_old_ones(directory.path(), now, 0);
        assert!(directory.path().join(&new).exists(), "the one that was just made stays");
    }

    #[test]
    fn a_backup_of_a_time_that_is_yet_to_come_is_of_no_age() {
        let last = LastBackup::default();
        let now = SystemClock.now();
        last.set(Timestamp::from_micros(now.as_micros() + 86_400_000_000));
        assert_eq!(last.age_seconds(), None);
        last.set(now.minus_seconds(60));
        assert!((60..120).contains(&last.age_seconds().unwrap()));
        last.set(now.minus_seconds(600));
        assert!((60..120).contains(&last.age_seconds().unwrap()), "an older one is no news");
    }
}
