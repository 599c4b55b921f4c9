//! API keys: what applications show to be let in.

mod manage;
mod store;
mod values;

pub use manage::{
    AuthenticateApiKey, AuthenticateApiKeyOutcome, CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey,
    RevokeApiKeyOutcome,
};
pub use store::{ApiKeyReads, ApiKeyStore};
pub use values::{ApiKey, ApiKeyName, Scope};
