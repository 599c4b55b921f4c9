//! What someone who has given the password is asked for next: it is found once a request.

use countersign_core::{Attempt, RecoveryCodeFormat};
use secrecy::{ExposeSecret, SecretString};

use crate::account::Account;
use crate::ports::{Person, TokenDigest, TokenKind};
use crate::realm::Realm;
use crate::second_factor::{CodeState, SecondFactor};
use crate::sign_in::{Challenge, ChallengeMethod, methods};
use crate::{Application, Timestamp, UseCaseError};

/// Finds the challenge of a token. What it says is for whoever holds that: they have given the password.
#[derive(Clone, Debug)]
pub struct FindChallenge {
    /// The challenge's token.
    pub challenge_token: SecretString,
}

impl FindChallenge {
    /// `None` when it is unknown, spent, expired, or void because something changed since.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<OpenChallenge>, UseCaseError> {
        let Some(digest) = application.tokens().digest(TokenKind::Challenge, self.challenge_token.expose_secret())
        else {
            return Ok(None);
        };
        OpenChallenge::find(application, &digest).await
    }
}

/// A challenge that stood when it was found, and whose it is.
#[derive(Clone, Debug)]
pub struct OpenChallenge {
    /// The realm and its policy.
    pub realm: Realm,
    pub(crate) challenge: Challenge,
    pub(crate) account: Account,
    pub(crate) factor: SecondFactor,
}

impl OpenChallenge {
    pub(crate) async fn find(application: &Application, token: &TokenDigest) -> Result<Option<Self>, UseCaseError> {
        let Some((challenge, person)) = application.store().find_challenged(token).await? else { return Ok(None) };
        let Person { realm, account, factor } = person;
        let found = Self { challenge, account, realm, factor };
        Ok(found.stands_at(application.now()).then_some(found))
    }

    fn stands_at(&self, now: Timestamp) -> bool {
        let sign_in = &self.realm.policy.sign_in;
        let ttl = u64::from(sign_in.challenge_ttl_seconds);
        now < self.challenge.expires_at
            // A policy made stricter since counts as well.
            && now < self.challenge.created_at.plus_seconds(ttl)
            && self.challenge.failed_tries < sign_in.challenge_attempts
            && self.challenge.password_version == self.account.password_version
            && self.challenge.second_factor_version == self.factor.state.version
            && self.account.disabled_at.is_none()
            && self.factor.state.is_enabled()
    }

    /// What it asks for, and how that is taken now.
    #[must_use]
    pub fn overview(&self, now: Timestamp) -> ChallengeOverview {
        let Self { account, realm, factor, .. } = self;
        let rules = realm.policy.guessing_rules();
        ChallengeOverview {
            login: account.login.as_str().to_owned(),
            failed_tries: self.challenge.failed_tries,
            methods: methods(realm, factor),
            digits: digits(factor),
            recovery_format: factor.active_recovery_set().map(|set| set.format.clone()),
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            codes_wait_seconds: factor.code_gate(&realm.policy, now).seconds(),
            code_state: factor.code_state(&realm.policy, now),
            recovery_codes_wait_seconds: factor.state.counters.gate(&rules, Attempt::RecoveryCode, now).seconds(),
        }
    }
}

/// What a challenge asks for.
#[derive(Clone, Debug)]
pub struct ChallengeOverview {
    /// The login of the account.
    pub login: String,
    /// How many wrong codes it was answered with.
    pub failed_tries: u32,
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

/// How many digits all of its codes have.
fn digits(factor: &SecondFactor) -> Option<u32> {
    let mut digits = factor.active().map(|authenticator| u32::from(authenticator.parameters.digits().get()));
    let first = digits.next()?;
    digits.all(|other| other == first).then_some(first)
}
