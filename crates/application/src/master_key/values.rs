//! What is sealed under master keys, and where it stands.

use countersign_core::TotpParameters;

use crate::idempotency::{IdempotencyClaim, IdempotencyDigest};
use crate::ports::{SealContext, Sealed};
use crate::recovery::recovery_code_context;
use crate::second_factor::secret_context;
use crate::{AccountId, AuthenticatorId, IdempotencyClaimId, RealmId, RecoveryCodeId};

/// A kind of value that is sealed. Links are sealed as well, and stand in no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedKind {
    /// Secrets of authenticators.
    Secret,
    /// Recovery codes that may be viewed again.
    RecoveryCode,
    /// What tells requests under an idempotency key from others.
    Request,
    /// What was answered to them.
    Answer,
}

impl SealedKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Secret, Self::RecoveryCode, Self::Request, Self::Answer];
}

/// The row that a sealed value stands in, with what else it is sealed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedPlace {
    /// An authenticator.
    Secret {
        /// Which.
        id: AuthenticatorId,
        /// Whose.
        account: AccountId,
        /// In which realm.
        realm: RealmId,
        /// How its codes are computed; `None` where the row says what cannot be.
        parameters: Option<TotpParameters>,
    },
    /// A recovery code.
    RecoveryCode {
        /// Which.
        id: RecoveryCodeId,
        /// Whose.
        account: AccountId,
        /// In which realm.
        realm: RealmId,
    },
    /// The request of a claim.
    Request {
        /// Under what the claim is found.
        digest: IdempotencyDigest,
        /// The claim.
        id: IdempotencyClaimId,
    },
    /// The answer of a claim.
    Answer {
        /// Under what the claim is found.
        digest: IdempotencyDigest,
        /// The claim.
        id: IdempotencyClaimId,
    },
}

impl SealedPlace {
    /// The table.
    #[must_use]
    pub fn table(&self) -> &'static str {
        match self {
            Self::Secret { .. } => "authenticator",
            Self::RecoveryCode { .. } => "recovery_code",
            Self::Request { .. } | Self::Answer { .. } => "idempotency_claim",
        }
    }

    /// The row's identifier.
    #[must_use]
    pub fn row(&self) -> String {
        match self {
            Self::Secret { id, .. } => id.to_string(),
            Self::RecoveryCode { id, .. } => id.to_string(),
            Self::Request { id, .. } | Self::Answer { id, .. } => id.to_string(),
        }
    }

    /// What the value is sealed to; `None` where the row says what it cannot have been sealed to.
    #[must_use]
    pub fn context(&self) -> Option<SealContext> {
        Some(match *self {
            Self::Secret { id, account, realm, parameters } => secret_context(realm, account, id, parameters?),
            Self::RecoveryCode { id, account, realm } => recovery_code_context(realm, account, id),
            Self::Request { id, .. } => IdempotencyClaim::request_context(id),
            Self::Answer { id, .. } => IdempotencyClaim::answer_context(id),
        })
    }
}

/// A sealed value in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Where it stands.
    pub place: SealedPlace,
    /// The value.
    pub sealed: Sealed,
}

/// Which sealed values are asked for.
#[derive(Clone, Debug)]
pub struct SealedPart<'a> {
    /// Of which kind.
    pub kind: SealedKind,
    /// But for those under this key.
    pub except: Option<&'a str>,
    /// Those that come after this one.
    pub after: Option<SealedPlace>,
    /// How many at most.
    pub limit: u32,
}

/// What needs a master key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyUse {
    /// Which.
    pub key_id: String,
    /// Authenticators whose secret is sealed under it.
    pub authenticators: u64,
    /// Recovery codes that are sealed under it.
    pub recovery_codes: u64,
    /// Requests and answers under idempotency keys: for minutes.
    pub kept_answers: u64,
    /// Sets of recovery codes, in force, that were made with its pepper.
    pub recovery_sets: u64,
    /// Sets of enrollments that are under way: for minutes.
    pub pending_sets: u64,
}

impl KeyUse {
    /// How many values are sealed under it.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.authenticators + self.recovery_codes + self.kept_answers
    }

    /// Whether nothing needs it.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.sealed() + self.recovery_sets + self.pending_sets == 0
    }
}
