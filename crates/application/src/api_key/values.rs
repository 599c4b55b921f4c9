//! API keys: how applications and remote administrators ask.

use countersign_core::Timestamp;

use crate::named::named;
use crate::ports::TokenDigest;
use crate::text::named_by_people;
use crate::{ApiKeyId, RealmId};

named! {
    /// What an API key may be used for.
    pub enum Scope {
        /// Check codes.
        Verify = "verify",
        /// Enroll authenticators of subjects that have none; with [`Scope::Manage`], more of them.
        Enroll = "enroll",
        /// Regenerate recovery codes, disable, unlock and delete.
        Manage = "manage",
        /// Administer the realm.
        Admin = "admin",
    }
}

/// A key of a realm. Revoking removes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// The realm that it opens, and no other.
    pub realm_id: RealmId,
    /// What whoever made it calls it.
    pub name: ApiKeyName,
    /// The digest of the key.
    pub digest: TokenDigest,
    /// What it may be used for, in the order of [`Scope::ALL`].
    pub scopes: Vec<Scope>,
    /// Whether an owner or the operator made it, or someone with a key that one of them made. It stays so whatever becomes
    /// of whoever made it.
    pub made_by_owner: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it has one of these scopes.
    #[must_use]
    pub fn has_any(&self, scopes: &[Scope]) -> bool {
        self.scopes.iter().any(|scope| scopes.contains(scope))
    }
}

named_by_people! {
    /// What someone calls an API key: 1 to 100 characters, none that cannot be seen.
    ApiKeyName
}
