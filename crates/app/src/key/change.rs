//! Changes of the key ring.

use std::path::Path;

use countersign_application::master_key::{KeyUse, MasterKeyReads, NoteRotation, RetireMasterKey, Retirement};
use countersign_application::ports::Clock;
use countersign_cli::{CommandError, Exit, Output, Terminal};
use countersign_crypto::{KeyRing, KeyRingError, KeyState, OsEntropy, SystemClock};
use countersign_persistence::SeaStore;

use super::view::{RetiredView, RingView};
use super::{application, unreadable};
use crate::keys::{self, Recorded};
use crate::settings::Settings;

/// Makes a new key ring: in a file that does not exist yet, or on standard output.
pub(super) fn create(file: Option<&Path>, settings: &Settings, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    if file == Some(Path::new("-")) {
        let (text, _) = KeyRing::write_new(&OsEntropy, SystemClock.now())
            .map_err(|fault| CommandError::refused("no key could be made").because(fault))?;
        output.document(text.as_bytes())?;
        output
            .note("Whoever has this and the database can compute everyone's codes. Keep a copy apart from the data.")?;
        return Ok(Exit::Done);
    }
    if file.is_none() && settings.master_key.is_some() {
        return Err(CommandError::usage("the key ring is in the environment")
            .advise("name a file, or - for standard output, to make another one"));
    }
    let path = std::path::absolute(file.unwrap_or(&settings.master_key_file))?;
    let ring = KeyRing::create(&path, &OsEntropy, SystemClock.now()).map_err(refused)?;
    told(&ring, ring.primary().id(), output)?;
    output.note("Keep a copy apart from the data: without it nothing that is sealed opens.")?;
    Ok(Exit::Done)
}

fn told(ring: &KeyRing, id: &str, output: &mut Output<'_>) -> Result<(), CommandError> {
    let state = ring.find(id).map_or_else(String::new, |key| key.state().to_string());
    Ok(output.result(&RingView { key_ring: ring.source().to_string(), key: id.to_owned(), state })?)
}

fn refused(KeyRingError { ring, fault }: KeyRingError) -> CommandError {
    CommandError::refused(format!("the key ring {ring} cannot be used")).because(fault)
}

/// What a change is made with.
pub(super) struct Change<'a> {
    pub(super) settings: &'a Settings,
    pub(super) store: &'a SeaStore,
    pub(super) terminal: &'a mut dyn Terminal,
}

