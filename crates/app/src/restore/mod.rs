//! Putting a backup in the database's place, so that nothing that was used since opens anything again.

mod placing;
mod view;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use countersign_application::ports::{Clock, KeyCheckReads};
use countersign_application::restoration::{MarkRestored, MarkedRealm};
use countersign_cli::{CommandError, Exit, Output, RestoreArguments, Terminal};
use countersign_crypto::{KeyRingInUse, SystemClock, verify_key_checks};
use countersign_persistence::{
    DatabaseUrl, FileCopy, FileCopyStep, FileFacts, SeaStore, Standing, StoreOptions, migrate,
};

use crate::backup::{Interrupts, key_ring, refusal, watched};
use crate::deployment::{cannot_open, store_options};
use crate::hold::{Hold, hold, unfinished, with_ending};
use crate::seen;
use crate::settings::Settings;
use crate::wiring::{Wired, wire};

use placing::Place;
pub(crate) use placing::compact;
use view::RestoreView;

/// As long as the statements may take that change every account at once.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Restores a backup, or marks a database that was restored by other means.
pub(crate) async fn run(
    arguments: &RestoreArguments,
    settings: &Settings,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    if let (Some(file), Some(database)) = (&arguments.file, settings.database_url.file()) {
        if !file.exists() {
            return Err(CommandError::not_found(format!("there is no file {}", file.display())));
        }
        // On a new machine there is nothing yet.
        crate::deployment::make_directory(database.parent().unwrap_or(Path::new("/")))?;
    }
    hold(settings, Hold::Alone)?;
    if arguments.mark {
        require_whole(settings)?;
        // To open it would be to replay a log that is not its own.
        seen::require_own_log(settings)?;
    }
    let ring = key_ring(settings)?;
    let question = "Put codes up to now and all recovery codes out of use, and sign everyone out?";
    countersign_cli::confirm(arguments.yes, question, terminal, output)?;
    let mut interrupts = Interrupts::install()?;
    let marking = Marking { settings, ring: ring.into(), keeps_recovery_codes: arguments.keep_recovery_codes };
    let restored = match (&arguments.file, settings.database_url.file()) {
        (Some(file), Some(database)) => {
            marking.restore(&std::path::absolute(file)?, database, &mut interrupts, output).await?
        }
        (Some(_), None) => return Err(by_the_server()),
        // A backup that lies in the database's place is taken from there.
        (None, Some(database)) if marking.is_unrestored().await => {
            marking.restore(database, database, &mut interrupts, output).await?
        }
        (None, _) => interrupts.unless_any(marking.in_place()).await?,
    };
    output.result(&restored)?;
    tell_what_is_next(arguments, output)?;
    Ok(Exit::Done)
}

/// Refuses to mark what is in place where a restore was interrupted: that is the old database, or none.
fn require_whole(settings: &Settings) -> Result<(), CommandError> {
    let Some(file) = settings.database_url.file().map(unfinished).filter(|file| file.exists()) else { return Ok(()) };
    Err(CommandError::refused(format!("a restore was interrupted: {} is not in its place yet", file.display()))
        .advise(format!("run `countersign restore` again with the file of the backup, or with {}", file.display())))
}

fn by_the_server() -> CommandError {
    CommandError::usage("the database is on a server, which loads its backups itself").advise(
        "stop all nodes, load the dump into an empty database (pg_restore, mariadb), and run `countersign restore --mark`",
    )
}

/// A database that is ready to be put in place.
struct Prepared {
    facts: FileFacts,
    realms: Vec<MarkedRealm>,
    standing: Standing,
}

/// What is needed to mark a database.
struct Marking<'a> {
    settings: &'a Settings,
    ring: KeyRingInUse,
    keeps_recovery_codes: bool,
}

