use countersign_core::Timestamp;
use countersign_policy::Policy;

use crate::account::Account;
use crate::ports::TokenDigest;
use crate::realm::Realm;
use crate::second_factor::SecondFactor;
use crate::{AccountId, TrustedDeviceId};

const DAY_SECONDS: u64 = 86_400;

/// A browser in which the second factor may be skipped for a while. Made only by a sign-in that completed one, and void
/// as soon as the account's password or second factor changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDevice {
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

impl TrustedDevice {
    /// Until when it is trusted by a policy: one that was made stricter since counts as well.
    #[must_use]
    pub fn trusted_until(&self, policy: &Policy) -> Timestamp {
        let days = u64::from(policy.sign_in.trusted_device_days);
        self.expires_at.min(self.created_at.plus_seconds(days * DAY_SECONDS))
    }

    /// Whether it stands in for the second factor of `account` as it is now.
    pub(crate) fn stands_in(&self, realm: &Realm, account: &Account, factor: &SecondFactor, now: Timestamp) -> bool {
        self.account_id == account.id
            && self.password_version == account.password_version
            && self.second_factor_version == factor.state.version
            && now < self.trusted_until(&realm.policy)
    }
}
