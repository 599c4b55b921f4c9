//! Giving an account a new password, for someone who forgot theirs.

use secrecy::SecretString;

use super::disable_two_factor::clear_throttles;
use crate::administered::Administration;
use crate::application::details;
use crate::{Application, EventKind, NewPasswordError, UseCaseError};

/// Sets the password of an account. All its sessions, challenges and trusted devices end; its second factor stays.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// Which, and who does it.
    pub administration: Administration,
    /// The password that shall hold from now on.
    pub password: SecretString,
}

/// What may come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetPasswordOutcome {
    /// The new password holds.
    Changed,
    /// There is no such account.
    NotFound,
    /// The password breaks a rule.
    Unfit(NewPasswordError),
}

impl SetPassword {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the old password still holds.
    pub async fn execute(self, application: &Application) -> Result<SetPasswordOutcome, UseCaseError> {
        let now = application.now();
        let Some(found) = self.administration.find(application).await? else {
            return Ok(SetPasswordOutcome::NotFound);
        };
        let new = match application.fit_password(self.password, found.account.login.as_str()) {
            Ok(new) => new,
            Err(unfit) => return Ok(SetPasswordOutcome::Unfit(unfit)),
        };
        let hash = application.passwords().hash(new.secret()).await?;
        let (found, hash, administration) = (&found, &hash, &self.administration);
        application
            .transact(|unit| {
                Box::pin(async move {
                    if found.lock(unit).await?.is_none() {
                        return Ok(SetPasswordOutcome::NotFound);
                    }
                    let account = &found.account;
                    unit.accounts().change_password(account.id, hash).await?;
                    clear_throttles(unit, account).await?;
                    unit.challenges().remove_all(account.id).await?;
                    unit.trusted_devices().revoke_all(account.id).await?;
                    unit.sessions().end_all(account.id, None).await?;
                    let mut record = administration.record(application, found, now);
                    record.succeeded(EventKind::PasswordChanged, details([]))?;
                    record.append(unit).await?;
                    Ok(SetPasswordOutcome::Changed)
                })
            })
            .await
    }
}
