//! Deleting accounts.

use crate::account::Account;
use crate::administration::{AdministrationDenial, Administrator, Locked, leaves_an_owner};
use crate::audit::{AuditText, Event};
use crate::text::Remark;
use crate::verification::GivenProof;
use crate::{Application, UseCaseError};

/// Deletes an account and everything of it but its audit events.
#[derive(Clone, Debug, Default)]
pub struct DeleteAccount {
    /// Why, for the audit log.
    pub reason: Option<Remark>,
    /// Whether the operator wants it even where the realm is left without an owner.
    pub even_the_last_owner: bool,
    /// The administrator's own.
    pub proof: GivenProof,
}

impl DeleteAccount {
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
        let confirmed = match by.confirm(application, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(Err(denial)),
        };
        let (found, confirmed) = (account, &confirmed);
        application
            .transact(|unit| {
                Box::pin(async move {
                    let account = match by.lock(unit, found.id).await? {
                        Ok(Locked { account, .. }) => account,
                        Err(denial) => return Ok(Err(denial)),
                    };
                    if !self.even_the_last_owner && !leaves_an_owner(unit, &account).await? {
                        return Ok(Err(AdministrationDenial::LastOwner));
                    }
                    unit.accounts().delete(found.id).await?;
                    let mut record = by.record(application, found, confirmed, now);
                    let reason = self.reason.as_ref().map(|reason| AuditText::new(reason.as_str()));
                    record.succeeded(Event::AccountDeleted { reason })?;
                    record.append(unit).await?;
                    Ok(Ok(()))
                })
            })
            .await
    }
}
