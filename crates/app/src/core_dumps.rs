//! A core dump would put master keys and passwords on the disk.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core dumps of this process, for good.
pub(crate) fn forbid() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be forbidden");
    }
}
