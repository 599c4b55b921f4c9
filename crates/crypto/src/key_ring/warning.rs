//! What an operator should know about a key ring that works.

use std::fmt;
use std::path::{Path, PathBuf};

use super::KeyRingSource;

/// Something about a key ring that an operator should know and change. Displayed, it says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRingWarning {
    /// The file is open to its group or to everyone.
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key ring came from an environment variable.
    FromEnvironment {
        /// Its name.
        name: String,
    },
}

impl KeyRingWarning {
    pub(super) fn of_mode(path: &Path, mode: u32) -> Option<Self> {
        let mode = mode & 0o7777;
        (mode & 0o077 != 0).then(|| Self::OpenToOthers { path: path.to_owned(), mode })
    }

    pub(super) fn of_source(source: &KeyRingSource) -> Option<Self> {
        match source {
            KeyRingSource::File(_) => None,
            KeyRingSource::Environment(name) => Some(Self::FromEnvironment { name: name.clone() }),
        }
    }
}

impl fmt::Display for KeyRingWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenToOthers { path, mode } => write!(
                f,
                "the key ring {path} has mode {mode:04o} and so is open to others than its owner: chmod 0400 {path}",
                path = path.display(),
            ),
            Self::FromEnvironment { name } => write!(
                f,
                "the key ring comes from the environment variable {name}, which child processes inherit and process \
                 listings may show: put it into a file of mode 0400 or a systemd credential"
            ),
        }
    }
}
