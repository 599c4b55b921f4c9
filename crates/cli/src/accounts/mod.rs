//! Accounts, as the commands see them.

mod directory;
mod found;
mod local;
mod remote;
mod views;

pub use directory::{AccountChange, AccountDirectory, AccountQuery, NewAccount};
pub(crate) use found::Found;
pub(crate) use views::or_never;
pub use views::{AccountDetails, AccountOverviewView, AccountView, AuthenticatorView, Outcome};
