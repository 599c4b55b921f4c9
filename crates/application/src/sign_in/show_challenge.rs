//! What someone who has given the password is asked for next.

use countersign_core::{Attempt, RecoveryCodeFormat};
use secrecy::SecretString;

use crate::realm::Realm;
use crate::second_factor::{CodeState, SecondFactor};
use crate::sign_in::{ChallengeMethod, OpenChallenge, methods};
use crate::{Application, UseCaseError};

/// Shows what a challenge asks for. It is for whoever holds its token: they have given the password.
#[derive(Clone, Debug)]
pub struct ShowChallenge {
    /// The challenge's token.
    pub challenge_token: SecretString,
}

/// What a challenge asks for.
#[derive(Clone, Debug)]
pub struct ChallengeOverview {
    /// The realm and its policy.
    pub realm: Realm,
    /// The login of the account.
    pub login: String,
    /// What it takes for an answer.
    pub methods: Vec<ChallengeMethod>,
    /// How many digits the codes of its authenticators have; `None` where they differ.
    pub digits: Option<u32>,
    /// The format of the recovery codes that it was given: the policy may have another one by now.
    pub recovery_format: Option<RecoveryCodeFormat>,
    /// How many recovery codes are left.
    pub recovery_codes_remaining: u32,
    /// How many seconds single codes of an authenticator have to wait, if they do.
    pub codes_wait_seconds: Option<u64>,
    /// How they are taken meanwhile.
    pub code_state: CodeState,
    /// How many seconds recovery codes have to wait, if they do.
    pub recovery_codes_wait_seconds: Option<u64>,
}

impl ShowChallenge {
    /// Looks it up; `None` when it is unknown, spent, expired, or void because something changed since.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn execute(&self, application: &Application) -> Result<Option<ChallengeOverview>, UseCaseError> {
        let now = application.now();
        let Some(standing) = OpenChallenge::find(application, &self.challenge_token, now).await? else {
            return Ok(None);
        };
        let OpenChallenge { account, realm, factor, .. } = standing;
        let rules = realm.policy.guessing_rules();
        Ok(Some(ChallengeOverview {
            login: account.login.as_str().to_owned(),
            methods: methods(&realm, &factor),
            digits: digits(&factor),
            recovery_format: factor.active_recovery_set().map(|set| set.format.clone()),
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            codes_wait_seconds: factor.code_gate(&realm.policy, now).seconds(),
            code_state: factor.code_state(&realm.policy, now),
            recovery_codes_wait_seconds: factor.state.counters.gate(&rules, Attempt::RecoveryCode, now).seconds(),
            realm,
        }))
    }
}

/// How many digits all of its codes have.
fn digits(factor: &SecondFactor) -> Option<u32> {
    let mut digits = factor.active().map(|authenticator| u32::from(authenticator.parameters.digits().get()));
    let first = digits.next()?;
    digits.all(|other| other == first).then_some(first)
}
