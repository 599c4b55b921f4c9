//! Renaming an authenticator.

use crate::caller::Caller;
use crate::second_factor::{Authenticator, AuthenticatorName};
use crate::{Application, AuthenticatorId, UseCaseError};

/// Gives an authenticator of the caller another name.
#[derive(Clone, Debug)]
pub struct RenameAuthenticator {
    pub authenticator_id: AuthenticatorId,
    /// Its new name.
    pub name: AuthenticatorName,
}

impl RenameAuthenticator {
    /// `None` when the caller has none such.
    ///
    /// # Errors
    /// A port failed; nothing was renamed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Option<Authenticator>, UseCaseError> {
        let id = self.authenticator_id;
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    let found = factor.authenticator(id).filter(|found| found.is_shown_at(now));
                    let Some(authenticator) = found else { return Ok(None) };
                    if !unit.authenticators().rename(caller.account.id, id, &self.name).await? {
                        return Ok(None);
                    }
                    Ok(Some(Authenticator { name: self.name.clone(), ..authenticator.clone() }))
                })
            })
            .await
    }
}
