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
mod again;
mod api_reference;
mod appearance;
mod appearance_page;
mod contact;
mod cookies;
mod enforcement;
mod enrollment;
mod every_page;
mod exports;
mod firefox;
mod for_the_readme;
mod forms;
mod headers;
mod help;
mod hierarchy;
mod inhabited;
mod initial_passwords;
mod kept;
mod limits;
mod long_names;
mod operators;
mod password_links;
mod proofs;
mod protection;
mod recovery_codes;
mod replacing;
mod return_addresses;
mod routes;
mod secrecy;
mod set_up;
mod several;
mod shared_browser;
mod shown_once;
mod sign_in;
mod stories;
mod subjects;
mod systems;
mod without_browser;
mod without_scripts;
