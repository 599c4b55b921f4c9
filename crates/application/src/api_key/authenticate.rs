//! Recognizing API keys.

use secrecy::{ExposeSecret, SecretString};

use crate::api_key::{ApiKey, Scope};
use crate::audit::asked_by;
use crate::ports::TokenKind;
use crate::realm::Realm;
use crate::{Application, UseCaseError};

/// How long a key may be used before its last use is noted again.
const NOTED_EVERY_SECONDS: u64 = 60;

/// Recognizes an API key.
#[derive(Clone, Debug)]
pub struct AuthenticateApiKey<'a> {
    /// What the client sent.
    pub token: SecretString,
    /// Any of these scopes will do.
    pub scopes: &'a [Scope],
}

/// What came of recognizing it.
#[derive(Debug)]
pub enum AuthenticateApiKeyOutcome<T> {
    /// The key, and what was asked for with it.
    Recognized(Box<T>),
    /// Unknown, revoked or expired.
    Unknown,
    /// It has none of the scopes.
    MissingScope,
}

impl AuthenticateApiKey<'_> {
    /// Answers with the key and its realm.
    ///
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(
        &self,
        application: &Application,
    ) -> Result<AuthenticateApiKeyOutcome<(ApiKey, Realm)>, UseCaseError> {
        let store = application.store();
        let Some(digest) = application.tokens().digest(TokenKind::ApiKey, self.token.expose_secret()) else {
            return Ok(AuthenticateApiKeyOutcome::Unknown);
        };
        let Some(key) = store.find_api_key(&digest).await? else { return Ok(AuthenticateApiKeyOutcome::Unknown) };
        if let Some(refused) = key.refusal(application, self.scopes) {
            return Ok(refused);
        }
        let realm = store.find_realm_by_id(key.realm_id).await?;
        let realm = realm.ok_or(UseCaseError::Fault("an API key belongs to a realm"))?;
        key.note_use(application).await?;
        Ok(AuthenticateApiKeyOutcome::Recognized(Box::new((key, realm))))
    }
}

impl ApiKey {
    /// Why it does not do, if it does not: any of the scopes would.
    pub(crate) fn refusal<T>(
        &self,
        application: &Application,
        scopes: &[Scope],
    ) -> Option<AuthenticateApiKeyOutcome<T>> {
        if !self.is_valid_at(application.now()) {
            return Some(AuthenticateApiKeyOutcome::Unknown);
        }
        asked_by("api_key", self.id);
        (!self.has_any(scopes)).then_some(AuthenticateApiKeyOutcome::MissingScope)
    }

    /// Notes that it is used, now and then.
    pub(crate) async fn note_use(&self, application: &Application) -> Result<(), UseCaseError> {
        let now = application.now();
        if self.last_used_at.is_none_or(|at| now >= at.plus_seconds(NOTED_EVERY_SECONDS)) {
            application
                .transact_aside(|unit| Box::pin(async move { Ok(unit.api_keys().touch(self.id, now).await?) }))
                .await?;
        }
        Ok(())
    }
}
