//! What was typed into the one field that takes any code.

use core::fmt;

use crate::{ConsecutiveCodes, Digits, RecoveryCode, RecoveryCodeFormat, TotpCode};

/// What someone typed where a code was asked for: a time-based code, two consecutive ones, a recovery code, or none of
/// these.
///
/// A time-based code and a recovery code cannot be confused: the one has 6 to 8 digits, the other at least 9 characters.
/// A recovery code that happens to be of digits alone may look like two consecutive codes; it is one where it is written
/// with the separators that it was shown with.
#[derive(Clone)]
pub enum SubmittedCode {
    /// 6 to 8 digits.
    Totp(TotpCode),
    /// Twice as many digits as a code of the account's authenticators has.
    Consecutive(ConsecutiveCodes),
    /// Fits the format of recovery codes.
    Recovery(RecoveryCode),
    /// None of these. It still counts as a failure.
    Malformed,
}

impl SubmittedCode {
    /// Reads a code; `recovery` is the realm's format of recovery codes, `None` where there are none, and `digits` are those
    /// of the account's authenticators.
    #[must_use]
    pub fn parse(input: &str, recovery: Option<&RecoveryCodeFormat>, digits: &[Digits]) -> Self {
        if let Ok(code) = TotpCode::parse(input) {
            return Self::Totp(code);
        }
        if let Some(codes) = ConsecutiveCodes::parse(input)
            && digits.iter().any(|digits| codes.have(*digits))
            && !recovery.is_some_and(|format| format.is_written_as_shown(input))
        {
            return Self::Consecutive(codes);
        }
        recovery.and_then(|format| format.parse(input)).map_or(Self::Malformed, Self::Recovery)
    }
}

impl fmt::Debug for SubmittedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Totp(_) => "SubmittedCode::Totp",
            Self::Consecutive(_) => "SubmittedCode::Consecutive",
            Self::Recovery(_) => "SubmittedCode::Recovery",
            Self::Malformed => "SubmittedCode::Malformed",
        })
    }
}
