//! Opening the master keys at the start. A missing or wrong key stops it: no start is better than one on which every
//! code is invalid, or on which a second key quietly takes the first one's place.

use std::path::Path;
use std::time::Duration;

use countersign_application::ports::{Clock, Entropy, KeyCheck, KeyCheckReads, SealerError, Store, StoreError};
use countersign_cli::CommandError;
use countersign_crypto::{
    KeyCheckError, KeyRing, KeyRingError, KeyRingFault, KeyRingSource, key_check_for, verify_key_checks,
};
use countersign_persistence::SeaStore;
use secrecy::ExposeSecret;

use crate::seen;
use crate::settings::{MASTER_KEY, Settings};

/// The key ring, opened and recognized.
pub(crate) struct OpenedKeys {
    pub(crate) ring: KeyRing,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
}

/// Reads the key ring, from where the settings say.
pub(crate) fn load(settings: &Settings) -> Result<KeyRing, KeyRingError> {
    match &settings.master_key {
        Some(text) => KeyRing::parse(text.expose_secret(), KeyRingSource::Environment(MASTER_KEY.to_owned())),
        None => KeyRing::load(&settings.master_key_file),
    }
}

/// Opens the key ring and holds it against the store. Only for a store that no key was ever used with, a missing key
/// ring is made.
pub(crate) async fn open_or_create(
    settings: &Settings,
    store: &SeaStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<OpenedKeys, CommandError> {
    let path = &settings.master_key_file;
    let checks = store.list_key_checks().await.map_err(unreadable)?;
    let opened = match load(settings) {
        Ok(ring) if checks.is_empty() && seen::was_served(settings) => {
            return Err(of_another_database(settings, &ring));
        }
        Ok(ring) => OpenedKeys { ring, is_new: false },
        Err(error) if matches!(error.fault, KeyRingFault::NotFound) => {
            if !checks.is_empty() {
                return Err(missing(settings, &checks));
            }
            create(path, clock, entropy)?
        }
        Err(error) => return Err(CommandError::refused(error.to_string())),
    };
    let unrecorded =
        verify_key_checks(&opened.ring, &checks).map_err(|error| CommandError::refused(error.to_string()))?;
    if unrecorded.is_empty() {
        return Ok(opened);
    }
    match record(&opened.ring, store, clock, entropy).await? {
        Recorded::Yes => Ok(opened),
        // Another node was first, with another key ring.
        Recorded::NotFitting(_) if opened.is_new => {
            take_back(&opened.ring, path);
            Err(of_another_node(path))
        }
        Recorded::NotFitting(error) => Err(CommandError::refused(error.to_string())),
    }
}

fn create(path: &Path, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<OpenedKeys, CommandError> {
    match KeyRing::create(path, entropy, clock.now()) {
        Ok(ring) => Ok(OpenedKeys { ring, is_new: true }),
        // Another process that starts on the same machine was first.
        Err(error) if matches!(error.fault, KeyRingFault::Exists) => KeyRing::load(path)
            .map(|ring| OpenedKeys { ring, is_new: false })
            .map_err(|error| CommandError::refused(error.to_string())),
        Err(error) => Err(CommandError::refused(error.to_string())),
    }
}

/// Whether the keys of a ring could be written down.
pub(crate) enum Recorded {
    /// They are.
    Yes,
    /// The store was used with other keys meanwhile. Nothing was written down.
    NotFitting(KeyCheckError),
}

/// How often it is tried to write down keys while others are in the way.
const TRIES: u32 = 5;

/// Writes down which keys are about to be used, before anything is sealed under them.
///
/// Nodes that start at the same time do so one after the other, and each looks again before: of several that have made a
/// key ring for an empty database, one keeps it.
pub(crate) async fn record(
    ring: &KeyRing,
    store: &SeaStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Recorded, CommandError> {
    let mut tries = 1;
    loop {
        match record_once(ring, store, clock, entropy).await {
            Ok(recorded) => return Ok(recorded),
            Err(RecordError::Store(StoreError::Contention(_))) if tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(50) * tries).await;
                tries += 1;
            }
            Err(RecordError::Store(error)) => {
                return Err(CommandError::unavailable("the use of a master key cannot be recorded").because(error));
            }
            Err(RecordError::Key(error)) => {
                return Err(CommandError::refused("a master key cannot be used").because(error));
            }
        }
    }
}

/// Why keys could not be written down.
enum RecordError {
    Store(StoreError),
    Key(SealerError),
}

async fn record_once(
    ring: &KeyRing,
    store: &SeaStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Recorded, RecordError> {
    let mut unit = store.begin().await.map_err(RecordError::Store)?;
    let checks = unit.key_checks().lock().await.map_err(RecordError::Store)?;
    let unrecorded = match verify_key_checks(ring, &checks) {
        Ok(unrecorded) => unrecorded,
        Err(error) => return Ok(Recorded::NotFitting(error)),
    };
    for key_id in unrecorded {
        let sealed = key_check_for(ring, &key_id, entropy).map_err(RecordError::Key)?;
        let check = KeyCheck { sealed, created_at: clock.now(), retired_at: None };
        unit.key_checks().insert(&check).await.map_err(RecordError::Store)?;
    }
    unit.commit().await.map_err(RecordError::Store)?;
    Ok(Recorded::Yes)
}

/// Removes the key ring file that this start has made, and no other.
fn take_back(ring: &KeyRing, path: &Path) {
    let is_ours = KeyRing::load(path).is_ok_and(|found| found.primary().id() == ring.primary().id());
    if is_ours && let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(key_ring = %path.display(), %error, "a key ring that nothing was sealed with stays behind");
    }
}

fn of_another_node(path: &Path) -> CommandError {
    CommandError::refused(format!(
        "another node has made this deployment's key ring just now: copy it to {}",
        path.display()
    ))
    .advise("then start this node again; it needs the same key ring, or it could not open what the other one seals")
}

/// An empty database beside a key ring that was in use is a database that is missing.
fn of_another_database(settings: &Settings, ring: &KeyRing) -> CommandError {
    CommandError::refused(format!(
        "the database {} is empty, and the key ring {} was in use with another one",
        settings.database_url,
        ring.source(),
    ))
    .advise(format!(
        "set COUNTERSIGN_DATA_DIR or COUNTERSIGN_DATABASE_URL to where the database is, or put a backup in place with \
         `countersign restore`. For a new deployment with this key ring remove {}; with a key of its own, move the key ring \
         away as well",
        settings.seen_file.display(),
    ))
}

/// Which keys a store was written with, without repeats.
pub(crate) fn names(checks: &[KeyCheck]) -> String {
    let mut names: Vec<String> = checks.iter().map(|check| check.sealed.key_id.escape_debug().to_string()).collect();
    names.dedup();
    names.join(", ")
}

fn missing(settings: &Settings, checks: &[KeyCheck]) -> CommandError {
    let path = settings.master_key_file.display();
    let of_a_node = if settings.database_url.engine().is_server() {
        format!("copy the key ring of another node to {path}, ")
    } else {
        String::new()
    };
    CommandError::refused(format!(
        "the key ring {path} is not there, and the database was sealed with master key {}",
        names(checks)
    ))
    .advise(format!(
        "{of_a_node}restore the key ring from your backup of keys, or set COUNTERSIGN_MASTER_KEY_FILE to where it is; \
         no new one is made, because what is sealed could not be opened with it"
    ))
}

fn unreadable(error: StoreError) -> CommandError {
    CommandError::unavailable("the records of master keys cannot be read").because(error)
}
