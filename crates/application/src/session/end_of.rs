//! Signing someone out everywhere, on their behalf.

use crate::account::Account;
use crate::administration::{AdministrationDenial, Administrator};
use crate::audit::{EndedSessions, Event};
use crate::{Application, UseCaseError};

/// Ends all sessions of an account, and the sign-ins that are under way. It takes no proof: it gives nobody anything, and may
/// have to be quick.
#[derive(Clone, Copy, Debug)]
pub struct EndSessionsOf;

impl EndSessionsOf {
    /// Answers how many it ended.
    ///
    /// # Errors
    /// A port failed; all still stand.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<Result<u64, AdministrationDenial>, UseCaseError> {
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
                    unit.challenges().remove_all(account.id).await?;
                    let count = unit.sessions().end_all(account.id, None).await?;
                    if count > 0 {
                        let mut record = by.record_without_proof(application, account, now);
                        record.succeeded(Event::SessionEnded { sessions: EndedSessions::All { count } })?;
                        record.append(unit).await?;
                    }
                    Ok(Ok(count))
                })
            })
            .await
    }
}
