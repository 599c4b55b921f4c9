//! Master keys.

use std::fmt;

use countersign_application::Timestamp;
use countersign_application::ports::Entropy;
use hkdf::{Hkdf, InvalidLength};
use secrecy::{ExposeSecret, SecretBox};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{KeyRingFault, new_material};

/// What a master key may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Seals and opens.
    Primary,
    /// Opens what was sealed with it.
    DecryptOnly,
    /// Does nothing any more; kept so that it can be told from a key that is missing.
    Retired,
}

impl KeyState {
    /// The name in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::DecryptOnly => "decrypt-only",
            Self::Retired => "retired",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A master key: 32 random bytes, from which everything else is derived, with a name that can be shown.
///
/// The material lives on the heap, is zeroized when dropped, and never leaves this crate.
pub struct MasterKey {
    id: String,
    state: KeyState,
    created_at: Timestamp,
    material: SecretBox<[u8; MasterKey::BYTES]>,
}

impl MasterKey {
    pub(crate) const BYTES: usize = 32;

    pub(super) fn new(state: KeyState, created_at: Timestamp, material: &[u8; Self::BYTES]) -> Self {
        let material = SecretBox::init_with_mut(|place: &mut [u8; Self::BYTES]| place.copy_from_slice(material));
        Self { id: identify(material.expose_secret()), state, created_at, material }
    }

    pub(super) fn generate(
        state: KeyState,
        entropy: &dyn Entropy,
        created_at: Timestamp,
    ) -> Result<Self, KeyRingFault> {
        Ok(Self::new(state, created_at, &*new_material(entropy)?))
    }

    pub(super) fn set_state(&mut self, state: KeyState) {
        self.state = state;
    }

    /// The identifier: 16 hexadecimal digits of a digest of the material, which tell nothing of it but show damage.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it may still do.
    #[must_use]
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// When it was made.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    pub(super) fn material(&self) -> &[u8; Self::BYTES] {
        self.material.expose_secret()
    }

    /// A key for one purpose: HKDF-SHA256 (RFC 5869, section 2) with this key as the input keying material.
    pub(crate) fn derive(&self, salt: Option<&[u8]>, info: &[u8]) -> Result<Zeroizing<[u8; 32]>, InvalidLength> {
        let mut derived = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(salt, self.material.expose_secret()).expand(info, &mut derived[..])?;
        Ok(derived)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, {})", self.id, self.state)
    }
}

/// The first 16 hexadecimal digits of a digest of the material: enough to tell keys apart and to notice damage, and no
/// help in guessing 32 random bytes.
pub(super) fn identify(material: &[u8; MasterKey::BYTES]) -> String {
    let digest = Sha256::new().chain_update(b"countersign key id v1").chain_update(material).finalize();
    let mut id = hex::encode(digest);
    id.truncate(16);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivation_is_the_hkdf_of_rfc_5869() {
        // The RFC's vectors have other input lengths than a master key, so the function under it is held against
        // appendix A.1, and `derive` against that function.
        let mut okm = [0; 42];
        let salt = hex::decode("000102030405060708090a0b0c").unwrap();
        let info = hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap();
        Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22]).expand(&info, &mut okm).unwrap();
        assert_eq!(
            hex::encode(okm),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );

        let key = MasterKey::new(KeyState::Primary, Timestamp::from_micros(0), &[0x0b; 32]);
        let mut expected = [0; 32];
        Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 32]).expand(&info, &mut expected).unwrap();
        assert_eq!(*key.derive(Some(&salt), &info).unwrap(), expected);
    }

    #[test]
    fn what_is_derived_differs_by_key_salt_and_info() {
        let at = Timestamp::from_micros(0);
        let key = MasterKey::new(KeyState::Primary, at, &[1; 32]);
        let other = MasterKey::new(KeyState::Primary, at, &[2; 32]);
        let derived = key.derive(Some(b"salt"), b"info").unwrap();
        assert_ne!(derived, other.derive(Some(b"salt"), b"info").unwrap());
        assert_ne!(derived, key.derive(Some(b"tals"), b"info").unwrap());
        assert_ne!(derived, key.derive(Some(b"salt"), b"ofni").unwrap());
    }
}
