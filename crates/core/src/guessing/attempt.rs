//! What is tried at an account's second factor.

/// The counters that an attempt belongs to. Each has its own, so that whoever fails in one closes none of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Single codes, and passwords given as proofs.
    Code,
    /// Two consecutive codes of one authenticator.
    ConsecutiveCodes,
    /// Recovery codes.
    RecoveryCode,
}

/// Something that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// A single code.
    Code {
        /// With how many authenticators it is compared: a guess at five is five guesses.
        authenticators: u32,
    },
    /// Two consecutive codes of one authenticator.
    ConsecutiveCodes {
        /// With how many authenticators they are compared.
        authenticators: u32,
    },
    /// The account's password, given as a proof.
    Password,
    /// A recovery code.
    RecoveryCode,
}

impl Attempt {
    /// The counters it belongs to.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::Code { .. } | Self::Password => Lane::Code,
            Self::ConsecutiveCodes { .. } => Lane::ConsecutiveCodes,
            Self::RecoveryCode => Lane::RecoveryCode,
        }
    }

    /// How much of a budget it costs to fail with it. Also where there is nothing to compare a code with, it costs one.
    pub(super) const fn cost(self) -> u32 {
        match self {
            Self::Code { authenticators } | Self::ConsecutiveCodes { authenticators } if authenticators > 0 => {
                authenticators
            }
            _ => 1,
        }
    }
}

/// Whether something may be looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// Not before so many seconds have passed, because of failures in a row.
    Wait {
        /// At least 1.
        seconds: u64,
    },
    /// Single codes are not looked at, because the budget is spent: two consecutive ones are asked for.
    Hardened {
        /// After how many seconds a single code is looked at again; at least 1.
        seconds: u64,
    },
}

impl Gate {
    /// After how many seconds it may be looked at; `None` if it may now.
    #[must_use]
    pub const fn seconds(self) -> Option<u64> {
        match self {
            Self::Open => None,
            Self::Wait { seconds } | Self::Hardened { seconds } => Some(seconds),
        }
    }
}
