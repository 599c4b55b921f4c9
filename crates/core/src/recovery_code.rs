//! Recovery codes.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

/// A recovery code, normalized: the characters of its alphabet and nothing else. Zeroized when dropped.
///
/// Made by [`RecoveryCodeFormat::generate`](crate::RecoveryCodeFormat::generate) and
/// [`RecoveryCodeFormat::parse`](crate::RecoveryCodeFormat::parse).
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub(crate) const fn new(normalized: Zeroizing<String>) -> Self {
        Self(normalized)
    }

    /// The characters without separators, to be hashed or sealed. Whoever calls this keeps them out of logs.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode")
    }
}
