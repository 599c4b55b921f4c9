//! What is wrong with a policy.

use std::{fmt, slice};

use countersign_core::RecoveryFormatError;

use crate::Values;

/// One rule that a policy breaks. Never contains the value that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyViolation {
    /// The path of the key, such as `totp.period_seconds`.
    pub key: &'static str,
    /// The rule, such as `must be 15 to 120`.
    pub rule: PolicyRule,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyRule {
    /// Other values are legal.
    Values(Values),
    /// The pattern of recovery codes is none.
    Pattern(RecoveryFormatError),
    /// It is above another key.
    NotAbove(&'static str),
    /// It is below another key.
    NotBelow(&'static str),
    /// It asks for less than another key.
    NotLess(&'static str),
    /// Something else has to hold beside other keys.
    Beside(&'static str),
}

impl fmt::Display for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Values(values) => write!(f, "must be {values}"),
            Self::Pattern(error) => error.fmt(f),
            Self::NotAbove(other) => write!(f, "must not be above {other}"),
            Self::NotBelow(other) => write!(f, "must not be below {other}"),
            Self::NotLess(other) => write!(f, "must ask for at least what {other} asks for"),
            Self::Beside(rule) => write!(f, "must be {rule}"),
        }
    }
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
        let lines: Vec<String> = self.0.iter().map(PolicyViolation::to_string).collect();
        f.write_str(&lines.join("; "))
    }
}

impl std::error::Error for PolicyViolations {}
