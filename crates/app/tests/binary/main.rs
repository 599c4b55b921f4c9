//! The binary, as whoever installs it meets it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

mod account;
mod administration;
mod command_line;
mod database_server;
mod deployment;
mod doctor;
mod keys;
mod realm;
mod secrecy;
mod serve;
mod settings;
