//! API keys, as the commands see them.

mod directory;
mod local;
mod remote;
mod table;

pub use directory::{ApiKeyDirectory, NewApiKey};
