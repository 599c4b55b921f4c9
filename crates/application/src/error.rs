use crate::account::PasswordHasherError;
use crate::enrollment::QrRendererError;
use crate::ports::{EntropyError, SealerError, StoreError};
use crate::recovery::RecoveryDigesterError;

/// What must not happen in a use case. Whoever gets it has been refused: no failing part ever admits anyone.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Passwords could not be hashed or checked.
    #[error(transparent)]
    PasswordHasher(#[from] PasswordHasherError),
    /// Recovery codes could not be digested.
    #[error(transparent)]
    RecoveryDigester(#[from] RecoveryDigesterError),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Sealer(#[from] SealerError),
    /// There was no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A QR code could not be drawn.
    #[error(transparent)]
    QrRenderer(#[from] QrRendererError),
    /// The session that asks was ended while its request was under way.
    #[error("the session was ended while its request was under way")]
    SessionEnded,
    /// The same request, or another under its idempotency key, was carried out first; nothing was done.
    #[error("another request of the same idempotency key was carried out first")]
    Repeated,
    /// Something that other rules make impossible; a fault of this program.
    #[error("a fault of this program: {0}")]
    Fault(&'static str),
}

impl UseCaseError {
    /// Whether it is load and nothing worse: too much is waiting, and the same request may succeed shortly.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Contention(_))
                | Self::PasswordHasher(PasswordHasherError::Busy)
                | Self::RecoveryDigester(RecoveryDigesterError::Computation(PasswordHasherError::Busy))
        )
    }
}
