//! Ending an account's waits.

use super::disable_two_factor::clear_throttles;
use crate::administered::Administration;
use crate::application::details;
use crate::{Application, EventKind, UseCaseError};

/// Forgets the failures of an account, so that its owner need not wait.
#[derive(Clone, Debug)]
pub struct UnlockAccount {
    /// Which, and who does it.
    pub administration: Administration,
}

impl UnlockAccount {
    /// Runs the use case; `false` when there is no such account.
    ///
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(&self, application: &Application) -> Result<bool, UseCaseError> {
        let now = application.now();
        let Some(found) = self.administration.find(application).await? else { return Ok(false) };
        let found = &found;
        application
            .transact(|unit| {
                Box::pin(async move {
                    if found.lock(unit).await?.is_none() {
                        return Ok(false);
                    }
                    clear_throttles(unit, &found.account).await?;
                    let mut record = self.administration.record(application, found, now);
                    record.succeeded(EventKind::AccountUnlocked, details([]))?;
                    record.append(unit).await?;
                    Ok(true)
                })
            })
            .await
    }
}
