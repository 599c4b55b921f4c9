//! Deleting accounts.

use crate::administration::{Administration, AdministrationDenial, Locked, leaves_an_owner};
use crate::audit::Event;
use crate::verification::GivenProof;
use crate::{Application, UseCaseError};

/// Deletes an account and everything of it but its audit events.
#[derive(Clone, Debug)]
pub struct DeleteAccount {
    /// Which, and who does it.
    pub administration: Administration,
    /// Whether the operator wants it even where the realm is left without an owner.
    pub even_the_last_owner: bool,
    /// The administrator's own.
    pub proof: GivenProof,
}

impl DeleteAccount {
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(&self, application: &Application) -> Result<Result<(), AdministrationDenial>, UseCaseError> {
        let now = application.now();
        let found = match self.administration.find(application).await? {
            Ok(found) => found,
            Err(denial) => return Ok(Err(denial)),
        };
        let by = match self.administration.confirm(application, &self.proof).await? {
            Ok(by) => by,
            Err(denial) => return Ok(Err(denial)),
        };
        let (found, by) = (&found, &by);
        application
            .transact(|unit| {
                Box::pin(async move {
                    let account = match self.administration.lock(unit, found).await? {
                        Ok(Locked { account, .. }) => account,
                        Err(denial) => return Ok(Err(denial)),
                    };
                    if !self.even_the_last_owner && !leaves_an_owner(unit, &account).await? {
                        return Ok(Err(AdministrationDenial::LastOwner));
                    }
                    unit.accounts().delete(found.account.id).await?;
                    let mut record = self.administration.record(application, found, by, now);
                    record.succeeded(Event::AccountDeleted)?;
                    record.append(unit).await?;
                    Ok(Ok(()))
                })
            })
            .await
    }
}
