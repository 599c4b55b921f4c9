use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use countersign_application::account::{PasswordHash, PasswordHasher, PasswordHasherError, PasswordVerdict};
use countersign_application::ports::Behalf;
use secrecy::{ExposeSecret, SecretString};

const CURRENT: &str = "$plain$";
const OUTDATED: &str = "$plain-old$";

/// Compares marked text and counts, so that a test can see that an unknown login costs a verification too.
#[derive(Debug, Default)]
pub struct PlainPasswordHasher {
    hashes: AtomicUsize,
    verifications: AtomicUsize,
    busy: AtomicBool,
}

impl PlainPasswordHasher {
    /// The hash of a password.
    #[must_use]
    pub fn hash_of(password: &str) -> PasswordHash {
        PasswordHash::new(format!("{CURRENT}{password}"))
    }

    /// The hash of a password, made with parameters that have risen since.
    #[must_use]
    pub fn outdated_hash_of(password: &str) -> PasswordHash {
        PasswordHash::new(format!("{OUTDATED}{password}"))
    }

    /// How many passwords were hashed.
    #[must_use]
    pub fn hashes(&self) -> usize {
        self.hashes.load(Ordering::SeqCst)
    }

    /// How many passwords were checked, with or without a hash to compare with.
    #[must_use]
    pub fn verifications(&self) -> usize {
        self.verifications.load(Ordering::SeqCst)
    }

    /// Whether everything is refused from now on, as with too many computations waiting.
    pub fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::SeqCst);
    }

    fn refuse_when_busy(&self) -> Result<(), PasswordHasherError> {
        if self.busy.load(Ordering::SeqCst) { Err(PasswordHasherError::Busy) } else { Ok(()) }
    }
}

#[async_trait]
impl PasswordHasher for PlainPasswordHasher {
    async fn hash(&self, password: &SecretString, _behalf: &Behalf) -> Result<PasswordHash, PasswordHasherError> {
        self.refuse_when_busy()?;
        self.hashes.fetch_add(1, Ordering::SeqCst);
        Ok(Self::hash_of(password.expose_secret()))
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
        _behalf: &Behalf,
    ) -> Result<PasswordVerdict, PasswordHasherError> {
        self.refuse_when_busy()?;
        self.verifications.fetch_add(1, Ordering::SeqCst);
        let Some(hash) = hash.map(PasswordHash::as_str) else { return Ok(PasswordVerdict::Wrong) };
        let (expected, outdated) = match (hash.strip_prefix(CURRENT), hash.strip_prefix(OUTDATED)) {
            (Some(expected), _) => (expected, false),
            (None, Some(expected)) => (expected, true),
            (None, None) => return Err(PasswordHasherError::Failed("not a hash of this hasher".into())),
        };
        let right = password.expose_secret() == expected;
        Ok(if right { PasswordVerdict::Right { outdated } } else { PasswordVerdict::Wrong })
    }
}
