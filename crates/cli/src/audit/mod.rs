//! The audit trail, as the commands see it.

mod export;
mod local;
mod remote;
mod trail;
mod views;

pub(crate) use export::{csv_header, csv_line, json_line};
pub use trail::{AuditQuery, AuditTrail};
pub use views::{ActorView, AuditEventView};
