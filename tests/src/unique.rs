//! Values that occur nowhere else.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A word of 16 hexadecimal digits that was never used before.
pub fn word() -> String {
    // The standard library's hash keys are random.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// A login that no account has.
pub fn login() -> String {
    format!("kim.{}@example.org", word())
}

/// A password that nobody has.
pub fn password() -> String {
    format!("violet-{}-river", word())
}
