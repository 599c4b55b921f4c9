//! Deleting accounts.

use crate::administered::Administration;
use crate::application::details;
use crate::{Application, EventKind, UseCaseError};

/// Deletes an account and everything of it but its audit events.
#[derive(Clone, Debug)]
pub struct DeleteAccount {
    /// Which, and who does it.
    pub administration: Administration,
}

impl DeleteAccount {
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
                    if found.lock(unit).await?.is_none() || !unit.accounts().delete(found.account.id).await? {
                        return Ok(false);
                    }
                    let mut record = self.administration.record(application, found, now);
                    record.succeeded(EventKind::AccountDeleted, details([]))?;
                    record.append(unit).await?;
                    Ok(true)
                })
            })
            .await
    }
}
