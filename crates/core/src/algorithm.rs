//! Hash algorithms.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// The hash under the HMAC of a one-time password (RFC 6238, section 1.2).
///
/// Written `SHA1`, `SHA256`, `SHA512`, as in key URIs. Reading from a string ignores case and takes `HmacSHA1`, because
/// key URIs of other systems vary; serde takes the exact spelling only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Algorithm {
    /// HMAC-SHA-1: the default everywhere, and the only one that every authenticator app honors.
    #[cfg_attr(feature = "serde", serde(rename = "SHA1"))]
    Sha1,
    /// HMAC-SHA-256.
    #[cfg_attr(feature = "serde", serde(rename = "SHA256"))]
    Sha256,
    /// HMAC-SHA-512.
    #[cfg_attr(feature = "serde", serde(rename = "SHA512"))]
    Sha512,
}

/// The algorithm's name is none of `SHA1`, `SHA256`, `SHA512`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the algorithm must be SHA1, SHA256, or SHA512")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name as it stands in key URIs and policies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        // Some systems write the name of the whole construction: HmacSHA1.
        let hash = name.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("hmac")).map_or(name, |_| &name[4..]);
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(hash)).ok_or(UnknownAlgorithm)
    }
}
