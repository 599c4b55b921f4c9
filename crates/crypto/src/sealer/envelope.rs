//! The format of a sealed value.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format version, 1 |
//! | 16 | salt of the subkey, random |
//! | 24 | nonce, random |
//! | … | ciphertext |
//! | 16 | tag |
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, section 2) under a subkey that HKDF-SHA256 (RFC 5869) derives from
//! the master key and the salt. No two values share a subkey, so that no number of values wears a master key out.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use countersign_application::ports::{Entropy, Sealed, SealerError};
use zeroize::Zeroizing;

use super::Binding;
use crate::entropy::draw;
use crate::key_ring::MasterKey;

const VERSION: u8 = 1;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Names what is derived from a master key here (RFC 5869, section 3.2).
const SUBKEY_INFO: &[u8] = b"countersign seal v1";

pub(crate) fn seal(
    key: &MasterKey,
    binding: &Binding,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Sealed, SealerError> {
    let salt = draw::<SALT_BYTES>(entropy).map_err(failed)?;
    let nonce = draw::<NONCE_BYTES>(entropy).map_err(failed)?;
    let associated_data = binding.associated_data(VERSION, key.id());
    let payload = Payload { msg: plaintext, aad: &associated_data };
    let ciphertext = cipher(key, &salt)?.encrypt(&XNonce::from(*nonce), payload).map_err(failed)?;

    let mut bytes = Vec::with_capacity(1 + SALT_BYTES + NONCE_BYTES + ciphertext.len());
    bytes.push(VERSION);
    bytes.extend_from_slice(&salt[..]);
    bytes.extend_from_slice(&nonce[..]);
    bytes.extend_from_slice(&ciphertext);
    Ok(Sealed { key_id: key.id().to_owned(), bytes })
}

pub(crate) fn open(key: &MasterKey, binding: &Binding, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealerError> {
    let (&version, rest) = bytes.split_first().ok_or(SealerError::Broken)?;
    let (salt, rest) = rest.split_first_chunk::<SALT_BYTES>().ok_or(SealerError::Broken)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealerError::Broken)?;
    if version != VERSION || ciphertext.len() < TAG_BYTES {
        return Err(SealerError::Broken);
    }
    let associated_data = binding.associated_data(version, key.id());
    let payload = Payload { msg: ciphertext, aad: &associated_data };
    let plaintext = cipher(key, salt)?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealerError::Broken)?;
    Ok(Zeroizing::new(plaintext))
}

/// Zeroizes its copy of the subkey when dropped.
fn cipher(key: &MasterKey, salt: &[u8; SALT_BYTES]) -> Result<XChaCha20Poly1305, SealerError> {
    let subkey = key.derive(Some(salt), SUBKEY_INFO).map_err(failed)?;
    let subkey: &Key = (&*subkey).into();
    Ok(XChaCha20Poly1305::new(subkey))
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SealerError {
    SealerError::Failed(Box::new(error))
}
