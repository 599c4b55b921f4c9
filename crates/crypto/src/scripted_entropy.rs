//! Randomness for tests: a fixed sequence, so that formats can be pinned, or a failure.

use std::sync::Mutex;

use countersign_application::ports::{Entropy, EntropyError};

/// Yields `first`, `first + 1`, … over all calls.
#[derive(Debug)]
pub(crate) struct CountingEntropy(Mutex<u8>);

impl CountingEntropy {
    pub(crate) fn from(first: u8) -> Self {
        Self(Mutex::new(first))
    }
}

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut next = self.0.lock().unwrap();
        for byte in bytes {
            *byte = *next;
            *next = next.wrapping_add(1);
        }
        Ok(())
    }
}

/// Always fails.
#[derive(Debug)]
pub(crate) struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError("the source is dry".into()))
    }
}
