//! The length of a code.

use thiserror::Error;

/// How many decimal digits a code has: 6 to 8 (RFC 4226, section 5.3 and requirement R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u8", into = "u8"))]
pub struct Digits(u8);

/// The number of digits is not 6, 7, or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the number of digits must be 6, 7, or 8")]
pub struct DigitsError;

impl Digits {
    /// Six digits: the default.
    pub const SIX: Self = Self(6);
    /// Seven digits.
    pub const SEVEN: Self = Self(7);
    /// Eight digits.
    pub const EIGHT: Self = Self(8);

    /// Checks a number of digits.
    ///
    /// # Errors
    /// [`DigitsError`] unless `digits` is 6, 7, or 8.
    pub const fn new(digits: u8) -> Result<Self, DigitsError> {
        match digits {
            6..=8 => Ok(Self(digits)),
            _ => Err(DigitsError),
        }
    }

    /// The number of digits.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// A truncated HMAC modulo 10 to the power of the digits (RFC 4226, section 5.3, step 3).
    pub(crate) const fn reduce(self, truncated: u32) -> u32 {
        // Constant divisors compile to multiplications, whose time does not depend on the secret value; a division
        // by a variable may take longer for larger values.
        match self.0 {
            6 => truncated % 1_000_000,
            7 => truncated % 10_000_000,
            _ => truncated % 100_000_000,
        }
    }
}

impl TryFrom<u8> for Digits {
    type Error = DigitsError;

    fn try_from(digits: u8) -> Result<Self, DigitsError> {
        Self::new(digits)
    }
}

impl From<Digits> for u8 {
    fn from(digits: Digits) -> Self {
        digits.0
    }
}
