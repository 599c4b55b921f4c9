//! Shared secrets.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base32::Alphabet;
use thiserror::Error;
use zeroize::Zeroizing;

const BASE32: Alphabet = Alphabet::Rfc4648 { padding: false };

/// The secret that the server and an authenticator app share: 16 to 64 bytes (RFC 4226, requirement R6).
///
/// It lives on the heap, so that moving it leaves no copies behind, and is zeroized when dropped.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<Box<[u8]>>);

/// Why something is not a shared secret. Never contains any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SharedSecretError {
    /// Fewer than 16 bytes.
    #[error("the secret must have at least 16 bytes (26 base32 characters)")]
    TooShort,
    /// More than 64 bytes.
    #[error("the secret must have at most 64 bytes (103 base32 characters)")]
    TooLong,
    /// A character that is neither base32 nor a separator.
    #[error("the secret must consist of the letters A to Z and the digits 2 to 7")]
    ForbiddenCharacter,
    /// A number of characters that no base32 text has, or bits after the last byte that are not zero: something is
    /// missing or mistyped.
    #[error("the secret is not complete base32")]
    Incomplete,
}

/// Why no secret was drawn.
#[cfg(feature = "rand")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GenerateSecretError<E> {
    /// No secret has that length.
    #[error(transparent)]
    Length(SharedSecretError),
    /// The generator of random numbers failed.
    #[error("the generator of random numbers failed")]
    Generator(#[source] E),
}

impl SharedSecret {
    /// The least number of bytes (RFC 4226, requirement R6: 128 bits).
    pub const MINIMUM_BYTES: usize = 16;
    /// The least number of bytes of a secret that another system issued.
    const MINIMUM_BYTES_OF_OTHERS: usize = 10;
    /// The greatest number of bytes: the key length of HMAC-SHA-512 and the block length of the others, beyond which
    /// a longer key adds nothing.
    pub const MAXIMUM_BYTES: usize = 64;

    /// Takes raw bytes.
    ///
    /// # Errors
    /// [`SharedSecretError::TooShort`] or [`SharedSecretError::TooLong`] outside 16 to 64 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SharedSecretError> {
        if bytes.len() < Self::MINIMUM_BYTES {
            Err(SharedSecretError::TooShort)
        } else if bytes.len() > Self::MAXIMUM_BYTES {
            Err(SharedSecretError::TooLong)
        } else {
            Ok(Self(Zeroizing::new(Box::from(bytes))))
        }
    }

    /// Draws a secret of `bytes` bytes; 20, as long as SHA-1's output, is what RFC 4226 recommends.
    ///
    /// # Errors
    /// [`GenerateSecretError`] if that is no legal length, or the generator failed.
    #[cfg(feature = "rand")]
    pub fn generate<R>(bytes: usize, generator: &mut R) -> Result<Self, GenerateSecretError<R::Error>>
    where
        R: rand_core::TryCryptoRng,
    {
        let mut drawn = Zeroizing::new([0_u8; Self::MAXIMUM_BYTES]);
        let drawn = drawn.get_mut(..bytes).ok_or(GenerateSecretError::Length(SharedSecretError::TooLong))?;
        generator.try_fill_bytes(drawn).map_err(GenerateSecretError::Generator)?;
        Self::from_bytes(drawn).map_err(GenerateSecretError::Length)
    }

    /// Reads base32 (RFC 4648, section 6) as people type it: case, spaces, `-`, and `=` at the end do not matter.
    /// Everything else is strict, so that a mistyped secret fails here and not as codes that never match.
    ///
    /// # Errors
    /// See [`SharedSecretError`]; the text must be canonical apart from what is ignored.
    pub fn from_base32(text: &str) -> Result<Self, SharedSecretError> {
        let (base32, bytes) = decode(text)?;
        // The decoder ignores the bits after the last byte. If they are not zero, several texts would be one secret.
        if *Zeroizing::new(base32::encode(BASE32, &bytes)) != *base32 {
            return Err(SharedSecretError::Incomplete);
        }
        Self::from_bytes(&bytes)
    }

    /// Reads the base32 of a key URI that another system wrote, as authenticator apps do: from 10 bytes on, as many
    /// systems issue them, and whatever the bits after the last byte are.
    pub(crate) fn of_other_systems(text: &str) -> Result<Self, SharedSecretError> {
        let (_, bytes) = decode(text)?;
        match bytes.len() {
            0..Self::MINIMUM_BYTES_OF_OTHERS => Err(SharedSecretError::TooShort),
            Self::MINIMUM_BYTES_OF_OTHERS..=Self::MAXIMUM_BYTES => {
                Ok(Self(Zeroizing::new(Box::from(bytes.as_slice()))))
            }
            _ => Err(SharedSecretError::TooLong),
        }
    }

    /// The secret in base32, upper case and without padding, as key URIs carry it.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(base32::encode(BASE32, &self.0))
    }

    /// The bytes. Whoever calls this takes over the duty to keep them out of logs and to zeroize copies.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The number of bytes, 16 to 64; less only if another system's key URI had a shorter secret.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a secret is never empty: it has at least 10 bytes")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The characters of a base32 text, without what is ignored, and the bytes they stand for.
fn decode(text: &str) -> Result<(Zeroizing<String>, Zeroizing<Vec<u8>>), SharedSecretError> {
    // More than four times the longest secret is no spelling of one.
    if text.len() > 512 {
        return Err(SharedSecretError::TooLong);
    }
    let mut base32 = Zeroizing::new(String::with_capacity(text.len()));
    let mut padded = false;
    for character in text.chars() {
        match character {
            ' ' | '-' => {}
            '=' => padded = true,
            'a'..='z' | 'A'..='Z' | '2'..='7' if !padded => {
                base32.push(character.to_ascii_uppercase());
            }
            _ => return Err(SharedSecretError::ForbiddenCharacter),
        }
    }
    // A last group of 1, 3, or 6 characters would encode no whole number of bytes.
    if matches!(base32.len() % 8, 1 | 3 | 6) {
        return Err(SharedSecretError::Incomplete);
    }
    let bytes = Zeroizing::new(base32::decode(BASE32, &base32).ok_or(SharedSecretError::Incomplete)?);
    Ok((base32, bytes))
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret")
    }
}
