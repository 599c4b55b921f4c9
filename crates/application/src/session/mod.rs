//! Sessions: begun after a sign-in, recognized at each request, listed, ended.

mod authenticate;
mod begin;
mod end;
mod end_of;
mod list;
pub mod purpose;
mod store;
mod values;

pub use authenticate::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
pub use end::{EndOtherSessions, EndSession};
pub use end_of::EndSessionsOf;
pub use list::ListSessions;
pub use store::{SessionReads, SessionStore};
pub use values::{AuthenticationMethod, Session, SessionGrant};
