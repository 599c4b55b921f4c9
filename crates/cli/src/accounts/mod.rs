//! Accounts, as the commands see them.

mod directory;
mod local;
mod remote;
mod views;

pub use directory::{AccountDirectory, AccountQuery, NewAccount};
pub(crate) use views::or_never;
pub use views::{AccountDetails, AccountList, AccountOverviewView, AccountView, AuthenticatorView, Outcome};
