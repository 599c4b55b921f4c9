//! What the rows mean, one table family a file: how they are read and written, and the store ports over them.
//!
//! The queries are functions over any connection, so that a unit of work and the store outside of it read alike. The
//! guards of an act stand in its statement's `WHERE`, never in a check before it.

mod accounts;
mod api_keys;
mod attempts;
mod audit_events;
mod authenticators;
mod challenges;
mod ended;
mod housekeeping;
mod idempotency_claims;
mod key_checks;
mod realm_appearances;
mod realms;
mod recovery_codes;
mod second_factors;
mod sessions;
mod statistics;
mod trusted_devices;
