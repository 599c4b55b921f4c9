//! Ending an account's waits.

use crate::administration::{Administration, AdministrationDenial, Authority};
use crate::audit::Event;
use crate::verification::{end_waits, forgive};
use crate::{Application, UseCaseError};

/// Ends the waits of an account, so that its owner need not wait.
///
/// It takes no proof. So an administrator's session, which may have been left open, ends the waits and gives no guess back: a new
/// password does the rest. The operator and an API key, which prove nothing anywhere, fill the budgets of guesses as well.
#[derive(Clone, Debug)]
pub struct UnlockAccount {
    /// Which, and who does it.
    pub administration: Administration,
}

impl UnlockAccount {
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
                    match self.administration.authority {
                        Authority::Operator | Authority::Application { .. } => forgive(unit, found.account.id).await?,
                        Authority::Administrator(_) => end_waits(unit, found.account.id).await?,
                    }
                    let mut record = self.administration.record_without_proof(application, found, now);
                    record.succeeded(Event::AccountUnlocked)?;
                    record.append(unit).await?;
                    Ok(Ok(()))
                })
            })
            .await
    }
}
