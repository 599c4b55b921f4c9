use countersign_core::{Policy, Timestamp};
use secrecy::SecretString;

use crate::ports::{TokenDigest, TokenKind};
use crate::{Account, AccountId, Application, Origin, Realm, SessionId, UseCaseError};

/// What a completed sign-in yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The digest of its token.
    pub token_digest: TokenDigest,
    /// Whose it is.
    pub account_id: AccountId,
    /// Whether it may only enroll, because the policy requires a second factor that the account does not have.
    pub enrollment_only: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends however much it is used.
    pub expires_at: Timestamp,
    /// The address that signed in.
    pub ip: Option<String>,
    /// What the client that signed in calls itself.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whether it still stands at `now`: neither its life nor its idle time is over.
    #[must_use]
    pub fn is_alive_at(&self, now: Timestamp, policy: &Policy) -> bool {
        let (ttl, idle) = (policy.sign_in.session_ttl_seconds, policy.sign_in.session_idle_seconds);
        now < self.expires_at
            // A policy made stricter since counts as well.
            && now < self.created_at.plus_seconds(u64::from(ttl))
            && now < self.last_seen_at.plus_seconds(u64::from(idle))
    }
}

/// A session that was just made, with its token: the only time that the token is seen.
#[derive(Clone, Debug)]
pub struct SessionGrant {
    /// What the client sends from now on.
    pub token: SecretString,
    /// The session.
    pub session: Session,
}

impl Application {
    /// Makes a session; it stands once its unit of work is committed.
    pub(crate) fn new_session(
        &self,
        realm: &Realm,
        account: &Account,
        origin: &Origin,
        enrollment_only: bool,
        now: Timestamp,
    ) -> Result<SessionGrant, UseCaseError> {
        let issued = self.tokens().issue(TokenKind::Session)?;
        let session = Session {
            id: SessionId::new(now, 0, self.random()?),
            token_digest: issued.digest,
            account_id: account.id,
            enrollment_only,
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus_seconds(u64::from(realm.policy.sign_in.session_ttl_seconds)),
            ip: origin.address.map(|address| address.to_string()),
            user_agent: origin.user_agent.clone(),
        };
        Ok(SessionGrant { token: issued.token, session })
    }
}
