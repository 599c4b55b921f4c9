//! What must hold, whoever tries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

countersign_tests::on_every_database!(every_promise_on_postgresql, every_promise_on_mariadb);

mod belonging;
mod evidence;
mod fair_places;
mod guessing;
mod hostile_input;
mod idempotency;
mod memory;
mod once_only;
mod one_client;
mod pending;
mod realms;
mod secrecy;
mod shared_addresses;
mod texts;
mod tokens;
mod unknown_logins;
mod what_rests_on_the_old;
mod what_yields_a_factor;
