//! That an older database is not served by mistake.
//!
//! The database counts how often a node has noted that it serves it, and the node keeps the last number in a file of its own,
//! apart from the data. The database's number is made durable first: whatever fails in between, the file never says more
//! than the database does. So a database that says less is one from before, copied into the place of the later one.
//!
//! An SQLite file that was replaced while the log of the one before lies beside it is another matter: the log would be
//! replayed over it. The file therefore also says which log there is, and how far the database had come before that log began.

mod file;

use std::fs::Metadata;
use std::time::Duration;

use countersign_application::ports::{Clock, Entropy, StoreError};
use countersign_cli::CommandError;
use countersign_crypto::{OsEntropy, SystemClock};
use countersign_persistence::{LeftLog, LogName, SeaStore, Standing, fold_log, standing_without_log};
use tokio::sync::watch;

use crate::own_file;
use crate::settings::Settings;

use file::{Log, Seen, boot};

/// How often it is noted that the database is served. A copy that is younger than this may go unnoticed.
const EVERY: Duration = Duration::from_secs(30);

/// How long the last time may take.
const AT_THE_END: Duration = Duration::from_secs(2);

/// By how much a restored database at least passes all nodes that have served the one before.
const PASSING: i64 = 1_000_000;

/// What is known of the database that was served here. A file that cannot be read is told of: without it nothing is noticed.
fn seen(settings: &Settings) -> Option<Seen> {
    Seen::read(&settings.seen_file).unwrap_or_else(|error| {
        tracing::warn!(file = %settings.seen_file.display(), %error, "{UNREADABLE}; {READABLE}");
        None
    })
}

const UNREADABLE: &str =
    "what was seen of the database cannot be read, so that an older one in its place is not noticed";

const READABLE: &str = "let the user that runs the server read and replace it";

/// Whom the file belongs to: whoever runs the server, to whom the database belongs.
fn owner(settings: &Settings) -> std::io::Result<Metadata> {
    own_file::owner_at(settings.database_url.file().filter(|it| it.exists()).unwrap_or(&settings.seen_file))
}

/// Refuses an SQLite file that was replaced while the log of the one before still lies beside it. Before anything opens it: to
/// open it is to replay the log.
pub(crate) fn require_own_log(settings: &Settings) -> Result<(), CommandError> {
    if is_replaced(settings) {
        return Err(CommandError::refused(
            "the database file was replaced, and the write-ahead log of the one before still lies beside it: the two do not \
             belong together",
        )
        .advise(
            "put the backup in place with `countersign restore FILE`, which keeps what is there now aside; by hand, remove \
             the files that end in -wal and -shm and run `countersign restore --mark`",
        ));
    }
    Ok(())
}

fn is_replaced(settings: &Settings) -> bool {
    let Some(database) = settings.database_url.file() else { return false };
    let Some(Seen { lineage, log: Some(seen), .. }) = seen(settings) else { return false };
    // The file first: where the index says afterwards that nothing was folded, nothing was before.
    let Some(alone) = standing_without_log(database) else { return false };
    let Some(log) = LeftLog::beside(database).filter(|log| log.salts == seen.salts) else { return false };
    // By folding, a file only gains on what it was when the log began.
    let is_older = alone.mark < seen.before;
    // And without, it stays as it was. What the index says is worth something as long as the machine has not stopped.
    let is_a_copy = log.unfolded && alone.mark != seen.before && seen.boot.is_some() && seen.boot == boot();
    // It had no name before its first start.
    let is_another = alone.lineage != 0 && alone.lineage != lineage;
    is_older || is_a_copy || is_another
}

/// Refuses a database that is older than the one that this node has served.
pub(crate) async fn require_no_older(settings: &Settings, store: &SeaStore) -> Result<(), CommandError> {
    let Some(seen) = seen(settings) else { return Ok(()) };
    let standing = store
        .standing()
        .await
        .map_err(|error| CommandError::unavailable("it cannot be read how far the database has come").because(error))?;
    if !lags(&seen, standing) {
        return Ok(());
    }
    Err(CommandError::refused(format!(
        "the database is older than the one that was served here: codes that were used since would be good once more (it has \
         come to {}, and {} says {})",
        standing.mark,
        settings.seen_file.display(),
        seen.mark,
    ))
    .advise(
        "if a backup was copied into its place, stop all nodes and run `countersign restore --mark`; if a database server \
         went over to a standby that lacked the last moments, `countersign restore --mark --keep-recovery-codes` will do",
    ))
}

/// Whether this node has served a database. Where that cannot be read, it has: a new one is not made on a guess.
pub(crate) fn was_served(settings: &Settings) -> bool {
    Seen::read(&settings.seen_file).map_or(true, |seen| seen.is_some())
}

/// Refuses it before its schema is brought up to date. One that cannot say yet how far it has come is asked again after.
pub(crate) async fn require_no_older_before(settings: &Settings, store: &SeaStore) -> Result<(), CommandError> {
    match store.standing().await {
        Ok(_) => require_no_older(settings, store).await,
        Err(_) => Ok(()),
    }
}

