//! Realms.

use async_trait::async_trait;
use countersign_application::ports::{Conflict, RealmReads, RealmStore, StoreError};
use countersign_application::{Realm, RealmId, RealmSlug, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter};

use crate::entities::realm::{self, Column, Entity};
use crate::faults::{insert_fault, read_fault};
use crate::rows::Row;
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: realm::Model) -> Result<Realm, StoreError> {
    let name = Row::new("realm", row.id);
    Ok(Realm {
        id: RealmId::from_uuid(row.id),
        slug: name.understood("slug", RealmSlug::new(&row.slug).ok())?,
        policy: name.understood("policy", serde_json::from_str(&row.policy).ok())?,
        issuer: row.issuer,
        created_at: Timestamp::from_micros(row.created_at),
    })
}

#[async_trait]
impl RealmReads for SeaStore {
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        let row = Entity::find().filter(Column::Slug.eq(slug.as_str())).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
    }

    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        let row = Entity::find_by_id(id.as_uuid()).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
    }
}

#[async_trait]
impl RealmStore for SeaUnitOfWork {
    async fn insert(&mut self, realm: &Realm) -> Result<(), StoreError> {
        let row = realm::Model {
            id: realm.id.as_uuid(),
            slug: realm.slug.as_str().to_owned(),
            issuer: realm.issuer.clone(),
            policy: serde_json::to_string(&realm.policy).map_err(|error| StoreError::Unavailable(Box::new(error)))?,
            created_at: realm.created_at.as_micros(),
        };
        Insert::<realm::ActiveModel>::one(row)
            .exec_without_returning(self.connection())
            .await
            .map_err(|error| insert_fault(error, "realm.slug", "uq_realm_slug", Conflict::RealmSlug))?;
        Ok(())
    }
}
