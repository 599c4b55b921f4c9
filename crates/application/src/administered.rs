//! An account that someone else looks after.

use crate::application::AuditRecord;
use crate::audit::AuditScene;
use crate::ports::UnitOfWork;
use crate::use_cases::FindAccount;
use crate::{Account, Actor, Application, Origin, Realm, RealmSlug, SecondFactorState, Timestamp, UseCaseError};

/// Whom an administrative act concerns, and who does it.
#[derive(Clone, Debug)]
pub struct Administration {
    /// The realm.
    pub realm: RealmSlug,
    /// The account's login.
    pub login: String,
    /// Who acts.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

/// What an administrative act found.
pub(crate) struct Administered {
    pub(crate) realm: Realm,
    pub(crate) account: Account,
}

impl Administration {
    pub(crate) async fn find(&self, application: &Application) -> Result<Option<Administered>, UseCaseError> {
        let find = FindAccount { realm: self.realm.clone(), login: self.login.clone() };
        let found = find.execute(application).await?;
        Ok(found.map(|(realm, account, _)| Administered { realm, account }))
    }

    /// Begins the record of the act.
    pub(crate) fn record<'a>(
        &self,
        application: &'a Application,
        found: &Administered,
        at: Timestamp,
    ) -> AuditRecord<'a> {
        let scene = AuditScene::new(&found.realm, &found.account, self.actor.clone(), &self.origin);
        application.record(scene, at)
    }
}

impl Administered {
    /// Locks the account; `None` when it was deleted meanwhile.
    pub(crate) async fn lock(&self, unit: &mut dyn UnitOfWork) -> Result<Option<SecondFactorState>, UseCaseError> {
        Ok(unit.second_factors().lock(self.account.id).await?)
    }
}
