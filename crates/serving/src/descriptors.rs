use rustix::io;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files and connections this process may have open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescriptorLimit {
    /// What holds now.
    pub soft: u64,
    /// How far this process may raise it.
    pub hard: u64,
}

/// The limit as it is. What has no limit is [`u64::MAX`].
#[must_use]
pub fn descriptor_limit() -> DescriptorLimit {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    DescriptorLimit { soft: current.unwrap_or(u64::MAX), hard: maximum.unwrap_or(u64::MAX) }
}

/// Raises the limit as far as it goes: the usual soft limit of 1,024 is for programs that cannot do with more.
///
/// # Errors
///
/// As the system says; then the limit is what it was.
pub fn raise_descriptor_limit() -> io::Result<DescriptorLimit> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(descriptor_limit())
}
