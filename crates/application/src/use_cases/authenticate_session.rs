//! Recognizing a session.

use secrecy::{ExposeSecret, SecretString};

use crate::ports::TokenKind;
use crate::{Application, Origin, SignedIn, UseCaseError};

/// How long a session may be used before its last use is noted again: a write for each request would be a high price
/// for a figure that people read in minutes.
const NOTED_EVERY_SECONDS: u64 = 60;

/// Recognizes the session of a bearer token.
#[derive(Clone, Debug)]
pub struct AuthenticateSession {
    /// What the client sent.
    pub token: SecretString,
    /// From where.
    pub origin: Origin,
}

impl AuthenticateSession {
    /// Runs the use case; `None` for an unknown, ended or expired session and for an account that was disabled.
    ///
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(self, application: &Application) -> Result<Option<SignedIn>, UseCaseError> {
        let now = application.now();
        let store = application.store();
        let Some(digest) = application.tokens().digest(TokenKind::Session, self.token.expose_secret()) else {
            return Ok(None);
        };
        let Some(session) = store.find_session(&digest).await? else { return Ok(None) };
        let Some(account) = store.find_account(session.account_id).await? else { return Ok(None) };
        let realm = store.find_realm_by_id(account.realm_id).await?;
        let realm = realm.ok_or(UseCaseError::Fault("an account belongs to a realm"))?;
        if account.disabled_at.is_some() || !session.is_alive_at(now, &realm.policy) {
            return Ok(None);
        }
        if now >= session.last_seen_at.plus_seconds(NOTED_EVERY_SECONDS) {
            let id = session.id;
            application.transact(|unit| Box::pin(async move { Ok(unit.sessions().touch(id, now).await?) })).await?;
        }
        Ok(Some(SignedIn { session, account, realm, origin: self.origin }))
    }
}
