//! What a store keeps of realms.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::RealmId;
use crate::ports::StoreError;
use crate::realm::{Realm, RealmSlug};

/// Reads realms.
#[async_trait]
pub trait RealmReads {
    /// The realm of a short name.
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError>;
    /// The realm with an identifier.
    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError>;
    /// All realms, by short name.
    async fn list_realms(&self) -> Result<Vec<Realm>, StoreError>;
    /// Whether the realm ever had an owner (`a_realm_is_set_up_once_and_for_good`).
    async fn is_set_up(&self, realm: RealmId) -> Result<bool, StoreError>;
}

/// Changes realms.
#[async_trait]
pub trait RealmStore: Send {
    /// Adds a realm.
    ///
    /// - MUST answer [`Conflict::RealmSlug`](crate::ports::Conflict::RealmSlug) when the short name is taken (`a_realm_exists_once`).
    async fn insert(&mut self, realm: &Realm) -> Result<(), StoreError>;
    /// The realm of a short name as this unit of work sees it.
    async fn find(&mut self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError>;
    /// Sets the issuer, the policy and since when it is enforced of the realm with this identifier, and raises its version
    /// by one.
    ///
    /// - MUST answer `false`, and change nothing, when its version is not `realm.version` any more
    ///   (`of_two_changes_of_a_realm_at_once_one_is_refused`).
    async fn update(&mut self, realm: &Realm) -> Result<bool, StoreError>;
    /// Notes that the realm has an owner; `false` where that was noted before.
    ///
    /// - MUST answer `true` once for a realm, also when many ask at once, and whatever becomes of the owner
    ///   (`a_realm_is_set_up_once_and_for_good`, `of_many_that_set_a_realm_up_one_does`).
    async fn mark_set_up(&mut self, realm: RealmId, at: Timestamp) -> Result<bool, StoreError>;
    /// Keeps everyone else who does the same for this realm waiting until the unit of work ends.
    ///
    /// - MUST let whoever waited see what the one before committed (`of_two_owners_that_go_at_once_one_stays`).
    async fn lock_owners(&mut self, realm: RealmId) -> Result<(), StoreError>;
}
