//! The place of administration behind a server: its HTTP interface.

mod client;
mod problem;
mod server_url;

pub use client::Remote;
pub(crate) use client::{Listed, Parameters};
pub use server_url::{ServerUrl, ServerUrlError};
