//! Opening the master keys at the start. A missing or wrong key stops it: no start is better than one on which every
//! code is invalid, or on which a second key quietly takes the first one's place.

use std::path::Path;

use countersign_application::ports::{Clock, Entropy, KeyCheck, KeyCheckReads, Store, StoreError};
use countersign_cli::CommandError;
use countersign_crypto::{KeyRing, KeyRingFault, key_check_for, verify_key_checks};
use countersign_persistence::SeaStore;

/// The key ring, opened and recognized.
pub(crate) struct OpenedKeys {
    pub(crate) ring: KeyRing,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
}

/// Opens the key ring and holds it against the store. Only for a store that no key was ever used with, a missing key
/// ring is made.
pub(crate) async fn open_or_create(
    path: &Path,
    store: &SeaStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<OpenedKeys, CommandError> {
    let checks = store.list_key_checks().await.map_err(unreadable)?;
    let opened = match KeyRing::load(path) {
        Ok(ring) => OpenedKeys { ring, is_new: false },
        Err(error) if matches!(error.fault, KeyRingFault::NotFound) => {
            if !checks.is_empty() {
                return Err(missing(path, &checks));
            }
            create(path, clock, entropy)?
        }
        Err(error) => return Err(CommandError::refused(error.to_string())),
    };
    let unrecorded =
        verify_key_checks(&opened.ring, &checks).map_err(|error| CommandError::refused(error.to_string()))?;
    for key_id in unrecorded {
        record(&opened.ring, &key_id, store, clock, entropy).await?;
    }
    Ok(opened)
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

/// Writes down which key is about to be used, before anything is sealed under it.
async fn record(
    ring: &KeyRing,
    key_id: &str,
    store: &SeaStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), CommandError> {
    let sealed = key_check_for(ring, key_id, entropy)
        .map_err(|error| CommandError::refused("a master key cannot be used").because(error))?;
    let check = KeyCheck { sealed, created_at: clock.now() };
    let recorded = async {
        let mut unit = store.begin().await?;
        unit.key_checks().insert(&check).await?;
        unit.commit().await
    };
    match recorded.await {
        // Another node that starts with the same key was first.
        Ok(()) | Err(StoreError::Conflict { .. }) => Ok(()),
        Err(error) => Err(CommandError::unavailable("the use of a master key cannot be recorded").because(error)),
    }
}

/// Which keys a store was written with, without repeats.
pub(crate) fn names(checks: &[KeyCheck]) -> String {
    let mut names: Vec<String> = checks.iter().map(|check| check.sealed.key_id.escape_debug().to_string()).collect();
    names.dedup();
    names.join(", ")
}

fn missing(path: &Path, checks: &[KeyCheck]) -> CommandError {
    CommandError::refused(format!(
        "the key ring {} is not there, and the database was sealed with master key {}",
        path.display(),
        names(checks)
    ))
    .advise(
        "restore the key ring from your backup of keys, or set COUNTERSIGN_MASTER_KEY_FILE to where it is; no new one \
         is made, because what is sealed could not be opened with it",
    )
}

fn unreadable(error: StoreError) -> CommandError {
    CommandError::unavailable("the records of master keys cannot be read").because(error)
}
