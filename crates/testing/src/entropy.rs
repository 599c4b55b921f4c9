use std::sync::{Mutex, PoisonError};

use countersign_application::ports::{Entropy, EntropyError};

/// Bytes that look random and are the same in every run: a xorshift stream from a seed.
#[derive(Debug)]
pub struct ScriptedEntropy(Mutex<u64>);

impl ScriptedEntropy {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Seeds that differ in one bit begin far apart, and none begins at 0, where xorshift stays.
        Self(Mutex::new((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1))
    }
}

impl Default for ScriptedEntropy {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Entropy for ScriptedEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            let word = state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// A source of randomness that fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct FailingEntropy;

impl Entropy for FailingEntropy {
    fn fill(&self, _bytes: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError("this source always fails".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let draw = |seed| {
            let mut bytes = [0_u8; 20];
            ScriptedEntropy::new(seed).fill(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
