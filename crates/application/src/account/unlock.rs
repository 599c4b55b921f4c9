//! Ending an account's waits.

use crate::account::Account;
use crate::administration::{AdministrationDenial, Administrator, Authority};
use crate::audit::Event;
use crate::verification::{end_waits, forgive};
use crate::{Application, UseCaseError};

/// Ends the waits of an account, so that its owner need not wait.
///
/// It takes no proof. So an administrator's session, which may have been left open, ends the waits and gives no guess back: a new
/// password does the rest. The operator and an API key, which prove nothing anywhere, fill the budgets of guesses as well.
#[derive(Clone, Copy, Debug)]
pub struct UnlockAccount;

impl UnlockAccount {
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<Result<(), AdministrationDenial>, UseCaseError> {
        let now = application.now();
        if let Some(denial) = by.refuses(account) {
            return Ok(Err(denial));
        }
        application
            .transact(|unit| {
                Box::pin(async move {
                    if let Err(denial) = by.lock(unit, account.id).await? {
                        return Ok(Err(denial));
                    }
                    match by.authority {
                        Authority::Operator | Authority::Application { .. } => forgive(unit, account.id).await?,
                        Authority::Administrator(_) => end_waits(unit, account.id).await?,
                    }
                    let mut record = by.record_without_proof(application, account, now);
                    record.succeeded(Event::AccountUnlocked)?;
                    record.append(unit).await?;
                    Ok(Ok(()))
                })
            })
            .await
    }
}
