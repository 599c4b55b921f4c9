//! The use cases on the in-memory store, with a clock that the test sets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test is a panic")]

mod accounts;
mod challenges;
mod enrollment;
mod failures;
mod guessing;
mod proofs;
mod recovery_codes;
mod sessions;
mod trusted_devices;
mod world;
