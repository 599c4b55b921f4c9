//! Codes as they were typed.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;
use zeroize::Zeroize;

use crate::Digits;
use crate::characters::{Spelling, spelling};

/// A time-based code that someone typed, normalized: all spellings of a code are one value, so that none of them is
/// a way around the replay check.
///
/// Held as a number and a count of digits, which together keep leading zeros.
#[derive(Clone)]
pub struct TotpCode {
    value: u32,
    digits: u8,
}

/// The text is not 6 to 8 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a code consists of 6 to 8 digits")]
pub struct NotATotpCode;

impl TotpCode {
    /// The longest text looked at, in characters: eight digits with generous separators.
    const LONGEST_INPUT: usize = 64;

    /// Reads a code as people type and paste it: separators are ignored wherever they stand, digits of all scripts are
    /// their value (the table is in `characters.rs`), and there must be 6 to 8 digits. No letter stands for a digit:
    /// an app shows digits only, so that whoever typed a letter read something else.
    ///
    /// # Errors
    /// [`NotATotpCode`] for everything else, and for any text of more than 64 characters.
    pub fn parse(text: &str) -> Result<Self, NotATotpCode> {
        // Built in place, so that a refusal on the way also zeroizes what was read.
        let mut code = Self { value: 0, digits: 0 };
        for (at, character) in text.chars().enumerate() {
            match spelling(character) {
                _ if at >= Self::LONGEST_INPUT => return Err(NotATotpCode),
                Spelling::Separator => {}
                Spelling::Symbol(digit @ b'0'..=b'9') if code.digits < 8 => {
                    code.value = code.value * 10 + u32::from(digit - b'0');
                    code.digits += 1;
                }
                Spelling::Symbol(_) | Spelling::Other => return Err(NotATotpCode),
            }
        }
        if code.digits < 6 {
            return Err(NotATotpCode);
        }
        Ok(code)
    }

    /// How many digits were typed.
    pub(crate) fn digits(&self) -> u8 {
        self.digits
    }

    /// Whether this code has `digits` digits. How many were typed is no secret.
    pub(crate) fn has(&self, digits: Digits) -> bool {
        self.digits == digits.get()
    }

    /// Compares with a generated value in constant time.
    pub(crate) fn ct_eq_value(&self, value: u32) -> Choice {
        self.value.ct_eq(&value)
    }
}

impl Drop for TotpCode {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode")
    }
}
