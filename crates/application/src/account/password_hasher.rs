use async_trait::async_trait;
use secrecy::SecretString;

use crate::ports::Behalf;

/// A password hash in PHC string format. Not a secret as a password is, but nothing to print either.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// What a password check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// The password is right.
    Right {
        /// The hash was made with weaker parameters than today's and should be made anew.
        outdated: bool,
    },
    /// The password is wrong, or there was no hash to compare it with.
    Wrong,
}

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordHasherError {
    /// Too many computations are waiting already, or too many on the same behalf, or it waited for too long.
    #[error("too many password computations are waiting")]
    Busy,
    /// The stored hash or the computation is faulty.
    #[error("a password could not be hashed or checked")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Slow hashing of passwords, off the executor, bounded in number, with fair places by [`Behalf`].
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password with a fresh salt.
    ///
    /// # Errors
    /// Too many computations are waiting, or one failed.
    async fn hash(&self, password: &SecretString, behalf: &Behalf) -> Result<PasswordHash, PasswordHasherError>;

    /// Checks a password. Without a hash it does the same work and answers [`PasswordVerdict::Wrong`], so that an
    /// unknown login takes as long as a known one.
    ///
    /// # Errors
    /// Too many computations are waiting, or one failed.
    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
        behalf: &Behalf,
    ) -> Result<PasswordVerdict, PasswordHasherError>;
}

/// Knows the passwords that guessers try first. Judging one is slow as well: it takes a place as a hash does.
#[async_trait]
pub trait PasswordScreen: Send + Sync {
    /// Whether `password` is too common for an account of which a guesser knows these words: its login, and what its realm
    /// is called.
    ///
    /// # Errors
    /// Too many computations are waiting, or this one failed.
    async fn is_common(
        &self,
        password: &SecretString,
        known: &[&str],
        behalf: &Behalf,
    ) -> Result<bool, PasswordHasherError>;
}
