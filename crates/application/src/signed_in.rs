//! The one who asks, once their session was recognized.

use crate::application::AuditRecord;
use crate::audit::AuditScene;
use crate::ports::UnitOfWork;
use crate::verification::Settlement;
use crate::{Account, Actor, Application, Origin, Realm, SecondFactor, Session, SessionId, Timestamp, UseCaseError};

/// A signed-in account that asks for something.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session it asks in.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// The realm and its policy, as they are now.
    pub realm: Realm,
    /// From where.
    pub origin: Origin,
}

impl SignedIn {
    /// The account's second factor, as committed.
    pub(crate) async fn second_factor(&self, application: &Application) -> Result<SecondFactor, UseCaseError> {
        let found = application.store().find_second_factor(self.account.id).await?;
        found.ok_or(UseCaseError::SessionEnded)
    }

    /// The account's second factor under its lock, for a session that still stands. The first statement of every unit
    /// of work that changes it.
    pub(crate) async fn lock(&self, unit: &mut dyn UnitOfWork) -> Result<SecondFactor, UseCaseError> {
        unit.second_factors().lock(self.account.id).await?.ok_or(UseCaseError::SessionEnded)?;
        if !unit.sessions().exists(self.session.id).await? {
            return Err(UseCaseError::SessionEnded);
        }
        unit.second_factors().load(self.account.id).await?.ok_or(UseCaseError::SessionEnded)
    }

    /// Begins the record of what this account does to itself.
    pub(crate) fn record<'a>(&self, application: &'a Application, at: Timestamp) -> AuditRecord<'a> {
        let actor = Actor::Account(self.account.id);
        application.record(AuditScene::new(&self.realm, &self.account, actor, &self.origin), at)
    }

    /// Prepares settling what this account gave.
    pub(crate) fn settlement<'a>(
        &self,
        application: &'a Application,
        factor: &SecondFactor,
        purpose: &'static str,
        now: Timestamp,
    ) -> Settlement<'a> {
        let record = self.record(application, now);
        application.settlement(record, &self.realm, factor, &self.origin, purpose, now)
    }
}

/// Ends what rests on an older password or second factor: all challenges and trusted devices always, other sessions
/// where the policy says so.
pub(crate) async fn end_what_rests_on_the_old(
    unit: &mut dyn UnitOfWork,
    realm: &Realm,
    account: &Account,
    keep: Option<SessionId>,
) -> Result<(), UseCaseError> {
    unit.challenges().remove_all(account.id).await?;
    unit.trusted_devices().revoke_all(account.id).await?;
    if realm.policy.sign_in.end_other_sessions_on_change {
        unit.sessions().end_all(account.id, keep).await?;
    }
    Ok(())
}
