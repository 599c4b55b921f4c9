//! Recognizing a session.

use secrecy::{ExposeSecret, SecretString};

use crate::account::Account;
use crate::audit::asked_by;
use crate::caller::{Caller, Credential};
use crate::ports::Person;
use crate::realm::{Realm, begin_grace, enrollment_deadline, two_factor_is_required};
use crate::session::Session;
use crate::{Application, Origin, Timestamp, UseCaseError};

/// How long a session may be used before its last use is noted again: a write for each request would be a high price
/// for a figure that people read in minutes.
const NOTED_EVERY_SECONDS: u64 = 60;

/// What a session is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionPurpose {
    /// To look at the account and its second factor, and to sign out.
    Look,
    /// To change the password.
    ChangePassword,
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
    /// The session may only change the password, because someone else gave it.
    PasswordChangeRequired,
}

/// Recognizes the session of a bearer token, if it is one of the door that was come in by.
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
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(&self, application: &Application) -> Result<AuthenticateSessionOutcome, UseCaseError> {
        let now = application.now();
        let Some(digest) = application.tokens().digest(self.origin.door.session_token(), self.token.expose_secret())
        else {
            return Ok(AuthenticateSessionOutcome::Unknown);
        };
        let Some((session, person)) = application.store().find_signed_in(&digest).await? else {
            return Ok(AuthenticateSessionOutcome::Unknown);
        };
        let Person { realm, account, .. } = person;
        asked_by("account", account.id);
        if account.disabled_at.is_some() || !session.is_alive_at(now, &realm.policy) {
            return Ok(AuthenticateSessionOutcome::Unknown);
        }
        let account = in_grace(application, &realm, &session, account, now).await?;
        let restricted = session.enrollment_only || overdue(&realm, &account, now);
        match (self.purpose, restricted) {
            (SessionPurpose::Look, _) => {}
            (purpose, _) if account.password_change_required => {
                if purpose != SessionPurpose::ChangePassword {
                    return Ok(AuthenticateSessionOutcome::PasswordChangeRequired);
                }
            }
            (_, false) => {}
            // Once the account has a second factor, a session that never showed it may not touch it.
            (SessionPurpose::Enroll, true) if !account.two_factor_enabled() => {}
            _ => return Ok(AuthenticateSessionOutcome::EnrollmentRequired),
        }
        if now >= session.last_seen_at.plus_seconds(NOTED_EVERY_SECONDS) {
            let id = session.id;
            application
                .transact_aside(|unit| Box::pin(async move { Ok(unit.sessions().touch(id, now).await?) }))
                .await?;
        }
        let caller = Caller {
            may_only_enroll: restricted,
            chose_password_just_now: chose_password_just_now(&session, &account, now),
            credential: Credential::Session(session),
            account,
            realm,
            origin: self.origin.clone(),
        };
        Ok(AuthenticateSessionOutcome::Recognized(Box::new(caller)))
    }
}

/// For how long it is remembered that the password was chosen in a session.
const CHOSEN_SECONDS: u64 = 600;

/// Whether a session is that of the set-up, which made it and its account by one act.
fn chose_password_just_now(session: &Session, account: &Account, now: Timestamp) -> bool {
    session.created_at == account.created_at && now < session.created_at.plus_seconds(CHOSEN_SECONDS)
}

/// The account with its grace period begun, where the policy requires a second factor that it does not have: whoever stays
/// signed in does not sit the rule out. It began when the rule came, if this session stood by then.
async fn in_grace(
    application: &Application,
    realm: &Realm,
    session: &Session,
    account: Account,
    now: Timestamp,
) -> Result<Account, UseCaseError> {
    let begun = account.two_factor_enabled() || account.grace_started_at.is_some();
    if begun || !two_factor_is_required(&realm.policy, &account) {
        return Ok(account);
    }
    let since = realm.enforced_since.filter(|since| session.created_at <= *since && *since <= now).unwrap_or(now);
    let id = account.id;
    application
        .transact_aside(|unit| {
            Box::pin(async move {
                unit.second_factors().lock(id).await?.ok_or(UseCaseError::SessionEnded)?;
                let account = unit.accounts().find(id).await?.ok_or(UseCaseError::SessionEnded)?;
                let grace_started_at = begin_grace(unit, realm, &account, since).await?.or(account.grace_started_at);
                Ok(Account { grace_started_at, ..account })
            })
        })
        .await
}

/// Whether the account should have enrolled by now. A policy made stricter, or a grace period that ended, counts for
/// sessions that stand already.
fn overdue(realm: &Realm, account: &Account, now: Timestamp) -> bool {
    enrollment_deadline(&realm.policy, account).is_some_and(|deadline| deadline <= now)
}
