use countersign_core::Timestamp;
use countersign_policy::Policy;

use crate::RealmId;

/// One application's space: its issuer name, its policy, its accounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Realm {
    pub id: RealmId,
    /// Its short name, unique in the deployment.
    pub slug: RealmSlug,
    /// The name that authenticator apps show.
    pub issuer: String,
    /// Its rules.
    pub policy: Policy,
    /// Rises by one with each change, so that of two changes at once neither is lost.
    pub version: i64,
    /// When its policy last changed whom a second factor is required of.
    pub enforced_since: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The short name of a realm: 1 to 63 of `a-z`, `0-9` and `-`, beginning and ending with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RealmSlug(String);

/// Why a text is not a realm's short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit")]
pub struct RealmSlugError;

impl RealmSlug {
    /// Checks a short name.
    ///
    /// # Errors
    /// The text breaks the rule of the type.
    pub fn new(text: &str) -> Result<Self, RealmSlugError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = (1..=63).contains(&text.len())
            && text.chars().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if good { Ok(Self(text.to_owned())) } else { Err(RealmSlugError) }
    }

    /// The realm that exists from the first start.
    #[must_use]
    pub fn default_realm() -> Self {
        Self("default".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RealmSlug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}
