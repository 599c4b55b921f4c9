//! The way back for someone who lost their phone.

use crate::account::Account;
use crate::administration::{AdministrationDenial, Administrator};
use crate::second_factor::{disabled_for, take_second_factor_away};
use crate::text::Remark;
use crate::verification::GivenProof;
use crate::{Application, UseCaseError};

/// Turns off the second factor of an account on behalf of its owner, and ends all its sessions.
#[derive(Clone, Debug)]
pub struct ResetTwoFactor {
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
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<ResetTwoFactorOutcome, UseCaseError> {
        let now = application.now();
        if let Some(denial) = by.refuses(account) {
            return Ok(ResetTwoFactorOutcome::Denied(denial));
        }
        if !by.authority.may_disable_two_factor(&by.realm.policy) {
            return Ok(ResetTwoFactorOutcome::Denied(AdministrationDenial::MayNotDisableTwoFactor));
        }
        let confirmed = match by.confirm(application, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(ResetTwoFactorOutcome::Denied(denial)),
        };
        let confirmed = &confirmed;
        application
            .transact(|unit| {
                Box::pin(async move {
                    match by.lock(unit, account.id).await? {
                        Err(denial) => return Ok(ResetTwoFactorOutcome::Denied(denial)),
                        Ok(locked) if !locked.state.is_enabled() => {
                            application.carries_out();
                            unit.authenticators().remove_pending(account.id).await?;
                            return Ok(ResetTwoFactorOutcome::NotEnabled);
                        }
                        Ok(_) => {}
                    }
                    take_second_factor_away(unit, &by.realm, account, None, now).await?;
                    unit.sessions().end_all(account.id, None).await?;
                    let mut record = by.record(application, account, confirmed, now);
                    record.succeeded(disabled_for(self.reason.as_ref()))?;
                    record.append(unit).await?;
                    Ok(ResetTwoFactorOutcome::Disabled { whom: account.whom() })
                })
            })
            .await
    }
}