/// Whether a database lags behind what was seen of it; an error where that cannot be told.
pub(crate) fn is_older(settings: &Settings, standing: Standing) -> Result<bool, CommandError> {
    let seen = Seen::read(&settings.seen_file).map_err(|error| {
        let path = settings.seen_file.display();
        CommandError::refused(format!("{path}: {UNREADABLE}")).because(error).advise(READABLE)
    })?;
    Ok(seen.is_some_and(|seen| lags(&seen, standing)))
}

fn lags(seen: &Seen, standing: Standing) -> bool {
    // Other nodes may have brought it further since. A restore brings it much further.
    let enough = if seen.went_back { seen.mark.saturating_add(PASSING / 2) } else { seen.mark };
    standing.lineage == seen.lineage && standing.mark < enough
}

/// Folds the log of an SQLite file, before this process opens it, and answers the mark that the file has by itself then: so that
/// it is known what the file is without the log that begins now. `None` where somebody else has it open as well.
pub(crate) fn prepare(settings: &Settings) -> Option<i64> {
    let database = settings.database_url.file()?;
    if database.metadata().map_or(0, |file| file.len()) == 0 {
        // All that is to come comes into the log.
        return Some(0);
    }
    let folded = fold_log(database).then(|| standing_without_log(database)).flatten();
    folded.map(|alone| alone.mark)
}

/// Notes, again and again, that a database is served. What fails is logged: it makes an older copy harder to notice, and
/// nothing else worse.
pub(crate) struct Keeper {
    settings: Settings,
    store: SeaStore,
    /// How far the database had come when that was last noted, and which log there was just after.
    last: Option<(Standing, Option<LogName>)>,
    log: Option<Log>,
    /// Whether it was told that the file cannot be written.
    has_told: bool,
}

impl Keeper {
    /// Begins with what [`prepare`] answered.
    pub(crate) async fn begin(settings: &Settings, store: &SeaStore, before: Option<i64>) -> Self {
        let (settings, store) = (settings.clone(), store.clone());
        let mut keeper = Self { settings, store, last: None, log: None, has_told: false };
        if let Some(standing) = keeper.advance().await {
            let name = keeper.log_name();
            let first = name.filter(|name| name.is_first).zip(before);
            keeper.log = first.map(|(name, before)| Log::of(name.salts, before));
            keeper.last = Some((standing, name));
            keeper.write(standing);
        }
        keeper
    }

    /// Goes on until `stopped`, and once more then.
    pub(crate) async fn keep(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let over = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                _ = stopped.wait_for(|stopped| *stopped) => true,
            };
            if over {
                // A database that does not answer keeps nobody waiting.
                let _ = tokio::time::timeout(AT_THE_END, self.go_on()).await;
                return;
            }
            self.go_on().await;
        }
    }

    async fn go_on(&mut self) {
        let found = self.log_name();
        let Some(standing) = self.advance().await else { return };
        let name = self.log_name();
        self.log = self.log_after(found, name, standing);
        self.last = Some((standing, name));
        self.write(standing);
    }

    /// What is known of the log. One that began anew has all that was noted before in the file.
    fn log_after(&self, found: Option<LogName>, name: Option<LogName>, standing: Standing) -> Option<Log> {
        let (last, before) = self.last?;
        let name = name.filter(|_| name == found && last.mark + 1 == standing.mark)?;
        if before == Some(name) { self.log.clone() } else { Some(Log::of(name.salts, last.mark)) }
    }

    fn log_name(&self) -> Option<LogName> {
        self.settings.database_url.file().and_then(LogName::beside)
    }

    /// Counts once more, unless the database is an older one by now: to count would hide it in the end.
    async fn advance(&mut self) -> Option<Standing> {
        let before = seen(&self.settings);
        let counted = match self.store.standing().await {
            Ok(standing) if before.as_ref().is_some_and(|seen| lags(seen, standing)) => Ok(standing),
            Ok(_) => self.store.advance_mark(lineage(), 0).await,
            Err(error) => Err(error),
        };
        let standing = counted
            .inspect_err(|error| {
                tracing::warn!(%error, "it could not be noted that the database is served; it is tried again");
            })
            .ok()?;
        // What was counted has to be more than was ever seen.
        let is_older = before.as_ref().is_some_and(|seen| {
            lags(seen, standing) || (seen.lineage == standing.lineage && seen.mark == standing.mark)
        });
        self.store.set_older(is_older);
        if !is_older {
            return Some(standing);
        }
        tracing::error!(mark = standing.mark, "{WENT_BACK}");
        self.last = None;
        if let Some(seen) = before.filter(|seen| !seen.went_back) {
            self.write_seen(&Seen { went_back: true, ..seen });
        }
        None
    }

    fn write(&mut self, standing: Standing) {
        let (lineage, mark, log) = (standing.lineage, standing.mark, self.log.clone());
        self.write_seen(&Seen { lineage, mark, went_back: false, log });
    }

    fn write_seen(&mut self, seen: &Seen) {
        // What cannot be read is left as it is: it may say that this database is an older one.
        let written = Seen::read(&self.settings.seen_file)
            .and_then(|_| seen.write(&self.settings.seen_file, &owner(&self.settings)?));
        if let (Err(error), false) = (&written, self.has_told) {
            tell(&self.settings, error);
        }
        self.has_told = written.is_err();
    }
}

