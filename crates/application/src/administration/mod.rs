//! What administrators and the operator may do with others, and what they have to prove for it.

mod authenticate;
mod authority;
mod confirmation;

pub use authenticate::{Administrator, AuthenticateAdministrator, AuthenticateAdministratorOutcome};
pub(crate) use authority::{Administered, Locked, leaves_an_owner};
pub use authority::{Administration, AdministrationDenial, Authority};
pub(crate) use confirmation::Confirmed;
pub use confirmation::asked_of_administrators;
