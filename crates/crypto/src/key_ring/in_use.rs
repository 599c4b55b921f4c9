//! The key ring that a process works with, which may be changed on disk meanwhile.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::{KeyRing, KeyRingSource, KeyState, MasterKey};

/// The key ring that is in use. Clones share it, so that all take a new one over at once.
#[derive(Clone, Debug)]
pub struct KeyRingInUse {
    ring: Arc<RwLock<Arc<KeyRing>>>,
    /// The file that was looked at last.
    looked_at: Arc<Mutex<Option<FileStamp>>>,
}

/// By what it is known that a file is another one.
type FileStamp = (u64, u64, i64, i64);

impl KeyRingInUse {
    /// Begins with a key ring.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        let looked_at = Arc::new(Mutex::new(stamp(&ring)));
        Self { ring: Arc::new(RwLock::new(Arc::new(ring))), looked_at }
    }

    /// The key ring as it is now.
    #[must_use]
    pub fn now(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes another key ring over.
    pub fn replace(&self, ring: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// The key ring of now, if it has a usable key of this identifier. Where it has not, and the file has changed since, the
    /// file is read once more first: another process may have sealed under a key that it has just added. A file is taken for
    /// the same ring only if it has every key that is used here.
    pub(crate) fn with_key(&self, key_id: &str) -> Option<Arc<KeyRing>> {
        let ring = self.now();
        if ring.find_usable(key_id).is_some() {
            return Some(ring);
        }
        let found = stamp(&ring)?;
        if self.looked_at.lock().unwrap_or_else(PoisonError::into_inner).replace(found) == Some(found) {
            return None;
        }
        let KeyRingSource::File(path) = ring.source() else { return None };
        let fresh = KeyRing::load(path).ok().filter(|fresh| fresh.continues(&ring))?;
        fresh.find_usable(key_id)?;
        self.replace(fresh);
        Some(self.now())
    }
}

impl From<KeyRing> for KeyRingInUse {
    fn from(ring: KeyRing) -> Self {
        Self::new(ring)
    }
}

impl KeyRing {
    /// Whether this is a later state of another key ring: it has each key that the other one used.
    #[must_use]
    pub fn continues(&self, earlier: &Self) -> bool {
        let used = |key: &&MasterKey| key.state() != KeyState::Retired;
        earlier.keys().filter(used).all(|key| self.find(key.id()).is_some())
    }
}

fn stamp(ring: &KeyRing) -> Option<FileStamp> {
    let KeyRingSource::File(path) = ring.source() else { return None };
    let metadata = std::fs::metadata(path as &Path).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}

#[cfg(test)]
mod tests {
    use countersign_application::Timestamp;

    use super::*;
    use crate::OsEntropy;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_769_860_800);

    #[test]
    fn a_key_that_was_just_added_to_the_file_is_found_and_a_foreign_file_is_not_taken() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.toml");
        let in_use = KeyRingInUse::new(KeyRing::create(&path, &OsEntropy, NOW).unwrap());
        let first = in_use.now().primary().id().to_owned();
        assert!(in_use.with_key("0000000000000000").is_none());

        let mut changed = KeyRing::load(&path).unwrap();
        let added = changed.add(&OsEntropy, NOW).unwrap();
        changed.promote(&added).unwrap();
        changed.save(&OsEntropy).unwrap();
        assert_eq!(in_use.with_key(&added).unwrap().primary().id(), added);
        assert!(in_use.with_key(&first).is_some());

        std::fs::remove_file(&path).unwrap();
        let foreign = KeyRing::create(&path, &OsEntropy, NOW).unwrap();
        assert!(in_use.with_key(foreign.primary().id()).is_none());
        assert_eq!(in_use.now().primary().id(), added);
    }
}
