//! What is wrong with a policy.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::slice;

/// One rule that a policy breaks. Never contains the value that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyViolation {
    /// The path of the key, such as `totp.period_seconds`.
    pub key: &'static str,
    /// What it must be, such as `must be 15 to 120`.
    pub rule: String,
}

/// Every rule that a policy breaks, in the order of the policy's fields; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyViolations(Vec<PolicyViolation>);

impl PolicyViolations {
    pub(crate) const fn new(violations: Vec<PolicyViolation>) -> Self {
        Self(violations)
    }

    /// All violations.
    #[must_use]
    pub fn as_slice(&self) -> &[PolicyViolation] {
        &self.0
    }

    /// All violations, one by one.
    pub fn iter(&self) -> slice::Iter<'_, PolicyViolation> {
        self.0.iter()
    }

    /// All violations, owned.
    #[must_use]
    pub fn into_vec(self) -> Vec<PolicyViolation> {
        self.0
    }
}

impl<'a> IntoIterator for &'a PolicyViolations {
    type Item = &'a PolicyViolation;
    type IntoIter = slice::Iter<'a, PolicyViolation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for PolicyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.rule)
    }
}

/// `totp.digits must be 6 to 8; recovery_codes.count must be 0, or 4 to 20`
impl fmt::Display for PolicyViolations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for PolicyViolations {}
