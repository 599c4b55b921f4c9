//! The pure rules of a second factor: one-time passwords (RFC 4226, RFC 6238), shared secrets, key URIs,
//! recovery codes, and the arithmetic of throttling.
//!
//! Nothing here reads a clock, draws randomness, or does I/O: times and random bytes are passed in, so that every
//! rule can be tested at any moment and with any input. Types that hold secrets have no `Display`, no `Serialize`
//! and no `PartialEq`; their `Debug` prints the type's name, and their memory is zeroized when they are dropped.
//!
//! ```
//! use countersign_core::{SharedSecret, Timestamp, Totp, TotpCode, TotpParameters};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = SharedSecret::from_base32("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")?;
//! let totp = Totp::new(TotpParameters::DEFAULT, 1);
//! let now = Timestamp::from_unix_seconds(59);
//!
//! let code = TotpCode::parse("287 082")?;
//! let matched = totp.match_step(&secret, &code, now, None).ok_or("no match")?;
//! assert_eq!((matched.step(), matched.drift_steps()), (1, 0));
//!
//! // The accepted step is stored; handed back, it refuses the same code for ever.
//! assert!(totp.match_step(&secret, &code, now, Some(matched.step())).is_none());
//! # Ok(())
//! # }
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod algorithm;
mod allowance;
mod characters;
mod consecutive_codes;
mod digits;
mod guessing;
mod hotp;
mod key_uri;
mod mac;
mod percent_encoding;
mod recovery_code;
mod recovery_code_format;
mod shared_secret;
mod submitted_code;
mod throttle;
mod timestamp;
mod totp;
mod totp_code;
mod totp_parameters;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use allowance::Allowance;
pub use characters::is_invisible;
pub use consecutive_codes::ConsecutiveCodes;
pub use digits::{Digits, DigitsError};
pub use guessing::{
    Attempt, Budget, BudgetRules, CODE_BUDGET, CONSECUTIVE_CODES_BUDGET, CountedFailure, Counters,
    FAILURES_THAT_DISABLE, Gate, GuessingOdds, GuessingRules, Lane,
};
pub use hotp::{GeneratedCode, hotp};
pub use key_uri::{KeyUri, KeyUriError, KeyUriPart};
pub use recovery_code::RecoveryCode;
pub use recovery_code_format::{MINIMUM_ENTROPY_BITS, RecoveryAlphabet, RecoveryCodeFormat, RecoveryFormatError};
pub use shared_secret::{SharedSecret, SharedSecretError};
pub use submitted_code::SubmittedCode;
pub use throttle::{Throttle, ThrottleSchedule};
pub use timestamp::Timestamp;
pub use totp::{MatchedStep, Totp};
pub use totp_code::{NotATotpCode, TotpCode};
pub use totp_parameters::{TotpParameters, TotpParametersError};
