//! Accounts, as the commands see them.

mod directory;
mod local;
mod views;

pub use directory::{AccountDirectory, NewAccount};
pub use local::LocalAccounts;
pub use views::{AccountDetails, AccountList, AccountView, AuthenticatorView, Outcome};