const WENT_BACK: &str = "the database is older than it was: it was replaced, or a standby without the last moments has taken \
                         over; codes that were used since may be good once more. This node is not ready until that is settled: \
                         stop all nodes and run `countersign restore --mark`";

/// Notes that a restored database is the one to be served, beyond what was seen of any before.
pub(crate) async fn pass(settings: &Settings, store: &SeaStore) -> Result<Standing, StoreError> {
    let seen = seen(settings).map_or(0, |seen| seen.mark);
    let standing = store.standing().await?;
    let passing = seen.max(standing.mark).saturating_add(PASSING);
    // However many nodes have counted since the backup: not a million times a second.
    store.advance_mark(lineage(), passing.max(SystemClock.now().as_micros())).await
}

/// Writes down how far a database has come that was put in place.
pub(crate) fn note(settings: &Settings, standing: Standing) {
    let seen = Seen { lineage: standing.lineage, mark: standing.mark, went_back: false, log: None };
    if let Err(error) = owner(settings).and_then(|owner| seen.write(&settings.seen_file, &owner)) {
        tell(settings, &error);
    }
}

/// What a database is called from its first start on.
fn lineage() -> i64 {
    let mut random = [0; 8];
    // A database without a name is taken for no other, and gets one the next time.
    let drawn = OsEntropy.fill(&mut random).is_ok();
    if drawn { i64::from_le_bytes(random).max(i64::MIN + 1).abs().max(1) } else { 0 }
}

fn tell(settings: &Settings, error: &std::io::Error) {
    tracing::warn!(
        file = %settings.seen_file.display(), %error,
        "it cannot be written down how far the database has come, so that an older one in its place is not noticed: set \
         `seen_file` to where this user may write"
    );
}

#[cfg(test)]
mod tests {
    use countersign_application::ports::Store;
    use countersign_persistence::migrate;

    use super::*;
    use crate::deployment::store_options;
    use crate::settings::{Environment, Flags};

    /// A database that was served for a while, and who keeps count of it.
    async fn served(directory: &std::path::Path) -> Keeper {
        let data = directory.to_str().unwrap();
        let variables = [("COUNTERSIGN_DATA_DIR", data), ("COUNTERSIGN_CONFIG", "/dev/null")];
        let settings = Settings::load(Flags::default(), &Environment::of(variables)).unwrap();
        let settings = Settings { seen_file: directory.join("seen"), ..settings };
        let options = store_options(&settings).creating();
        let store = SeaStore::open(&options).await.unwrap();
        migrate(&options).await.unwrap();
        let mut keeper = Keeper::begin(&settings, &store, Some(0)).await;
        keeper.go_on().await;
        keeper
    }

    #[tokio::test]
    async fn a_database_that_went_back_is_not_ready_and_stays_behind_until_it_is_marked() {
        let directory = tempfile::tempdir().unwrap();
        let mut keeper = served(directory.path()).await;
        let (settings, store) = (keeper.settings.clone(), keeper.store.clone());
        store.probe().await.unwrap();
        let seen = Seen::read(&settings.seen_file).unwrap().unwrap();
        // As if the database had lost the last time.
        let seen = Seen { mark: seen.mark + 1, ..seen };
        seen.write(&settings.seen_file, &owner(&settings).unwrap()).unwrap();
        for _ in 0..3 {
            keeper.go_on().await;
            assert_eq!(store.standing().await.unwrap().mark, seen.mark - 1, "it is not brought further");
            store.probe().await.unwrap_err();
        }
        // Another node, which has seen less, brings it further.
        for _ in 0..5 {
            store.advance_mark(1, 0).await.unwrap();
        }
        keeper.go_on().await;
        store.probe().await.unwrap_err();
        require_no_older(&settings, &store).await.unwrap_err();
        assert_eq!(Seen::read(&settings.seen_file).unwrap().unwrap().mark, seen.mark, "what was seen stays known");

        let marked = pass(&settings, &store).await.unwrap();
        require_no_older(&settings, &store).await.unwrap();
        keeper.go_on().await;
        store.probe().await.unwrap();
        assert!(!Seen::read(&settings.seen_file).unwrap().unwrap().went_back);
        assert!(marked.mark >= 1_700_000_000_000_000, "as many as may have been counted: {}", marked.mark);
        store.close().await;
    }

    #[tokio::test]
    async fn what_was_seen_and_cannot_be_read_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let mut keeper = served(directory.path()).await;
        std::fs::remove_file(&keeper.settings.seen_file).unwrap();
        std::fs::create_dir(&keeper.settings.seen_file).unwrap();
        keeper.go_on().await;
        assert!(keeper.settings.seen_file.is_dir());
        let standing = keeper.store.standing().await.unwrap();
        assert!(is_older(&keeper.settings, standing).is_err());
        keeper.store.close().await;
    }
}