impl Change<'_> {
    pub(super) async fn add(&self, mut ring: KeyRing, output: &mut Output<'_>) -> Result<Exit, CommandError> {
        let id = self.added(&mut ring).await?;
        told(&ring, &id, output)?;
        output.note("It opens and does not seal yet. What is next:")?;
        if self.is_shared() {
            output.note(
                "  1. Copy the key ring to every node, before one is started again. Running nodes take it over.",
            )?;
            output.note("  2. Run `countersign key rotate`, and copy the key ring to every node once more.")?;
        } else {
            output.note("  `countersign key rotate` makes it the primary key.")?;
        }
        output.note("Renew your backup of the key ring.")?;
        Ok(Exit::Done)
    }

    /// Adds a key. On disk before the database knows of it: a key that is only in the database would keep every node from
    /// starting.
    async fn added(&self, ring: &mut KeyRing) -> Result<String, CommandError> {
        let id = ring.add(&OsEntropy, SystemClock.now()).map_err(refused)?;
        ring.save(&OsEntropy).map_err(refused)?;
        match keys::record(ring, self.store, &SystemClock, &OsEntropy).await? {
            Recorded::Yes => Ok(id),
            Recorded::NotFitting(error) => Err(CommandError::refused(error.to_string())),
        }
    }

    pub(super) async fn rotate(
        self,
        mut ring: KeyRing,
        only_node: bool,
        yes: bool,
        output: &mut Output<'_>,
    ) -> Result<Exit, CommandError> {
        let id = match self.waiting(&ring).await? {
            Some(id) => {
                if self.is_shared() && !only_node {
                    let question = format!("Does every node have the key {id} in its key ring?");
                    countersign_cli::check_confirmation(yes, self.terminal)?;
                    countersign_cli::confirm(yes, &question, self.terminal, output)?;
                }
                id
            }
            None if self.is_shared() && !only_node => return Err(not_added()),
            None => self.added(&mut ring).await?,
        };
        ring.promote(&id).map_err(refused)?;
        let Recorded::Yes = keys::record(&ring, self.store, &SystemClock, &OsEntropy).await? else {
            return Err(
                CommandError::refused("the key ring does not fit the database").advise("run `countersign doctor`")
            );
        };
        // First, so that no rotation goes without it.
        NoteRotation.execute(&application(self.settings, self.store, None)).await?;
        ring.save(&OsEntropy).map_err(refused)?;
        told(&ring, &id, output)?;
        output.note("Running servers take it over within seconds, or on SIGHUP. What is next:")?;
        if self.is_shared() && !only_node {
            output.note("  1. Copy the key ring to every node.")?;
        }
        output.note("  `countersign key rewrap` seals under it what other keys sealed.")?;
        output.note("  `countersign key retire ID` puts the key before it out of use, when nothing needs it.")?;
        output.note("Renew your backup of the key ring.")?;
        Ok(Exit::Done)
    }

    /// The key that was added last and never sealed anything, where there is one.
    async fn waiting(&self, ring: &KeyRing) -> Result<Option<String>, CommandError> {
        let uses = self.store.count_key_uses().await.map_err(unreadable)?;
        let since = ring.primary().created_at();
        let added = ring.keys().filter(|key| key.state() == KeyState::DecryptOnly && key.created_at() >= since);
        let unused = added.filter(|key| uses.iter().all(|used| used.key_id != key.id()));
        Ok(unused.last().map(|key| key.id().to_owned()))
    }

    pub(super) async fn retire(
        self,
        mut ring: KeyRing,
        id: &str,
        voids_recovery_codes: bool,
        yes: bool,
        output: &mut Output<'_>,
    ) -> Result<Exit, CommandError> {
        let Some(key) = ring.find(id) else {
            return Err(CommandError::not_found("the key ring has no such key")
                .advise("`countersign key list` shows those that it has"));
        };
        if key.state() == KeyState::Primary {
            return Err(CommandError::refused("the primary key cannot be retired")
                .advise("run `countersign key rotate` and `countersign key rewrap` first"));
        }
        let question = if voids_recovery_codes {
            "Retire the key for good, and put the recovery codes out of use that were made with it?"
        } else {
            "Retire the key for good?"
        };
        countersign_cli::confirm(yes, question, self.terminal, output)?;
        // The file can be written, or nothing is begun.
        ring.retire(id).map_err(refused)?;
        let application = application(self.settings, self.store, None);
        let retire = RetireMasterKey { key_id: id.to_owned(), voids_recovery_codes };
        let voided = match retire.execute(&application).await? {
            Retirement::Retired { voided } => voided,
            Retirement::InUse(used) => return Err(in_use(&used)),
        };
        ring.save(&OsEntropy).map_err(|error| {
            refused(error).advise("nothing is sealed under the key any more; run it again when the file can be written")
        })?;
        output.result(&RetiredView { key: id.to_owned(), recovery_sets_voided: voided })?;
        if self.is_shared() {
            output.note("Copy the key ring to every node.")?;
        }
        output.note("The key stays in the key ring, as retired. Backups from before still need it: keep yours.")?;
        Ok(Exit::Done)
    }

    /// Whether other nodes may work on the same database.
    fn is_shared(&self) -> bool {
        self.settings.database_url.engine().is_server()
    }
}

fn not_added() -> CommandError {
    CommandError::refused("there is no key to rotate to: on several nodes, each must have it before one seals under it").advise(
        "run `countersign key add`, copy the key ring to every node, and run this again; `--only-node` does both at once \
         where there is one node only",
    )
}

/// Why a key stays, and what to do about it.
fn in_use(used: &KeyUse) -> CommandError {
    let mut needed = Vec::new();
    let mut advice = Vec::new();
    for (number, what) in [
        (used.authenticators, "authenticators"),
        (used.recovery_codes, "recovery codes that may be viewed"),
        (used.kept_answers, "requests and answers that may be repeated"),
        (used.recovery_sets, "sets of recovery codes"),
        (used.pending_sets, "enrollments that are under way"),
    ] {
        if number > 0 {
            needed.push(format!("{number} {what}"));
        }
    }
    if used.sealed() > 0 {
        advice.push("run `countersign key rewrap`, and see that every node has the present key ring");
    }
    if used.pending_sets > 0 {
        advice.push("wait until the enrollments have ended, which takes minutes");
    }
    if used.recovery_sets > 0 {
        advice.push(
            "recovery codes cannot be made anew without their owners: wait until they have made new ones, or put theirs out of \
             use with --void-recovery-codes",
        );
    }
    CommandError::refused(format!("the key is needed: {}", needed.join(", "))).advise(advice.join("; "))
}
