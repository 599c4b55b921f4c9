//! What those who run it rely on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

mod backups;
mod command_line;
mod connections;
mod database_copy;
mod database_tls;
mod exposure;
mod keys;
mod listening;
mod master_key;
mod observation;
mod older_databases;
mod readiness;
mod renewal;
mod stopping;
