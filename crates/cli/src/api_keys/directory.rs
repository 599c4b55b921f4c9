use async_trait::async_trait;
use countersign_application::api_key::Scope;
use countersign_application::{ApiKeyId, Timestamp};
use countersign_wire::{ApiKeyView, CreatedApiKeyView, List};

use crate::{CommandError, Part};

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

    /// A part of the API keys, newest first.
    async fn page(&self, part: &Part) -> Result<List<ApiKeyView>, CommandError>;

    /// Revokes an API key, and says whether there was one.
    async fn revoke(&self, id: ApiKeyId) -> Result<bool, CommandError>;
}
