//! The way back for someone who lost their phone.

use crate::administration::{Administration, AdministrationDenial};
use crate::second_factor::{disabled_for, take_second_factor_away};
use crate::text::Remark;
use crate::verification::GivenProof;
use crate::{Application, UseCaseError};

/// Turns off the second factor of an account on behalf of its owner, and ends all its sessions.
#[derive(Clone, Debug)]
pub struct ResetTwoFactor {
    /// Which, and who does it.
    pub administration: Administration,
    /// Why, for the audit log.
    pub reason: Option<Remark>,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResetTwoFactorOutcome {
    /// It is off.
    Disabled {
        /// Whose: see [`Account::whom`](crate::account::Account::whom).
        whom: String,
    },
    /// It was not on; an enrollment that was under way is gone.
    NotEnabled,
    /// It was refused.
    Denied(AdministrationDenial),
}

impl ResetTwoFactorOutcome {
    /// What was done, in a sentence that the API and the command line give alike.
    #[must_use]
    pub fn message(whom: &str) -> String {
        format!("Two-factor is off for {whom}; sessions and trusted devices of the account were ended.")
    }
}

impl ResetTwoFactor {
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(&self, application: &Application) -> Result<ResetTwoFactorOutcome, UseCaseError> {
        let now = application.now();
        let found = match self.administration.find(application).await? {
            Ok(found) => found,
            Err(denial) => return Ok(ResetTwoFactorOutcome::Denied(denial)),
        };
        if !self.administration.authority.may_disable_two_factor(&found.realm.policy) {
            return Ok(ResetTwoFactorOutcome::Denied(AdministrationDenial::MayNotDisableTwoFactor));
        }
        let by = match self.administration.confirm(application, &self.proof).await? {
            Ok(by) => by,
            Err(denial) => return Ok(ResetTwoFactorOutcome::Denied(denial)),
        };
        let (found, by) = (&found, &by);
        application
            .transact(|unit| {
                Box::pin(async move {
                    let account = &found.account;
                    match self.administration.lock(unit, found).await? {
                        Err(denial) => return Ok(ResetTwoFactorOutcome::Denied(denial)),
                        Ok(locked) if !locked.state.is_enabled() => {
                            application.carries_out();
                            unit.authenticators().remove_pending(account.id).await?;
                            return Ok(ResetTwoFactorOutcome::NotEnabled);
                        }
                        Ok(_) => {}
                    }
                    take_second_factor_away(unit, &found.realm, account, None, now).await?;
                    unit.sessions().end_all(account.id, None).await?;
                    let mut record = self.administration.record(application, found, by, now);
                    record.succeeded(disabled_for(self.reason.as_ref()))?;
                    record.append(unit).await?;
                    Ok(ResetTwoFactorOutcome::Disabled { whom: account.whom() })
                })
            })
            .await
    }
}
