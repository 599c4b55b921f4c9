//! Two consecutive codes of one authenticator.

use core::fmt;

use crate::{Digits, TotpCode};

/// Two codes that someone typed into one field, one after the other: the one that the authenticator showed, and the next.
///
/// They are as hard to guess as one code of twice as many digits, which is what lets the owner in while single codes are
/// not looked at.
#[derive(Clone)]
pub struct ConsecutiveCodes {
    pub(crate) first: TotpCode,
    pub(crate) second: TotpCode,
}

impl ConsecutiveCodes {
    /// The longest text looked at, in characters.
    const LONGEST_INPUT: usize = 128;

    /// Reads two codes with equally many digits, each as [`TotpCode::parse`] reads one; nothing or any of its separators
    /// stands between them. `None` for everything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().nth(Self::LONGEST_INPUT).is_some() {
            return None;
        }
        // Wherever there are two codes of as many digits, only separators can change the place where they meet.
        text.char_indices().skip(1).find_map(|(middle, _)| {
            let (first, second) = text.split_at_checked(middle)?;
            let (first, second) = (TotpCode::parse(first).ok()?, TotpCode::parse(second).ok()?);
            (first.digits() == second.digits()).then_some(Self { first, second })
        })
    }

    /// Whether each of the two has `digits` digits. How many were typed is no secret.
    #[must_use]
    pub fn have(&self, digits: Digits) -> bool {
        self.first.has(digits)
    }
}

impl fmt::Debug for ConsecutiveCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsecutiveCodes")
    }
}
