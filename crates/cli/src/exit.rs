//! How a command ends.

use std::process::ExitCode;

/// How a command ended, for the shell that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was done.
    Done,
    /// It was refused or failed.
    Refused,
    /// It was asked for in a way that makes no sense.
    Usage,
    /// What it was about does not exist.
    NotFound,
    /// Something that it needs does not answer, or is not set up yet; later it may work.
    Unavailable,
    /// Nobody reads its results any more, as in `countersign audit export | head -1`.
    Unread,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Unavailable => 4,
            // What a shell says of a program that the signal SIGPIPE ended.
            Self::Unread => 141,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_contract() {
        let all = [Exit::Done, Exit::Refused, Exit::Usage, Exit::NotFound, Exit::Unavailable, Exit::Unread];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 4, 141]);
    }
}
