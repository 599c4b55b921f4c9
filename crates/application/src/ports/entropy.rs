/// The source of randomness failed; whatever needed it was refused.
#[derive(Debug, thiserror::Error)]
#[error("the source of randomness failed")]
pub struct EntropyError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Randomness fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    ///
    /// # Errors
    /// The source failed; `bytes` must not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}
