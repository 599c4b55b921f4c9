//! What has expired and is removed, and whether everything that is needed answers.

mod ended;
mod policy;
mod prune;
mod readiness;
mod store;

pub use ended::{Ended, EndedReads};
pub use prune::PruneExpired;
pub use readiness::{CheckReadiness, Readiness};
pub use store::{Due, HousekeepingStore, Pruned};
