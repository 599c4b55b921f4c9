//! Changing an account on behalf of its owner: its role, its password, whether it may sign in.

use secrecy::SecretString;

use crate::administration::Administered;
use crate::application::details;
use crate::ports::{PasswordHash, UnitOfWork};
use crate::verification::forgive;
use crate::{
    Account, Administration, AdministrationDenial, Application, EventKind, NewPasswordError, Role, Timestamp,
    UseCaseError,
};

/// Changes an account. What is left out stays as it is.
///
/// A new password ends all its sessions, challenges and trusted devices; so does disabling it. Its second factor stays.
#[derive(Clone, Debug)]
pub struct UpdateAccount {
    /// Which, and who does it.
    pub administration: Administration,
    /// What it may do from now on.
    pub role: Option<Role>,
    /// The password that shall hold from now on.
    pub password: Option<SecretString>,
    /// Whether signing in is refused from now on.
    pub disabled: Option<bool>,
}

/// What may come of it.
#[derive(Debug)]
pub enum UpdateAccountOutcome {
    /// The account as it is now.
    Updated(Box<Account>),
    /// It was refused.
    Denied(AdministrationDenial),
    /// The password breaks a rule.
    UnfitPassword(NewPasswordError),
}

impl UpdateAccount {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(self, application: &Application) -> Result<UpdateAccountOutcome, UseCaseError> {
        let now = application.now();
        let found = match self.administration.find(application).await? {
            Ok(found) => found,
            Err(denial) => return Ok(UpdateAccountOutcome::Denied(denial)),
        };
        if self.role.is_some_and(|role| !self.administration.authority.may_grant(role)) {
            return Ok(UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly));
        }
        let hash = match &self.password {
            None => None,
            Some(password) => {
                let behalf = self.administration.authority.behalf(&self.administration.origin);
                match application.hash_if_fit(password.clone(), found.account.login.as_str(), &behalf).await? {
                    Ok(hash) => Some(hash),
                    Err(unfit) => return Ok(UpdateAccountOutcome::UnfitPassword(unfit)),
                }
            }
        };
        let (update, found, hash) = (&self, &found, hash.as_ref());
        application
            .transact(|unit| Box::pin(async move { update.apply(application, unit, found, hash, now).await }))
            .await
    }

    async fn apply(
        &self,
        application: &Application,
        unit: &mut dyn UnitOfWork,
        found: &Administered,
        hash: Option<&PasswordHash>,
        now: Timestamp,
    ) -> Result<UpdateAccountOutcome, UseCaseError> {
        if let Err(denial) = self.administration.lock(unit, found).await? {
            return Ok(UpdateAccountOutcome::Denied(denial));
        }
        let account = &found.account;
        let mut record = self.administration.record(application, found, now);
        if let Some(role) = self.role.filter(|role| *role != account.role) {
            unit.accounts().set_role(account.id, role).await?;
            let what = [("role_before", account.role.as_str()), ("role", role.as_str())];
            record.succeeded(EventKind::AccountUpdated, details(what))?;
        }
        if let Some(disabled) = self.disabled.filter(|disabled| *disabled != account.disabled_at.is_some()) {
            unit.accounts().set_disabled(account.id, disabled.then_some(now)).await?;
            let what = [("disabled", if disabled { "true" } else { "false" })];
            record.succeeded(EventKind::AccountUpdated, details(what))?;
        }
        if let Some(hash) = hash {
            unit.accounts().change_password(account.id, hash).await?;
            forgive(unit, account.id).await?;
            record.succeeded(EventKind::PasswordChanged, details([]))?;
        }
        if hash.is_some() || self.disabled == Some(true) {
            unit.challenges().remove_all(account.id).await?;
            unit.trusted_devices().revoke_all(account.id).await?;
            unit.sessions().end_all(account.id, None).await?;
        }
        record.append(unit).await?;
        let updated = unit.accounts().find(account.id).await?;
        let updated = updated.ok_or(UseCaseError::Fault("a locked account can be found"))?;
        Ok(UpdateAccountOutcome::Updated(Box::new(updated)))
    }
}
