//! The key ring, which is changed on disk while the server goes on.

use std::hash::{DefaultHasher, Hash, Hasher};

use countersign_crypto::{KeyRing, KeyRingInUse, OsEntropy, SystemClock};
use countersign_persistence::SeaStore;
use zeroize::Zeroizing;

use crate::keys::{self, Recorded};
use crate::settings::Settings;

/// The file of the key ring, and by what it is known whether it has changed.
pub(super) struct Watch {
    settings: Settings,
    store: SeaStore,
    ring: KeyRingInUse,
    seen: Option<u64>,
}

impl Watch {
    pub(super) fn new(settings: &Settings, store: SeaStore, ring: KeyRingInUse) -> Self {
        let mut watch = Self { settings: settings.clone(), store, ring, seen: None };
        watch.seen = watch.file();
        watch
    }

    /// A number that is another one when the file is.
    fn file(&self) -> Option<u64> {
        if self.settings.master_key.is_some() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        Zeroizing::new(std::fs::read(&self.settings.master_key_file).ok()?).hash(&mut hasher);
        Some(hasher.finish())
    }

    /// Takes the key ring on disk over, if it is a later state of the one in use and fits the database. What cannot be used
    /// changes nothing.
    pub(super) async fn look(&mut self, asked: bool) {
        if self.settings.master_key.is_some() {
            return;
        }
        let file = self.file();
        if file == self.seen && !asked {
            return;
        }
        match self.take_over().await {
            Ok(ids) => {
                tracing::info!(keys = ids, primary_key = self.ring.now().primary().id(), "the key ring was read again");
            }
            Err(Refusal::Lasting(why)) => {
                let file = self.settings.master_key_file.display();
                tracing::error!(%file, "the key ring on disk cannot be used; the one before is kept: {why}");
            }
            Err(Refusal::Passing(why)) => {
                tracing::warn!("the changed key ring is not taken over yet: {why}");
                return;
            }
        }
        self.seen = file;
    }

    async fn take_over(&self) -> Result<String, Refusal> {
        let fresh = keys::load(&self.settings).map_err(|error| Refusal::Lasting(error.to_string()))?;
        if !fresh.continues(&self.ring.now()) {
            return Err(Refusal::Lasting("it lacks a key that is in use here".to_owned()));
        }
        // Before anything is sealed under it, each key is written down.
        match keys::record(&fresh, &self.store, &SystemClock, &OsEntropy).await {
            Ok(Recorded::Yes) => {}
            Ok(Recorded::NotFitting(error)) => return Err(Refusal::Lasting(error.to_string())),
            Err(error) => return Err(Refusal::Passing(error.chain())),
        }
        let ids = names(&fresh);
        self.ring.replace(fresh);
        Ok(ids)
    }
}

/// Why a key ring is not taken over.
enum Refusal {
    /// Because of what is in it.
    Lasting(String),
    /// Because the database does not answer: it is tried again.
    Passing(String),
}

fn names(ring: &KeyRing) -> String {
    let names: Vec<String> = ring.keys().map(|key| format!("{} {}", key.id(), key.state())).collect();
    names.join(", ")
}
