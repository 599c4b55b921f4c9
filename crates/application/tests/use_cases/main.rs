//! The use cases on the in-memory store, with a clock that the test sets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test is a panic")]

mod account_names;
mod accounts;
mod appearances;
mod audit_events;
mod challenges;
mod confirmations;
mod enforcement;
mod enrollment;
mod failures;
mod guessing;
mod hardened;
mod housekeeping;
mod idempotency;
mod initial_passwords;
mod last_owner;
mod loosening;
mod master_keys;
mod password_links;
mod passwords;
mod proofs;
mod realms;
mod recovery_codes;
mod replacing;
mod restoration;
mod secured;
mod sessions;
mod set_up;
mod several;
mod subjects;
mod texts;
mod trusted_devices;
mod what_yields_a_factor;
mod world;
