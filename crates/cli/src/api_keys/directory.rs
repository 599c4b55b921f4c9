use async_trait::async_trait;
use countersign_application::{Scope, Timestamp};

use super::{ApiKeyView, CreatedApiKeyView};
use crate::{CommandError, Outcome};

/// An API key that is to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// After how many days it opens nothing.
    pub expires_in_days: Option<u32>,
}

impl NewApiKey {
    /// From when on it opens nothing.
    pub(super) fn expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.expires_in_days.map(|days| now.plus_seconds(u64::from(days) * 86_400))
    }
}

/// The API keys of one realm, wherever it is: beside this program, or behind a server.
#[async_trait]
pub trait ApiKeyDirectory: Send + Sync {
    /// Makes an API key. What it answers holds the key, and nothing else ever does.
    async fn create(&self, key: NewApiKey) -> Result<CreatedApiKeyView, CommandError>;

    /// All API keys, newest first.
    async fn list(&self) -> Result<Vec<ApiKeyView>, CommandError>;

    /// Revokes an API key. That there is no such key is an error that ends with
    /// [`Exit::NotFound`](crate::Exit::NotFound).
    async fn revoke(&self, id: &str) -> Result<Outcome, CommandError>;
}

/// What came of an act on an API key, in the same words wherever the key is.
pub(super) mod told {
    use crate::{CommandError, Outcome};

    pub(in crate::api_keys) fn revoked(id: &str) -> Outcome {
        Outcome::success(format!("The API key {id} opens nothing any more."))
    }

    pub(in crate::api_keys) fn no_key(id: &str) -> CommandError {
        CommandError::not_found(format!("there is no API key {id:?} in this realm"))
            .advise("`countersign api-key list` shows those there are")
    }
}
