//! Realms, as the commands see them.

mod change;
mod directory;
mod local;
mod remote;
mod views;

pub(crate) use change::policy_patch;
pub use change::{KeyValue, KeyValueError};
pub use directory::{NewRealm, RealmChange, RealmDirectory};
pub use views::{RealmList, RealmView};
