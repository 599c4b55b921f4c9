//! Housekeeping.

use std::time::Duration;

use crate::housekeeping::{Due, Pruned};
use crate::{Application, UseCaseError};

/// Counters of attempts are forgotten after a day in which nobody failed.
const ATTEMPTS_KEPT_SECONDS: u64 = 86_400;

/// How many rows one unit of work removes at most: the work of some milliseconds on a slow disk.
const PIECE: u32 = 100;

/// How long others have the store for themselves between two pieces, however much is to be caught up with.
const PAUSE: Duration = Duration::from_millis(5);

const DAY_SECONDS: u64 = 86_400;

/// Removes what has expired, in pieces. Correctness never depends on it: whatever expired is refused whether or not it is
/// still stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct PruneExpired {
    /// For how many days audit events are kept; `None` for ever.
    pub audit_event_days: Option<u32>,
}

impl PruneExpired {
    /// Goes on until nothing is left that was due when it began.
    ///
    /// # Errors
    /// A port failed; what was removed until then stays removed, and the next run goes on.
    pub async fn execute(&self, application: &Application) -> Result<Pruned, UseCaseError> {
        let now = application.now();
        let due = Due {
            expired: now,
            attempts_before: now.minus_seconds(ATTEMPTS_KEPT_SECONDS),
            audit_events_before: self.audit_event_days.map(|days| now.minus_seconds(u64::from(days) * DAY_SECONDS)),
        };
        let (due, mut pruned) = (&due, Pruned::default());
        loop {
            let piece = application
                .transact(|unit| Box::pin(async move { Ok(unit.housekeeping().prune(due, PIECE).await?) }))
                .await?;
            if piece.total() == 0 {
                return Ok(pruned);
            }
            pruned += piece;
            tokio::time::sleep(PAUSE).await;
        }
    }
}
