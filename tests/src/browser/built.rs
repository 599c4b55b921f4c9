//! Where Cargo builds.

use std::path::PathBuf;

use crate::workspace;

/// The directory that Cargo builds in: what tests need or leave, and what is no part of this repository, lies below it.
pub fn target_directory() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    workspace::root().join(named)
}
