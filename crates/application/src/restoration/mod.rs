//! A database that was restored from a backup: it does not know what was used since, and opens nothing a second time.

mod mark_restored;
mod store;

pub use mark_restored::{MarkRestored, MarkedRealm};
pub use store::{Distrust, Distrusted, RestorationStore};
