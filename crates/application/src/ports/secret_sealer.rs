use async_trait::async_trait;
use countersign_core::TotpParameters;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{AccountId, RealmId};

/// What a sealed value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealPurpose {
    /// The secret of an authenticator with these parameters.
    TotpSecret(TotpParameters),
    /// A recovery code that may be viewed again.
    RecoveryCode,
    /// The time at which a set-up link was made.
    SetUpLink,
    /// The time at which a link for a password was made, and the version of the password that it replaces.
    PasswordLink,
    /// What tells a request from others under the same idempotency key.
    IdempotentRequest,
    /// What was answered to a request that may be sent again.
    IdempotentAnswer,
}

/// The row that a value is sealed to. Opening it anywhere else, or with other parameters, fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealContext {
    pub realm_id: RealmId,
    pub account_id: AccountId,
    /// The row itself: the authenticator or the recovery code.
    pub row_id: Uuid,
    /// What for.
    pub purpose: SealPurpose,
}

/// A sealed value, with the name of the key that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The master key it was sealed under.
    pub key_id: String,
    /// Format version, salt, nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// Why a value could not be sealed or opened. Never an "invalid code": it is always the operator's concern.
#[derive(Debug, thiserror::Error)]
pub enum SealerError {
    /// The master key is not in the key ring.
    #[error("the master key {key_id} is not in the key ring")]
    KeyMissing {
        /// The key that is missing.
        key_id: String,
    },
    /// The ciphertext is damaged, or belongs to another row.
    #[error("a sealed value does not open: it was changed, or moved from another row")]
    Broken,
    /// Randomness or the cipher failed.
    #[error("a value could not be sealed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Seals secrets at rest. Asynchronous, so that a key-management service can be an adapter.
#[async_trait]
pub trait SecretSealer: Send + Sync {
    /// Seals `plaintext` to the row of `context`, under the primary key.
    ///
    /// # Errors
    /// Randomness or the cipher failed.
    async fn seal(&self, context: &SealContext, plaintext: &[u8]) -> Result<Sealed, SealerError>;

    /// Opens what was sealed to the row of `context`.
    ///
    /// # Errors
    /// The key is missing, or the value is not what was sealed to this row.
    async fn open(&self, context: &SealContext, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealerError>;
}
