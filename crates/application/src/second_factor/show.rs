//! The state of an account's second factor.

use crate::caller::Caller;
use crate::second_factor::SecondFactor;
use crate::{Application, UseCaseError};

/// Shows the caller its second factor.
#[derive(Clone, Copy, Debug)]
pub struct ShowTwoFactor;

/// What there is to see; never a secret.
#[derive(Debug)]
pub struct TwoFactorOverview {
    /// Authenticators and recovery code sets, without enrollments that expired.
    pub factor: SecondFactor,
}

impl ShowTwoFactor {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<TwoFactorOverview, UseCaseError> {
        let now = application.now();
        let mut factor = caller.second_factor(application).await?;
        factor.authenticators.retain(|authenticator| authenticator.is_shown_at(now));
        Ok(TwoFactorOverview { factor })
    }
}
