//! The audit trail, as the commands see it.

mod local;
mod remote;
mod table;
mod trail;

pub use trail::{AuditQuery, AuditTrail};
