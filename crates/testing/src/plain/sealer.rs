use async_trait::async_trait;
use countersign_application::ports::{SealContext, Sealed, SealerError, SecretSealer};
use zeroize::Zeroizing;

use super::digest::digest;
use super::{KEY_ID, OLDER_KEY_ID};

const TAG_BYTES: usize = 32;
const MASK: u8 = 0x5a;

/// Masks a value and puts a tag of its context before it. It opens with an older key as well. A value that was changed or moved does not open.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSealer;

fn tag(context: &SealContext, masked: &[u8]) -> [u8; TAG_BYTES] {
    digest(&[format!("{context:?}").as_bytes(), masked])
}

#[async_trait]
impl SecretSealer for PlainSealer {
    async fn seal(&self, context: &SealContext, plaintext: &[u8]) -> Result<Sealed, SealerError> {
        let masked: Vec<u8> = plaintext.iter().map(|byte| byte ^ MASK).collect();
        Ok(Sealed { key_id: KEY_ID.to_owned(), bytes: [&tag(context, &masked)[..], &masked].concat() })
    }

    async fn open(&self, context: &SealContext, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealerError> {
        if ![KEY_ID, OLDER_KEY_ID].contains(&sealed.key_id.as_str()) {
            return Err(SealerError::KeyMissing { key_id: sealed.key_id.clone() });
        }
        match sealed.bytes.split_at_checked(TAG_BYTES) {
            Some((found, masked)) if found == tag(context, masked) => {
                Ok(Zeroizing::new(masked.iter().map(|byte| byte ^ MASK).collect()))
            }
            _ => Err(SealerError::Broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_application::ports::SealPurpose;
    use countersign_core::TotpParameters;
    use uuid::Uuid;

    use super::*;
    use crate::{a_realm, an_account};

    #[tokio::test]
    async fn a_sealed_value_opens_in_its_place_only() {
        let realm = a_realm();
        let account = an_account(&realm, "ada");
        let context = SealContext {
            realm_id: realm.id,
            account_id: account.id,
            row_id: Uuid::from_u128(1),
            purpose: SealPurpose::TotpSecret(TotpParameters::DEFAULT),
        };
        let sealed = PlainSealer.seal(&context, b"secret").await.unwrap();
        assert_eq!(*PlainSealer.open(&context, &sealed).await.unwrap(), b"secret");
        for moved in [
            SealContext { row_id: Uuid::from_u128(2), ..context },
            SealContext { account_id: an_account(&realm, "bob").id, ..context },
            SealContext { realm_id: a_realm().id, ..context },
            SealContext { purpose: SealPurpose::RecoveryCode, ..context },
        ] {
            assert!(matches!(PlainSealer.open(&moved, &sealed).await, Err(SealerError::Broken)));
        }
        let elsewhere = Sealed { key_id: "other".to_owned(), ..sealed };
        assert!(matches!(PlainSealer.open(&context, &elsewhere).await, Err(SealerError::KeyMissing { .. })));
    }
}
