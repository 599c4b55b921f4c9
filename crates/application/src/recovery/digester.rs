use async_trait::async_trait;
use countersign_core::RecoveryCode;

use crate::account::PasswordHasherError;
use crate::ports::Behalf;

/// The salt of one set of recovery codes.
pub type RecoverySalt = [u8; 16];

/// The slow digest by which a recovery code is found and redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecoveryDigest(pub [u8; 32]);

/// Why a recovery code could not be digested.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryDigesterError {
    /// The master key whose pepper the set was made with is not in the key ring.
    #[error("the master key {key_id} that this set of recovery codes was made with is not in the key ring")]
    KeyMissing {
        /// The key that is missing.
        key_id: String,
    },
    /// The computation was refused or failed.
    #[error(transparent)]
    Computation(#[from] PasswordHasherError),
}

/// Digests recovery codes: Argon2id over the normalized code with the set's salt and a pepper from the key ring.
#[async_trait]
pub trait RecoveryDigester: Send + Sync {
    /// The key whose pepper new sets are made with.
    fn primary_key_id(&self) -> String;

    /// Whether there is a key, and it is not retired.
    fn holds(&self, key_id: &str) -> bool;

    /// The digests of `codes` in their order.
    ///
    /// # Errors
    /// The key is missing, or the computation was refused or failed.
    async fn digest(
        &self,
        codes: &[RecoveryCode],
        salt: &RecoverySalt,
        key_id: &str,
        behalf: &Behalf,
    ) -> Result<Vec<RecoveryDigest>, RecoveryDigesterError>;
}
