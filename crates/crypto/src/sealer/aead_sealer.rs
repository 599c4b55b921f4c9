//! The sealer.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::{Entropy, SealContext, Sealed, SealerError, SecretSealer};
use zeroize::Zeroizing;

use super::{Binding, envelope};
use crate::key_ring::KeyRingInUse;

/// Seals under the keys of a key ring with authenticated encryption, each value to its row.
#[derive(Clone)]
pub struct AeadSealer {
    ring: KeyRingInUse,
    entropy: Arc<dyn Entropy>,
}

impl AeadSealer {
    /// Seals under the primary key of `ring`, and opens with every key of it that is not retired.
    #[must_use]
    pub fn new(ring: impl Into<KeyRingInUse>, entropy: Arc<dyn Entropy>) -> Self {
        Self { ring: ring.into(), entropy }
    }
}

impl std::fmt::Debug for AeadSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AeadSealer").field("ring", &self.ring).finish_non_exhaustive()
    }
}

#[async_trait]
impl SecretSealer for AeadSealer {
    async fn seal(&self, context: &SealContext, plaintext: &[u8]) -> Result<Sealed, SealerError> {
        envelope::seal(self.ring.now().primary(), &Binding::of_context(context), plaintext, &*self.entropy)
    }

    async fn open(&self, context: &SealContext, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealerError> {
        let ring = self.ring.with_key(&sealed.key_id);
        let key = ring.as_ref().and_then(|ring| ring.find_usable(&sealed.key_id));
        let key = key.ok_or_else(|| SealerError::KeyMissing { key_id: sealed.key_id.clone() })?;
        envelope::open(key, &Binding::of_context(context), &sealed.bytes)
    }
}
