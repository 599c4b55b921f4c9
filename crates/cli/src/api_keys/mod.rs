//! API keys, as the commands see them.

mod directory;
mod local;
mod remote;
mod views;

pub use directory::{ApiKeyDirectory, NewApiKey};
pub use views::{ApiKeyView, CreatedApiKeyView};
