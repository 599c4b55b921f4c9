//! What is given as proof, and why it is not taken.

use countersign_core::Attempt;
use secrecy::SecretString;

use crate::Timestamp;
use crate::named::named;

/// What came with a request as proof.
#[derive(Clone, Debug, Default)]
pub struct GivenProof {
    /// The account's password.
    pub password: Option<SecretString>,
    /// A code of an active authenticator, or a recovery code.
    pub code: Option<SecretString>,
}

named! {
    /// What a proof can consist of.
    pub enum ProofField {
        /// The account's password.
        Password = "password",
        /// A code.
        Code = "code",
    }
}

/// Why a proof was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofDenial {
    /// The policy asks for something that was not given. Nothing was counted.
    Missing {
        /// What was not given and would do.
        asked_for: Vec<ProofField>,
        /// Whether any one of them would do.
        any: bool,
    },
    /// The password is wrong.
    WrongPassword,
    /// The code is wrong, or was used before.
    WrongCode,
    /// The code is right, and not spent: it belongs to what came out of a session too short a while ago to turn off what
    /// was there before.
    Held {
        /// From when on it would do.
        until: Timestamp,
    },
    /// It was not looked at, because of earlier failures.
    Throttled {
        /// When it may be tried again.
        retry_after_seconds: u64,
        /// Whether two consecutive codes would be looked at now, instead of one.
        consecutive_codes_required: bool,
    },
}

/// That something was not looked at, because of earlier failures. Right or wrong, it is the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttled {
    pub(crate) retry_after_seconds: u64,
    /// Whether two consecutive codes would be looked at now, instead of one.
    pub(crate) consecutive_codes_required: bool,
}

impl Throttled {
    pub(crate) fn new(attempt: Attempt, retry_after_seconds: u64) -> Self {
        let consecutive_codes_required = matches!(attempt, Attempt::Code { authenticators: 1.. });
        Self { retry_after_seconds, consecutive_codes_required }
    }
}

impl From<Throttled> for ProofDenial {
    fn from(throttled: Throttled) -> Self {
        let Throttled { retry_after_seconds, consecutive_codes_required } = throttled;
        Self::Throttled { retry_after_seconds, consecutive_codes_required }
    }
}
