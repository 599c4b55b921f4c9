use countersign_core::Timestamp;

use crate::ports::TokenDigest;
use crate::{AccountId, ChallengeId};

/// How a challenge can be answered.
pub type ChallengeMethod = crate::second_factor::SecondFactorMethod;

/// What a correct password yields when a second factor is due: short-lived, single use, never a session. It is void as
/// soon as the account's password or second factor changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub id: ChallengeId,
    /// The digest of its token.
    pub token_digest: TokenDigest,
    /// Whose sign-in it is.
    pub account_id: AccountId,
    /// The account's password version when it was made.
    pub password_version: i64,
    /// The second factor's version when it was made.
    pub second_factor_version: i64,
    /// Codes refused so far.
    pub failed_tries: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}
