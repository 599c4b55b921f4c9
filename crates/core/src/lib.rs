#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

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
    FAILURES_THAT_DISABLE, Gate, GuessingOdds, GuessingRules, Lane, Waiting,
};
pub use hotp::{GeneratedCode, MAXIMUM_LOOK_AHEAD, hotp, match_counter};
pub use key_uri::{KeyUri, KeyUriError, KeyUriPart, KeyUriWarning, LenientKeyUri};
pub use recovery_code::RecoveryCode;
pub use recovery_code_format::{MINIMUM_ENTROPY_BITS, RecoveryAlphabet, RecoveryCodeFormat, RecoveryFormatError};
#[cfg(feature = "rand")]
pub use shared_secret::GenerateSecretError;
pub use shared_secret::{SharedSecret, SharedSecretError};
pub use submitted_code::SubmittedCode;
pub use throttle::{Throttle, ThrottleSchedule};
pub use timestamp::Timestamp;
pub use totp::{MatchedStep, Totp};
pub use totp_code::{NotATotpCode, TotpCode};
pub use totp_parameters::{TotpParameters, TotpParametersError};
