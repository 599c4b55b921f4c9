//! Ending an account's waits.

use crate::application::details;
use crate::verification::forgive;
use crate::{Administration, AdministrationDenial, Application, EventKind, UseCaseError};

/// Forgets the failures of an account, so that its owner need not wait.
#[derive(Clone, Debug)]
pub struct UnlockAccount {
    /// Which, and who does it.
    pub administration: Administration,
}

impl UnlockAccount {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(&self, application: &Application) -> Result<Result<(), AdministrationDenial>, UseCaseError> {
        let now = application.now();
        let found = match self.administration.find(application).await? {
            Ok(found) => found,
            Err(denial) => return Ok(Err(denial)),
        };
        let found = &found;
        application
            .transact(|unit| {
                Box::pin(async move {
                    if let Err(denial) = self.administration.lock(unit, found).await? {
                        return Ok(Err(denial));
                    }
                    forgive(unit, found.account.id).await?;
                    let mut record = self.administration.record_without_proof(application, found, now);
                    record.succeeded(EventKind::AccountUnlocked, details([]))?;
                    record.append(unit).await?;
                    Ok(Ok(()))
                })
            })
            .await
    }
}
