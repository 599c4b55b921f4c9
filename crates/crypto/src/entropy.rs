//! Randomness.

use countersign_application::ports::{Entropy, EntropyError};
use zeroize::Zeroizing;

/// The operating system's random number generator (`getrandom` on Linux). There is no fallback: without it, whatever
/// needs randomness is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the Entropy port")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| EntropyError(Box::new(error)))
    }
}

/// Draws `N` random bytes, zeroized when dropped.
pub(crate) fn draw<const N: usize>(entropy: &dyn Entropy) -> Result<Zeroizing<[u8; N]>, EntropyError> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    entropy.fill(&mut bytes[..])?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (first, second) = (draw::<32>(&OsEntropy).unwrap(), draw::<32>(&OsEntropy).unwrap());
        assert_ne!(*first, *second);
        assert_ne!(*first, [0; 32]);
    }
}
