//! Stores that are broken on purpose, each in one way that was measured on real engines, and right in everything else.
//! The contract suite must refuse them; if it did not, it would prove nothing.

mod insert_ignore;
mod over;
mod select_then_update;

pub use over::{Broken, Defect};

use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::Store;

use crate::MemoryStore;
use crate::contract::StorePlace;

/// A store that reads whether a claim may succeed, lets others pass, and then writes without a guard: of claims that
/// meet, several succeed. Alone it behaves.
pub struct SelectThenUpdateStore(MemoryStore);

/// A store that makes a claim by inserting a row, ignores that the row is there already, and takes that for success:
/// the second claim succeeds as well, even long after the first.
pub struct InsertIgnoreStore(MemoryStore);

impl SelectThenUpdateStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self(MemoryStore::handing_out(select_then_update::wrap))
    }
}

impl InsertIgnoreStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self(MemoryStore::handing_out(insert_ignore::wrap()))
    }
}

impl Default for SelectThenUpdateStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for InsertIgnoreStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl StorePlace for SelectThenUpdateStore {
    async fn open(&self) -> Arc<dyn Store> {
        self.0.open().await
    }
}

#[async_trait]
impl StorePlace for InsertIgnoreStore {
    async fn open(&self) -> Arc<dyn Store> {
        self.0.open().await
    }
}

/// A unit of work that plays second factors, authenticators, recovery codes, challenges and idempotency keys itself, and
/// everything else as the unit of
/// work in memory that it is dressed over. It counts its acts.
macro_rules! wrapped_unit_of_work {
    ($unit:ident) => {
        wrapped_unit_of_work! { $unit
            inner {
                realms: countersign_application::realm::RealmStore,
                appearances: countersign_application::appearance::AppearanceStore,
                accounts: countersign_application::account::AccountStore,
                sessions: countersign_application::session::SessionStore,
                trusted_devices: countersign_application::trusted_device::TrustedDeviceStore,
                attempts: countersign_application::verification::AttemptStore,
                api_keys: countersign_application::api_key::ApiKeyStore,
                key_checks: countersign_application::ports::KeyCheckStore,
                master_keys: countersign_application::master_key::MasterKeyStore,
                audit_log: countersign_application::audit::AuditLog,
                housekeeping: countersign_application::housekeeping::HousekeepingStore,
                restoration: countersign_application::restoration::RestorationStore,
            }
            own {
                second_factors: countersign_application::second_factor::SecondFactorStore,
                authenticators: countersign_application::second_factor::AuthenticatorStore,
                recovery_codes: countersign_application::recovery::RecoveryCodeStore,
                challenges: countersign_application::sign_in::ChallengeStore,
                idempotency: countersign_application::idempotency::IdempotencyStore,
            }
        }
    };
    ($unit:ident inner { $($inner:ident: $inner_port:path,)+ } own { $($own:ident: $own_port:path,)+ }) => {
        #[async_trait::async_trait]
        impl countersign_application::ports::UnitOfWork for $unit {
            $(fn $inner(&mut self) -> &mut dyn $inner_port {
                self.acts += 1;
                self.inner.$inner()
            })+
            $(fn $own(&mut self) -> &mut dyn $own_port {
                self.acts += 1;
                self
            })+
            async fn commit(self: Box<Self>) -> Result<(), countersign_application::ports::StoreError> {
                Box::new(self.inner).commit().await
            }
        }
    };
}
use wrapped_unit_of_work;

/// Methods of a port that a dressed unit of work leaves to the one that it is dressed over.
macro_rules! left_to_memory {
    ($port:ident via $facet:ident {
        $($method:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+
    } $($own:tt)*) => {
        #[async_trait::async_trait]
        impl $port for Unit {
            $(async fn $method(&mut self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                self.inner.$facet().$method($($argument),*).await
            })+
            $($own)*
        }
    };
}
use left_to_memory;
