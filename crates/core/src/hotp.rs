//! Counter-based codes.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::mac::truncated_hmacs;
use crate::{Algorithm, Digits, SharedSecret};

/// A code that was computed, as an authenticator app would show it. Zeroized when dropped.
#[derive(Clone)]
pub struct GeneratedCode(Zeroizing<String>);

impl GeneratedCode {
    pub(crate) fn new(truncated: u32, digits: Digits) -> Self {
        let mut rest = digits.reduce(truncated);
        let length = usize::from(digits.get());
        let mut reversed = Zeroizing::new([0_u8; 8]);
        for slot in reversed.iter_mut() {
            // The remainder is below ten.
            *slot = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.extend(reversed.iter().take(length).rev().map(|byte| char::from(*byte)));
        Self(text)
    }

    /// The digits, with leading zeros.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for GeneratedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GeneratedCode")
    }
}

/// The code at a counter (RFC 4226, section 5.3; other hashes than SHA-1 as in RFC 6238, section 1.2).
#[must_use]
pub fn hotp(secret: &SharedSecret, counter: u64, algorithm: Algorithm, digits: Digits) -> GeneratedCode {
    let mut truncated = 0;
    truncated_hmacs(secret, algorithm, counter..=counter, |_, value| {
        truncated = value;
    });
    GeneratedCode::new(truncated, digits)
}
