//! Realms, as the commands see them.

mod appearance;
mod change;
mod directory;
mod local;
mod remote;
mod table;

pub(crate) use appearance::appearance_change;
pub(crate) use change::policy_patch;
pub use change::{KeyValue, KeyValueError};
pub use directory::{NewRealm, RealmChange, RealmDirectory};
