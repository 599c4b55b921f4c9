//! The parameters of time-based codes.

use thiserror::Error;

use crate::{Algorithm, Digits};

/// What the server and an authenticator app must agree on beside the secret (RFC 6238, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "unchecked::Parameters"))]
pub struct TotpParameters {
    algorithm: Algorithm,
    digits: Digits,
    period_seconds: u32,
}

/// The period is not 1 to 86,400 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the period must be 1 to 86400 seconds")]
pub struct TotpParametersError;

impl TotpParameters {
    /// SHA1, six digits, 30 seconds: what a key URI means that says nothing else (RFC 6238, section 5.2).
    pub const DEFAULT: Self = Self { algorithm: Algorithm::Sha1, digits: Digits::SIX, period_seconds: 30 };

    /// Puts parameters together. Any period is taken that an imported key URI may have; a policy may be narrower.
    ///
    /// # Errors
    /// [`TotpParametersError`] unless `period_seconds` is 1 to 86,400.
    pub const fn new(algorithm: Algorithm, digits: Digits, period_seconds: u32) -> Result<Self, TotpParametersError> {
        match period_seconds {
            1..=86_400 => Ok(Self { algorithm, digits, period_seconds }),
            _ => Err(TotpParametersError),
        }
    }

    /// The hash under the HMAC.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        self.algorithm
    }

    /// The number of digits of a code.
    #[must_use]
    pub const fn digits(self) -> Digits {
        self.digits
    }

    /// The length of a time step in seconds, 1 to 86,400; never 0.
    #[must_use]
    pub const fn period_seconds(self) -> u32 {
        self.period_seconds
    }
}

/// What serde reads, before it is checked.
#[cfg(feature = "serde")]
mod unchecked {
    use super::{Algorithm, Digits, TotpParameters, TotpParametersError};

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Parameters {
        algorithm: Algorithm,
        digits: Digits,
        period_seconds: u32,
    }

    impl TryFrom<Parameters> for TotpParameters {
        type Error = TotpParametersError;

        fn try_from(read: Parameters) -> Result<Self, TotpParametersError> {
            Self::new(read.algorithm, read.digits, read.period_seconds)
        }
    }
}
