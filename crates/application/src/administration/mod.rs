//! What administrators and the operator may do with others, and what they have to prove for it.

mod authenticate;
mod authority;
mod confirmation;

pub use authenticate::{AuthenticateAdministrator, AuthenticateAdministratorOutcome};
pub use authority::{AdministrationDenial, Administrator, Authority, RealmDenial};
pub(crate) use authority::{Locked, leaves_an_owner};
pub(crate) use confirmation::Confirmed;
pub use confirmation::asked_of_administrators;
