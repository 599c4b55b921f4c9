//! What can be wrong with a key ring.

use std::fmt;
use std::io;

use countersign_application::ports::EntropyError;

use super::KeyRingSource;

/// A key ring cannot be used: which one, why, and what to do. Never contains key material.
#[derive(Debug, thiserror::Error)]
#[error("the key ring {ring} cannot be used: {fault}")]
pub struct KeyRingError {
    /// Which key ring.
    pub ring: KeyRingSource,
    /// What is wrong with it.
    pub fault: KeyRingFault,
}

/// What is wrong with a key ring.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingFault {
    /// There is no such file.
    #[error(
        "there is no such file. Point COUNTERSIGN_MASTER_KEY_FILE at the key ring, or restore it from your backup of \
         keys"
    )]
    NotFound,
    /// A new key ring was to be made where something exists.
    #[error(
        "it exists already, and a key ring is never overwritten. Use it, or move it away if nothing was ever sealed \
         with it"
    )]
    Exists,
    /// It cannot be read.
    #[error("it cannot be read ({0}). It must be a file that the user running Countersign may read")]
    Unreadable(#[source] io::Error),
    /// It cannot be written.
    #[error("it cannot be written ({0}). Its directory must exist and be writable for the user running this command")]
    Unwritable(#[source] io::Error),
    /// It is longer than any key ring.
    #[error("it is longer than 64 KiB, and so not a key ring. Point COUNTERSIGN_MASTER_KEY_FILE at the right file")]
    TooLong,
    /// It is not TOML of the expected form.
    #[error("line {line} is not as a key ring has it. Restore it from your backup of keys")]
    Syntax {
        /// Where, from 1.
        line: usize,
    },
    /// It has another version than this program knows.
    #[error("it has version {0}, and this program knows version 1 only. Use the program that wrote it, or a newer one")]
    UnknownVersion(i64),
    /// Material is not 32 bytes in base64.
    #[error("the material of its {0} is not 32 bytes in base64. Restore it from your backup of keys")]
    NotMaterial(Position),
    /// Material does not fit the key's identifier.
    #[error("its {0} is damaged: the material does not fit the id. Restore it from your backup of keys")]
    Damaged(Position),
    /// A time of creation is none.
    #[error("created_at of its {0} is not a time such as 2026-01-31T12:00:00Z. Correct it")]
    NotATime(Position),
    /// A key stands there twice.
    #[error("its {0} stands there twice. Remove one of the two")]
    Duplicate(Position),
    /// No key is primary.
    #[error("no key has the state \"primary\". Give it to the key that new secrets are to be sealed with")]
    NoPrimary,
    /// Several keys are primary.
    #[error("several keys have the state \"primary\". Make all but one of them \"decrypt-only\"")]
    SeveralPrimaries,
    /// It did not come from a file.
    #[error("it did not come from a file, so that it cannot be changed here. Change it where it is kept")]
    NotAFile,
    /// There is no such key, or it is retired.
    #[error("it holds no such key, or the key is retired")]
    NoSuchKey,
    /// The primary key was to be retired.
    #[error("its primary key cannot be retired. Rotate first")]
    PrimaryNotRetired,
    /// Randomness failed.
    #[error("no new key could be made: {0}")]
    Entropy(#[source] EntropyError),
}

/// The place of a key in the file: what stands there as its id is not repeated, for it might be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position(pub(super) usize);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key number {}", self.0)
    }
}
