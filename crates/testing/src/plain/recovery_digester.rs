use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use countersign_application::ports::Behalf;
use countersign_application::recovery::{RecoveryDigest, RecoveryDigester, RecoveryDigesterError, RecoverySalt};
use countersign_core::RecoveryCode;

use super::KEY_ID;
use super::digest::digest;

/// Digests recovery codes at once, and counts.
#[derive(Debug, Default)]
pub struct PlainRecoveryDigester {
    digests: AtomicUsize,
}

impl PlainRecoveryDigester {
    /// How many codes were digested.
    #[must_use]
    pub fn digests(&self) -> usize {
        self.digests.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl RecoveryDigester for PlainRecoveryDigester {
    fn primary_key_id(&self) -> String {
        KEY_ID.to_owned()
    }

    fn holds(&self, key_id: &str) -> bool {
        key_id == KEY_ID
    }

    async fn digest(
        &self,
        codes: &[RecoveryCode],
        salt: &RecoverySalt,
        key_id: &str,
        _behalf: &Behalf,
    ) -> Result<Vec<RecoveryDigest>, RecoveryDigesterError> {
        if key_id != KEY_ID {
            return Err(RecoveryDigesterError::KeyMissing { key_id: key_id.to_owned() });
        }
        // Like the real one, it lets others go on meanwhile.
        tokio::task::yield_now().await;
        self.digests.fetch_add(codes.len(), Ordering::SeqCst);
        Ok(codes.iter().map(|code| RecoveryDigest(digest(&[salt, code.normalized().as_bytes()]))).collect())
    }
}
