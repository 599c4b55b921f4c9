//! What those who look after accounts call one.

use crate::AccountId;

/// What someone calls an account of a realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountName {
    /// An account's login, in any spelling that signs in; a subject's identifier, exactly; or the identifier of either. One
    /// text can be several of these, of several accounts.
    Any(String),
    /// A subject's identifier, exactly.
    Subject(String),
}

impl AccountName {
    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Any(text) | Self::Subject(text) => text,
        }
    }

    /// The identifier that it may be: all that one that is gone is known by.
    #[must_use]
    pub fn id(&self) -> Option<AccountId> {
        match self {
            Self::Any(text) => text.parse().ok(),
            Self::Subject(_) => None,
        }
    }
}
