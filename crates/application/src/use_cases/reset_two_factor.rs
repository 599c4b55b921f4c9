//! The way back for someone who lost their phone.

use super::disable_two_factor::take_second_factor_away;
use crate::administered::Administration;
use crate::application::details;
use crate::{Application, EventKind, UseCaseError};

/// Turns off the second factor of an account on behalf of its owner, and ends all its sessions.
#[derive(Clone, Debug)]
pub struct ResetTwoFactor {
    /// Which, and who does it.
    pub administration: Administration,
    /// Why, for the audit log.
    pub reason: Option<String>,
}

/// What may come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetTwoFactorOutcome {
    /// It is off.
    Disabled,
    /// It was not on; an enrollment that was under way is gone.
    NotEnabled,
    /// There is no such account.
    NotFound,
}

impl ResetTwoFactor {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(&self, application: &Application) -> Result<ResetTwoFactorOutcome, UseCaseError> {
        let now = application.now();
        let Some(found) = self.administration.find(application).await? else {
            return Ok(ResetTwoFactorOutcome::NotFound);
        };
        let found = &found;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let account = &found.account;
                    match found.lock(unit).await? {
                        None => return Ok(ResetTwoFactorOutcome::NotFound),
                        Some(state) if !state.is_enabled() => {
                            unit.authenticators().remove_pending(account.id).await?;
                            return Ok(ResetTwoFactorOutcome::NotEnabled);
                        }
                        Some(_) => {}
                    }
                    take_second_factor_away(unit, &found.realm, account, None).await?;
                    unit.sessions().end_all(account.id, None).await?;
                    let what = match &self.reason {
                        Some(reason) => details([("reason", reason.as_str())]),
                        None => details([]),
                    };
                    let mut record = self.administration.record(application, found, now);
                    record.succeeded(EventKind::TwoFactorDisabled, what)?;
                    record.append(unit).await?;
                    Ok(ResetTwoFactorOutcome::Disabled)
                })
            })
            .await
    }
}
