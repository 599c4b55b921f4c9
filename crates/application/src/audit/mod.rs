//! The record of security-relevant acts.

mod changed_appearance;
mod csv;
mod detail;
mod event;
mod list;
mod list_activity;
mod log;
mod ration;
mod record;
mod refusals;
mod story;
mod values;

pub use changed_appearance::ChangedAppearance;
pub use csv::csv_cell;
pub(crate) use detail::Detail;
pub use detail::{
    AcceptedBy, AccountChange, AttemptMethod, AuditDetails, AuditText, Change, ChangedPolicy, CreatedAs, EndedSessions,
    ProvenAct, Purpose, RejectionReason, RevokedDevices, SignInFactor, SignInFailure,
};
pub use event::{Event, EventKind};
pub use list::{AmbiguousName, Audited, EVENTS_LOOKED_AT, FindActor, FindAudited, ListAuditEvents};
pub use list_activity::ListActivity;
pub use log::{AuditFilter, AuditLog, AuditReads};
pub(crate) use ration::{Ration, Unwritten};
pub(crate) use record::AuditRecord;
pub use refusals::SignInRefusal;
pub(crate) use refusals::asked_by;
pub use story::{SignInStory, Told, told};
pub(crate) use values::AuditScene;
pub use values::{Actor, ActorKind, AuditEvent, AuditOutcome, ReadDetails, read_details};
