//! Realms.

use async_trait::async_trait;
use countersign_application::policy::{Policy, StoredPolicy};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::{Realm, RealmReads, RealmSlug, RealmStore};
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::realm::{self, Column, Entity};
use crate::faults::{fault, insert_fault, read_fault};
use crate::rows::{Row, instant, micros};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: realm::Model) -> Result<Realm, StoreError> {
    let name = Row::new("realm", row.id);
    Ok(Realm {
        id: RealmId::from_uuid(row.id),
        slug: name.understood("slug", RealmSlug::new(&row.slug).ok())?,
        policy: name.understood("policy", stored_policy(&row.policy))?,
        issuer: row.issuer,
        version: row.version,
        enforced_since: instant(row.enforced_since),
        created_at: Timestamp::from_micros(row.created_at),
    })
}

/// A policy that this version stored, or an older or a newer one.
fn stored_policy(text: &str) -> Option<Policy> {
    let stored: StoredPolicy = serde_json::from_str(text).ok()?;
    stored.into_policy().ok()
}

fn policy_of(realm: &Realm) -> Result<String, StoreError> {
    serde_json::to_string(&StoredPolicy::from(&realm.policy)).map_err(|error| StoreError::Unavailable(Box::new(error)))
}

async fn find<C: ConnectionTrait>(connection: &C, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
    let row = Entity::find().filter(Column::Slug.eq(slug.as_str())).one(connection).await;
    row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
}

#[async_trait]
impl RealmReads for SeaStore {
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        find(self.reading(), slug).await
    }

    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        let row = Entity::find_by_id(id.as_uuid()).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
    }

    async fn list_realms(&self) -> Result<Vec<Realm>, StoreError> {
        let rows = Entity::find().order_by_asc(Column::Slug).all(self.reading()).await;
        rows.map_err(read_fault::<Entity>)?.into_iter().map(from_row).collect()
    }

    async fn is_set_up(&self, realm: RealmId) -> Result<bool, StoreError> {
        let set_up = Entity::find_by_id(realm.as_uuid()).filter(Column::SetUpAt.is_not_null());
        let row = set_up.select_only().column(Column::Id).into_tuple::<Uuid>().one(self.reading()).await;
        Ok(row.map_err(fault)?.is_some())
    }
}

#[async_trait]
impl RealmStore for SeaUnitOfWork {
    async fn insert(&mut self, realm: &Realm) -> Result<(), StoreError> {
        let row = realm::Model {
            id: realm.id.as_uuid(),
            slug: realm.slug.as_str().to_owned(),
            issuer: realm.issuer.clone(),
            policy: policy_of(realm)?,
            created_at: realm.created_at.as_micros(),
            version: realm.version,
            enforced_since: micros(realm.enforced_since),
            set_up_at: None,
        };
        Insert::<realm::ActiveModel>::one(row)
            .exec_without_returning(self.connection())
            .await
            .map_err(|error| insert_fault(error, "realm.slug", "uq_realm_slug", Conflict::RealmSlug))?;
        Ok(())
    }

    async fn find(&mut self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        find(self.connection(), slug).await
    }

    async fn update(&mut self, realm: &Realm) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::Issuer, Expr::value(realm.issuer.as_str()))
            .col_expr(Column::Policy, Expr::value(policy_of(realm)?))
            .col_expr(Column::EnforcedSince, Expr::value(micros(realm.enforced_since)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
            .filter(Column::Id.eq(realm.id.as_uuid()))
            .filter(Column::Version.eq(realm.version))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(updated.rows_affected == 1)
    }

    async fn mark_set_up(&mut self, realm: RealmId, at: Timestamp) -> Result<bool, StoreError> {
        let marked = Entity::update_many()
            .col_expr(Column::SetUpAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(realm.as_uuid()))
            .filter(Column::SetUpAt.is_null())
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(marked.rows_affected == 1)
    }

    async fn lock_owners(&mut self, realm: RealmId) -> Result<(), StoreError> {
        // A write that changes nothing: every engine takes it as a row lock.
        Entity::update_many()
            .col_expr(Column::Version, Expr::col(Column::Version))
            .filter(Column::Id.eq(realm.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }
}
