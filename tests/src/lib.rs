//! The harness of the end-to-end tests: it drives the real binary from outside, over HTTP and the command line, and
//! knows nothing of what is inside it.
//!
//! Every test has a deployment of its own: a temporary directory, a server on a free port, a database and a key.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    missing_docs,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

pub mod account;
pub mod api;
pub mod authenticator;
pub mod binary;
pub mod browser;
pub mod command_line;
pub mod database_server;
pub mod deployment;
pub mod every_database;
pub mod http2;
mod log;
pub mod nodes;
pub mod openapi;
pub mod raw;
pub mod readme;
pub mod realm;
pub mod server;
pub mod subject;
pub mod together;
pub mod tools;
pub mod unique;
pub mod workspace;

pub use account::{Account, Enrolled};
pub use api::{Answer, Client};
pub use authenticator::Authenticator;
pub use command_line::Finished;
pub use database_server::{DatabaseServer, Engine, MariaDb, Options, Postgres};
pub use deployment::Deployment;
pub use nodes::Nodes;
pub use realm::{ApiKey, Realm};
pub use server::Server;
pub use subject::Subject;
pub use together::all_at_once;
