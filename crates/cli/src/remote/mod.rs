//! The place of administration behind a server: its HTTP interface.

mod client;
mod problem;
mod server_url;

pub(crate) use client::Parameters;
pub use client::Remote;
pub use server_url::{ServerUrl, ServerUrlError};

/// Where the realm of the token is.
pub(crate) const REALM: &str = "/v1/admin/realm";