impl Marking<'_> {
    /// Prepares a copy of the backup beside the database, marks it, and puts it in place.
    async fn restore(
        &self,
        file: &Path,
        database: &Path,
        interrupts: &mut Interrupts,
        output: &mut Output<'_>,
    ) -> Result<RestoreView, CommandError> {
        let place = Place::of(database, SystemClock.now());
        place.clear().map_err(unplaced)?;
        let prepared = self.prepare(file, &place, interrupts, output).await;
        let placed = match prepared {
            Ok(Prepared { facts, realms, standing }) => {
                // From here on it is brought to its end.
                let aside = place.put().map_err(unplaced)?;
                seen::note(self.settings, standing);
                RestoreView::of_file(self.settings, file, &facts, aside, realms)
            }
            Err(error) => {
                let _ = place.clear();
                return Err(error);
            }
        };
        Ok(placed)
    }

    async fn prepare(
        &self,
        file: &Path,
        place: &Place,
        interrupts: &mut Interrupts,
        output: &mut Output<'_>,
    ) -> Result<Prepared, CommandError> {
        // A log beside the database's own place is that of the database that was there.
        let alone = file == place.database() || !with_ending(file, "-wal").exists();
        let (from, to) = (file.to_owned(), place.prepared().to_owned());
        let work = move |told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>| {
            FileCopy { from: &from, to: &to, alone }.take_back(told).map_err(refusal)
        };
        let facts = watched(interrupts, output, work).await?;
        verify_key_checks(&self.ring.now(), &facts.key_checks)
            .map_err(|error| CommandError::refused(error.to_string()))?;
        let options = StoreOptions::new(DatabaseUrl::of_file(place.prepared()));
        let marked = interrupts.unless_any(async {
            migrate(&options).await.map_err(cannot_open)?;
            self.mark(&options).await
        });
        let (realms, standing) = marked.await?;
        Ok(Prepared { facts, realms, standing })
    }

    /// Marks the database where it is.
    async fn in_place(&self) -> Result<RestoreView, CommandError> {
        let options =
            StoreOptions { connections: 2, statement_timeout: STATEMENT_TIMEOUT, ..store_options(self.settings) };
        migrate(&options).await.map_err(cannot_open)?;
        let (realms, standing) = self.mark(&options).await?;
        seen::note(self.settings, standing);
        Ok(RestoreView::in_place(self.settings, realms))
    }

    async fn mark(&self, options: &StoreOptions) -> Result<(Vec<MarkedRealm>, Standing), CommandError> {
        let store = SeaStore::open(options).await.map_err(cannot_open)?;
        let marked = self.mark_store(&store).await;
        store.close().await;
        marked
    }

    async fn mark_store(&self, store: &SeaStore) -> Result<(Vec<MarkedRealm>, Standing), CommandError> {
        let checks = store.list_key_checks().await.map_err(unmarked)?;
        verify_key_checks(&self.ring.now(), &checks).map_err(|error| CommandError::refused(error.to_string()))?;
        let Wired { application, .. } = wire(self.settings, store.clone(), Some(self.ring.clone()));
        let mark = MarkRestored { keeps_recovery_codes: self.keeps_recovery_codes };
        let marked = mark.execute(&application).await?;
        // Beyond what any node has seen: it is theirs to serve from now on.
        let standing = seen::pass(self.settings, store).await.map_err(unmarked)?;
        Ok((marked, standing))
    }

    /// Whether what is in the database's place is a backup as it was written.
    async fn is_unrestored(&self) -> bool {
        let opened = SeaStore::open(&StoreOptions { connections: 1, ..store_options(self.settings) }).await;
        match opened {
            Ok(store) => {
                store.close().await;
                false
            }
            Err(error) => matches!(error, countersign_persistence::OpenError::Unrestored),
        }
    }
}

fn unmarked(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    CommandError::unavailable("the database cannot be marked").because(error)
}

fn unplaced(error: std::io::Error) -> CommandError {
    CommandError::refused("the restored database cannot be put in place")
        .because(error)
        .advise("see whether this user may write to the data directory, and run it again")
}

fn tell_what_is_next(arguments: &RestoreArguments, output: &mut Output<'_>) -> Result<(), CommandError> {
    output.note("Nothing that was used since the backup opens anything again. What is left to do:")?;
    output.note("  1. Start the server. Codes of the time up to now are refused; the next one is taken.")?;
    if !arguments.keep_recovery_codes {
        output.note("  2. Let people make new recovery codes: those from before are refused.")?;
        output.note("     Whoever has nothing else gets in by `countersign account disable-2fa`.")?;
    }
    output
        .note("  3. Do again what was done since the backup: keys that were revoked, accounts that were disabled or")?;
    output.note("     deleted, passwords and phones that were changed are as they were then.")?;
    Ok(())
}
