//! What administrators and applications do: realms, accounts, keys, policies, and the second factor of others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

countersign_tests::on_every_database!(all_administration_on_postgresql, all_administration_on_mariadb);

mod accounts;
mod api_keys;
mod appearance;
mod audit_events;
mod enforcement;
mod last_owner;
mod names;
mod operators;
mod password_links;
mod policy;
mod proofs;
mod remote;
mod roles;
mod staff;
mod stated_clients;
mod statistics;
mod subjects;
