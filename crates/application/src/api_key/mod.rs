//! API keys: what applications show to be let in.

mod authenticate;
mod manage;
mod store;
mod values;

pub use authenticate::{AuthenticateApiKey, AuthenticateApiKeyOutcome};
pub use manage::{CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome};
pub use store::{ApiKeyReads, ApiKeyStore};
pub use values::{ApiKey, ApiKeyName, Scope};
