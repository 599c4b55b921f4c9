//! Housekeeping.

use crate::ports::Pruned;
use crate::{Application, UseCaseError};

/// Counters of attempts are forgotten after a day in which nobody failed.
const ATTEMPTS_KEPT_SECONDS: u64 = 86_400;

/// Removes what has expired. Correctness never depends on it: whatever expired is refused whether or not it is still
/// stored.
#[derive(Clone, Copy, Debug)]
pub struct PruneExpired;

impl PruneExpired {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the next run removes what this one did not.
    pub async fn execute(self, application: &Application) -> Result<Pruned, UseCaseError> {
        let now = application.now();
        let attempts_before = now.minus_seconds(ATTEMPTS_KEPT_SECONDS);
        application
            .transact(|unit| Box::pin(async move { Ok(unit.housekeeping().prune(now, attempts_before).await?) }))
            .await
    }
}
