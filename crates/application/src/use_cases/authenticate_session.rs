//! Recognizing a session.

use secrecy::{ExposeSecret, SecretString};

use crate::enforcement::enrollment_deadline;
use crate::ports::TokenKind;
use crate::refusals::asked_by;
use crate::{Account, Application, Caller, Origin, Realm, Standing, Timestamp, UseCaseError};

/// How long a session may be used before its last use is noted again: a write for each request would be a high price
/// for a figure that people read in minutes.
const NOTED_EVERY_SECONDS: u64 = 60;

/// What a session is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionPurpose {
    /// To look at the account and its second factor, and to sign out.
    Look,
    /// To enroll.
    Enroll,
    /// Anything else.
    Anything,
}

/// What came of recognizing a session.
#[derive(Debug)]
pub enum AuthenticateSessionOutcome {
    /// The one who asks.
    Recognized(Box<Caller>),
    /// Unknown, ended or expired session, or an account that was disabled.
    Unknown,
    /// The session may only enroll, because the policy requires a second factor that the account does not have.
    EnrollmentRequired,
}

/// Recognizes the session of a bearer token.
#[derive(Clone, Debug)]
pub struct AuthenticateSession {
    /// What the client sent.
    pub token: SecretString,
    /// From where.
    pub origin: Origin,
    /// What for.
    pub purpose: SessionPurpose,
}

impl AuthenticateSession {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(self, application: &Application) -> Result<AuthenticateSessionOutcome, UseCaseError> {
        let now = application.now();
        let store = application.store();
        let Some(digest) = application.tokens().digest(TokenKind::Session, self.token.expose_secret()) else {
            return Ok(AuthenticateSessionOutcome::Unknown);
        };
        let Some(session) = store.find_session(&digest).await? else { return Ok(AuthenticateSessionOutcome::Unknown) };
        let Some(account) = store.find_account(session.account_id).await? else {
            return Ok(AuthenticateSessionOutcome::Unknown);
        };
        asked_by("account", account.id);
        let realm = store.find_realm_by_id(account.realm_id).await?;
        let realm = realm.ok_or(UseCaseError::Fault("an account belongs to a realm"))?;
        if account.disabled_at.is_some() || !session.is_alive_at(now, &realm.policy) {
            return Ok(AuthenticateSessionOutcome::Unknown);
        }
        let restricted = session.enrollment_only || overdue(&realm, &account, now);
        match (self.purpose, restricted) {
            (SessionPurpose::Look, _) | (_, false) => {}
            // Once the account has a second factor, a session that never showed it may not touch it.
            (SessionPurpose::Enroll, true) if !account.two_factor_enabled() => {}
            _ => return Ok(AuthenticateSessionOutcome::EnrollmentRequired),
        }
        if now >= session.last_seen_at.plus_seconds(NOTED_EVERY_SECONDS) {
            let id = session.id;
            application.transact(|unit| Box::pin(async move { Ok(unit.sessions().touch(id, now).await?) })).await?;
        }
        let standing = Standing::Session(session);
        let caller = Caller { may_only_enroll: restricted, standing, account, realm, origin: self.origin };
        Ok(AuthenticateSessionOutcome::Recognized(Box::new(caller)))
    }
}

/// Whether the account should have enrolled by now. A policy made stricter, or a grace period that ended, counts for
/// sessions that stand already.
fn overdue(realm: &Realm, account: &Account, now: Timestamp) -> bool {
    enrollment_deadline(&realm.policy, account).is_some_and(|deadline| deadline <= now)
}
