use countersign_core::Timestamp;

use crate::ports::TokenDigest;
use crate::{AccountId, TrustedDeviceId};

/// A browser in which the second factor may be skipped for a while. Made only by a sign-in that completed one, and void
/// as soon as the account's password or second factor changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDevice {
    /// Its identifier.
    pub id: TrustedDeviceId,
    /// The digest of its token.
    pub token_digest: TokenDigest,
    /// Whose it is.
    pub account_id: AccountId,
    /// The account's password version when it was made.
    pub password_version: i64,
    /// The second factor's version when it was made.
    pub second_factor_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is trusted.
    pub expires_at: Timestamp,
    /// When it last stood in for a second factor.
    pub last_used_at: Option<Timestamp>,
    /// The address that made it.
    pub ip: Option<String>,
    /// What the client that made it calls itself.
    pub user_agent: Option<String>,
}
