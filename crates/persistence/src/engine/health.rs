//! Which connections of a pool are to be asked whether they are alive before they are used.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use crate::errors::is_gone;

/// A connection that was used within this time is taken to be alive; one that rested longer is asked first.
const RESTED: Duration = Duration::from_secs(1);

/// When a connection was last found broken: those that have rested since before then are asked before they are used, since
/// whatever broke that one may have broken them. So a statement that is tried again finds a connection that is alive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    broke_at: Arc<Mutex<Option<Instant>>>,
}

impl Health {
    /// Whether a connection that has rested for so long should be asked.
    pub(super) fn doubts(&self, rested: Duration) -> bool {
        let broke_at = *self.broke_at.lock().unwrap_or_else(PoisonError::into_inner);
        rested > RESTED || broke_at.is_some_and(|at| at.elapsed() <= rested)
    }

    /// Notes an error, and answers whether it says that the connection is gone. A statement that reads, or that begins a
    /// unit of work, may then be tried on another one: nothing has been done.
    pub(crate) fn is_broken_by(&self, error: &DbErr) -> bool {
        let broken = is_gone(error);
        if broken {
            #[expect(
                clippy::disallowed_methods,
                reason = "compares how long connections rested, and decides nothing else"
            )]
            let now = Instant::now();
            *self.broke_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        broken
    }
}
