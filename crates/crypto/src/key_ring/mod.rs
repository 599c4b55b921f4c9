//! The key ring: the master keys, which live outside of the database.

mod document;
mod error;
mod file;
mod in_use;
mod master_key;
mod warning;

#[cfg(test)]
pub(crate) mod test_rings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use countersign_application::Timestamp;
use countersign_application::ports::Entropy;
use zeroize::Zeroizing;

pub use error::{KeyRingError, KeyRingFault};
pub use in_use::KeyRingInUse;
pub use master_key::{KeyState, MasterKey};
pub use warning::KeyRingWarning;

use crate::entropy::draw;

/// Where a key ring came from, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRingSource {
    /// A file: an ordinary one, or a credential that systemd provides.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
}

impl fmt::Display for KeyRingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "in the environment variable {name}"),
        }
    }
}

/// The master keys: exactly one primary, under which everything new is sealed, and others that only open.
///
/// To rotate without interruption on several nodes: [`KeyRing::add`] a key and give the file to every node, then
/// [`KeyRing::promote`] it and do so again, rewrap, and [`KeyRing::retire`] the old key when nothing needs it.
pub struct KeyRing {
    source: KeyRingSource,
    warnings: Vec<KeyRingWarning>,
    primary: MasterKey,
    others: Vec<MasterKey>,
}

impl KeyRing {
    /// Reads a key ring file.
    ///
    /// # Errors
    /// The file cannot be read, or what it holds is not a key ring; see [`KeyRingFault`].
    pub fn load(path: &Path) -> Result<Self, KeyRingError> {
        let source = KeyRingSource::File(path.to_owned());
        let (text, mode) = match file::read(path) {
            Ok(read) => read,
            Err(fault) => return Err(KeyRingError { ring: source, fault }),
        };
        let mut ring = Self::parse(&text, source)?;
        ring.warnings.extend(KeyRingWarning::of_mode(path, mode));
        Ok(ring)
    }

    /// Reads the text of a key ring that came from elsewhere, such as an environment variable.
    ///
    /// # Errors
    /// The text is not a key ring; see [`KeyRingFault`].
    pub fn parse(text: &str, source: KeyRingSource) -> Result<Self, KeyRingError> {
        match document::read(text) {
            Ok((primary, others)) => {
                let warnings = KeyRingWarning::of_source(&source).into_iter().collect();
                Ok(Self { source, warnings, primary, others })
            }
            Err(fault) => Err(KeyRingError { ring: source, fault }),
        }
    }

    /// Makes a key ring with one new key and writes it to a file that does not exist yet: readable by its owner only
    /// (0400), on disk when this returns, and complete or not there at all.
    ///
    /// # Errors
    /// Something of this name exists, the file cannot be written, or randomness failed.
    pub fn create(path: &Path, entropy: &dyn Entropy, now: Timestamp) -> Result<Self, KeyRingError> {
        let source = KeyRingSource::File(path.to_owned());
        let created = MasterKey::generate(KeyState::Primary, entropy, now).and_then(|primary| {
            file::create(path, &document::write([&primary]), entropy)?;
            Ok(primary)
        });
        match created {
            Ok(primary) => Ok(Self { source, warnings: Vec::new(), primary, others: Vec::new() }),
            Err(fault) => Err(KeyRingError { ring: source, fault }),
        }
    }

    /// The text of a key ring with one new key, for a place that is no file, and the identifier of its key.
    ///
    /// # Errors
    /// Randomness failed.
    pub fn write_new(entropy: &dyn Entropy, now: Timestamp) -> Result<(Zeroizing<String>, String), KeyRingFault> {
        let primary = MasterKey::generate(KeyState::Primary, entropy, now)?;
        Ok((document::write([&primary]), primary.id().to_owned()))
    }

    /// Replaces the file that the key ring was loaded from by what the key ring is now, at once and durably.
    ///
    /// # Errors
    /// It did not come from a file, or the file cannot be written; then it is as it was.
    pub fn save(&self, entropy: &dyn Entropy) -> Result<(), KeyRingError> {
        let saved = match &self.source {
            KeyRingSource::File(path) => file::replace(path, &document::write(self.keys()), entropy),
            KeyRingSource::Environment(_) => Err(KeyRingFault::NotAFile),
        };
        saved.map_err(|fault| KeyRingError { ring: self.source.clone(), fault })
    }

    /// Adds a new key that opens and does not seal yet, and answers its identifier.
    ///
    /// # Errors
    /// Randomness failed.
    pub fn add(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Result<String, KeyRingError> {
        let key = MasterKey::generate(KeyState::DecryptOnly, entropy, now)
            .map_err(|fault| KeyRingError { ring: self.source.clone(), fault })?;
        let id = key.id().to_owned();
        self.others.push(key);
        Ok(id)
    }

    /// Makes a key the primary one; the primary so far only opens from then on.
    ///
    /// # Errors
    /// There is no such key, or it is retired.
    pub fn promote(&mut self, key_id: &str) -> Result<(), KeyRingError> {
        if self.primary.id() == key_id {
            return Ok(());
        }
        let key = self.others.iter_mut().find(|key| key.id() == key_id && key.state() != KeyState::Retired);
        let Some(key) = key else {
            return Err(self.error(KeyRingFault::NoSuchKey));
        };
        std::mem::swap(&mut self.primary, key);
        self.primary.set_state(KeyState::Primary);
        key.set_state(KeyState::DecryptOnly);
        Ok(())
    }

    /// Retires a key: it no longer opens anything. The caller makes sure that nothing is sealed under it any more and
    /// that no set of recovery codes was made with its pepper.
    ///
    /// # Errors
    /// There is no such key, or it is the primary one.
    pub fn retire(&mut self, key_id: &str) -> Result<(), KeyRingError> {
        if self.primary.id() == key_id {
            return Err(self.error(KeyRingFault::PrimaryNotRetired));
        }
        match self.others.iter_mut().find(|key| key.id() == key_id) {
            Some(key) => {
                key.set_state(KeyState::Retired);
                Ok(())
            }
            None => Err(self.error(KeyRingFault::NoSuchKey)),
        }
    }

    /// Where it came from.
    #[must_use]
    pub fn source(&self) -> &KeyRingSource {
        &self.source
    }

    /// What the operator should know about it.
    #[must_use]
    pub fn warnings(&self) -> &[KeyRingWarning] {
        &self.warnings
    }

    /// The key under which everything new is sealed.
    #[must_use]
    pub fn primary(&self) -> &MasterKey {
        &self.primary
    }

    /// All keys, the primary first.
    pub fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.primary).chain(&self.others)
    }

    /// The key of an identifier, whatever its state.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&MasterKey> {
        self.keys().find(|key| key.id() == key_id)
    }

    /// The key of an identifier, unless it is retired.
    #[must_use]
    pub fn find_usable(&self, key_id: &str) -> Option<&MasterKey> {
        self.find(key_id).filter(|key| key.state() != KeyState::Retired)
    }

    fn error(&self, fault: KeyRingFault) -> KeyRingError {
        KeyRingError { ring: self.source.clone(), fault }
    }
}

impl fmt::Debug for KeyRing {
    /// Identifiers and states only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("source", &self.source)
            .field("primary", &self.primary)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

/// Random material for a new key.
fn new_material(entropy: &dyn Entropy) -> Result<Zeroizing<[u8; MasterKey::BYTES]>, KeyRingFault> {
    draw(entropy).map_err(KeyRingFault::Entropy)
}
