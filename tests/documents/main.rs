//! What is written down is what is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

mod crate_arrows;
mod module_arrows;
mod openapi_document;
mod promises;
mod readme;
mod systems;
mod threat_model;
