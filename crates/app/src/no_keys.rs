//! The place of the master keys where none are opened.

use async_trait::async_trait;
use countersign_application::ports::{Behalf, SealContext, Sealed, SealerError, SecretSealer};
use countersign_application::recovery::{RecoveryDigest, RecoveryDigester, RecoveryDigesterError, RecoverySalt};
use countersign_core::RecoveryCode;

/// Seals and opens nothing. The commands beside the database look after accounts without the master keys: who may not
/// read the key ring can still unlock someone. What would need a key is refused.
pub(crate) struct NoKeys;

/// How a refusal names the key: not any, but all of them.
const NOT_OPENED: &str = "(not opened by this command)";

#[async_trait]
impl SecretSealer for NoKeys {
    async fn seal(&self, _context: &SealContext, _plaintext: &[u8]) -> Result<Sealed, SealerError> {
        Err(SealerError::KeyMissing { key_id: NOT_OPENED.to_owned() })
    }

    async fn open(&self, _context: &SealContext, sealed: &Sealed) -> Result<zeroize::Zeroizing<Vec<u8>>, SealerError> {
        Err(SealerError::KeyMissing { key_id: sealed.key_id.clone() })
    }
}

#[async_trait]
impl RecoveryDigester for NoKeys {
    fn primary_key_id(&self) -> String {
        NOT_OPENED.to_owned()
    }

    fn holds(&self, _key_id: &str) -> bool {
        false
    }

    async fn digest(
        &self,
        _codes: &[RecoveryCode],
        _salt: &RecoverySalt,
        key_id: &str,
        _behalf: &Behalf,
    ) -> Result<Vec<RecoveryDigest>, RecoveryDigesterError> {
        Err(RecoveryDigesterError::KeyMissing { key_id: key_id.to_owned() })
    }
}
