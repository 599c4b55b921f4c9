//! The API document, as others read it: linters, generators of clients, and what makes up requests from it. What this needs
//! comes from npm and PyPI, in the versions that the lists beside this file name; `tests/run` installs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

mod fuzzed;
mod journeys;
mod lints;
mod tools;
