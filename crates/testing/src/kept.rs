use async_trait::async_trait;
use countersign_application::account::Account;
use countersign_application::api_key::ApiKey;
use countersign_application::audit::AuditEvent;
use countersign_application::ports::{KeyCheck, Store, StoreError, UnitOfWork};
use countersign_application::realm::Realm;
use countersign_application::recovery::{RecoveryCodeSet, SealedRecoveryCode};
use countersign_application::second_factor::Authenticator;
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;

/// What a store can be given as it is.
#[async_trait]
pub trait Kept: Sync {
    /// Writes it into a unit of work.
    ///
    /// # Errors
    /// The store's.
    async fn keep_in(&self, unit: &mut dyn UnitOfWork) -> Result<(), StoreError>;
}

/// Writes all of it in one unit of work, in the order given.
///
/// # Panics
/// When the store refuses.
pub async fn keep(store: &dyn Store, things: &[&dyn Kept]) {
    let outcome = crate::contract::in_unit!(store, |unit| async {
        for thing in things {
            thing.keep_in(unit.as_mut()).await?;
        }
        Ok(())
    });
    outcome.expect("the store takes what the test begins with");
}

macro_rules! kept {
    ($($entity:ty => $facet:ident,)+) => {$(
        #[async_trait]
        impl Kept for $entity {
            async fn keep_in(&self, unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
                unit.$facet().insert(self).await
            }
        }
    )+};
}

kept! {
    Realm => realms,
    Account => accounts,
    Authenticator => authenticators,
    Challenge => challenges,
    Session => sessions,
    TrustedDevice => trusted_devices,
    ApiKey => api_keys,
    KeyCheck => key_checks,
}

#[async_trait]
impl Kept for (RecoveryCodeSet, Vec<SealedRecoveryCode>) {
    async fn keep_in(&self, unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
        unit.recovery_codes().insert(&self.0, &self.1).await
    }
}

#[async_trait]
impl Kept for AuditEvent {
    async fn keep_in(&self, unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
        unit.audit_log().append(std::slice::from_ref(self)).await
    }
}
