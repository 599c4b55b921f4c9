//! What people see: the hosted pages, in a browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

mod account;
mod administration;
mod appearance;
mod enrollment;
mod every_page;
mod protection;
mod recovery_codes;
mod set_up;
mod sign_in;
mod systems;
mod without_scripts;
