//! Accounts, as the commands see them.

mod directory;
mod found;
mod local;
mod remote;
mod table;

pub use directory::{AccountChange, AccountDirectory, AccountQuery, NewAccount};
pub(crate) use found::Found;
pub(crate) use table::or_never;
