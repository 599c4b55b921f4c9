//! The rows as sea-orm sees them, one table a file. What they mean is for [`crate::tables`] to say.

#![allow(unreachable_pub, reason = "sea-orm's macros make public types")]

pub(crate) mod account;
pub(crate) mod api_key;
pub(crate) mod attempt;
pub(crate) mod audit_event;
pub(crate) mod authenticator;
pub(crate) mod challenge;
pub(crate) mod idempotency_claim;
pub(crate) mod key_check;
pub(crate) mod realm;
pub(crate) mod realm_appearance;
pub(crate) mod recovery_code;
pub(crate) mod recovery_code_set;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod trusted_device;

#[cfg(test)]
mod tests;
