//! What was typed into the one field that takes any code.

use core::fmt;

use crate::{RecoveryCode, RecoveryCodeFormat, TotpCode};

/// What someone typed where a code was asked for: a time-based code, a recovery code, or neither.
///
/// The two kinds cannot be confused: a time-based code has 6 to 8 digits, a recovery code at least 9 characters.
#[derive(Clone)]
pub enum SubmittedCode {
    /// 6 to 8 digits.
    Totp(TotpCode),
    /// Fits the format of recovery codes.
    Recovery(RecoveryCode),
    /// Neither. It still counts as a failure.
    Malformed,
}

impl SubmittedCode {
    /// Reads a code; `recovery` is the realm's format of recovery codes, `None` where there are none.
    #[must_use]
    pub fn parse(input: &str, recovery: Option<&RecoveryCodeFormat>) -> Self {
        if let Ok(code) = TotpCode::parse(input) {
            return Self::Totp(code);
        }
        recovery.and_then(|format| format.parse(input)).map_or(Self::Malformed, Self::Recovery)
    }
}

impl fmt::Debug for SubmittedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Totp(_) => "SubmittedCode::Totp",
            Self::Recovery(_) => "SubmittedCode::Recovery",
            Self::Malformed => "SubmittedCode::Malformed",
        })
    }
}
