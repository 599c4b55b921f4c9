//! What people do, from the first enrollment on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

countersign_tests::on_every_database!(every_journey_on_postgresql, every_journey_on_mariadb);

mod account;
mod authenticators;
mod enrollment;
mod initial_passwords;
mod recovery_codes;
mod sign_in;
mod trusted_devices;
