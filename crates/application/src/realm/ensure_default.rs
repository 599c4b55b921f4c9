//! The realm that exists from the first start.

use countersign_policy::Policy;

use crate::ports::{Conflict, StoreError};
use crate::realm::{Realm, RealmSlug};
use crate::{Application, RealmId, UseCaseError};

/// Makes the realm `default` unless it exists. Safe to run on several nodes at once.
#[derive(Clone, Debug)]
pub struct EnsureDefaultRealm {
    /// The issuer it gets when it is made.
    pub issuer: String,
    /// The policy it gets when it is made.
    pub policy: Policy,
}

impl EnsureDefaultRealm {
    /// `true` when the realm was made.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<bool, UseCaseError> {
        let slug = RealmSlug::default_realm();
        if application.store().find_realm(&slug).await?.is_some() {
            return Ok(false);
        }
        let now = application.now();
        let id = RealmId::new(now, 0, application.random()?);
        let (issuer, policy) = (self.issuer.clone(), self.policy.clone());
        let realm = Realm { id, slug, issuer, policy, version: 1, enforced_since: None, created_at: now };
        let realm = &realm;
        let made = application.transact(|unit| Box::pin(async move { Ok(unit.realms().insert(realm).await?) })).await;
        match made {
            Ok(()) => Ok(true),
            // Another node was first.
            Err(UseCaseError::Store(StoreError::Conflict { what: Conflict::RealmSlug })) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
