//! Counter-based codes.

use alloc::string::String;
use core::fmt;

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use crate::mac::truncated_hmacs;
use crate::{Algorithm, Digits, SharedSecret, TotpCode};

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

/// Finds the counter whose code was typed, at `next_counter` or up to `look_ahead` later, because a device counts when its
/// button is pressed and the server only when a code arrives (RFC 4226, sections 7.2 and 7.4).
///
/// Store the counter after the one that is found as the next, in one guarded write: then no code is accepted twice. More
/// than [`MAXIMUM_LOOK_AHEAD`] counts as that many, because every counter that is accepted is a guess more. All counters
/// are computed and compared in constant time.
#[must_use]
pub fn match_counter(
    secret: &SharedSecret,
    code: &TotpCode,
    algorithm: Algorithm,
    digits: Digits,
    next_counter: u64,
    look_ahead: u8,
) -> Option<u64> {
    let last = next_counter.saturating_add(u64::from(look_ahead.min(MAXIMUM_LOOK_AHEAD)));
    let long_enough = Choice::from(u8::from(code.has(digits)));
    let (mut found, mut matched) = (Choice::from(0), 0_u64);
    truncated_hmacs(secret, algorithm, next_counter..=last, |counter, truncated| {
        let hit = code.ct_eq_value(digits.reduce(truncated)) & long_enough;
        matched.conditional_assign(&counter, hit & !found);
        found |= hit;
    });
    bool::from(found).then_some(matched)
}

/// The most counters that [`match_counter`] looks ahead.
pub const MAXIMUM_LOOK_AHEAD: u8 = 100;
