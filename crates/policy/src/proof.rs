//! Proofs: what has to be given again, and for what.

use crate::value::words;

words! {
    /// A proof: what has to be given again. A code is a time-based code of an active authenticator, or a recovery code.
    ProofRequirement {
        /// Nothing.
        None = "none",
        /// The password.
        Password = "password",
        /// A code.
        Code = "code",
        /// One of the two.
        PasswordOrCode = "password_or_code",
        /// Both.
        PasswordAndCode = "password_and_code",
    }
}

impl ProofRequirement {
    /// Every requirement.
    pub const ALL: [Self; 5] = [Self::None, Self::Password, Self::Code, Self::PasswordOrCode, Self::PasswordAndCode];

    /// Whether whoever meets this one meets `other` as well. An order in which `password` and `code` stand side by side:
    /// neither covers the other.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.and(other) == self
    }

    /// What asks for as much as both do, and for nothing beyond.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, least) | (least, Self::None) => least,
            (Self::PasswordOrCode, one) | (one, Self::PasswordOrCode) => one,
            (Self::Password, Self::Password) => Self::Password,
            (Self::Code, Self::Code) => Self::Code,
            (Self::Password, Self::Code) | (Self::Code, Self::Password) => Self::PasswordAndCode,
            (Self::PasswordAndCode, _) | (_, Self::PasswordAndCode) => Self::PasswordAndCode,
        }
    }
}

/// What a proof is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProofAct {
    /// To begin an enrollment: yields a factor.
    Begin,
    /// To confirm one, beside the new authenticator's own code.
    Confirm,
    /// To view or regenerate recovery codes: yields a factor.
    RecoveryCodes,
    /// To turn the second factor off, or remove an authenticator.
    Disable,
    /// To change the password.
    ChangePassword,
}

impl ProofAct {
    /// Every act.
    pub const ALL: [Self; 5] = [Self::Begin, Self::Confirm, Self::RecoveryCodes, Self::Disable, Self::ChangePassword];

    /// A change of the password asks for both, whatever a policy says: the password that is changed alone would prove
    /// nothing beyond itself.
    pub const CHANGE_OF_PASSWORD: ProofRequirement = ProofRequirement::PasswordAndCode;
}
