//! Realms.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use async_trait::async_trait;
use countersign_application::policy::{Policy, StoredPolicy};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::{Realm, RealmReads, RealmSlug, RealmStore};
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::connection::SeaUnitOfWork;
use crate::errors::insert_error;
use crate::rows::{Row, instant, json, micros};
use crate::statements::{Guarded, all, exists, one, try_insert, update};
use crate::store::SeaStore;
use crate::tables::locks::{Lock, lock};

entity!(realm = "realm" {
    pub id: Uuid,
    pub slug: String,
    pub issuer: String,
    pub policy: String,
    pub created_at: i64,
    pub version: i64,
    pub enforced_since: Option<i64>,
    pub set_up_at: Option<i64>,
});

use realm::{Column, Entity};

pub(super) fn from_row(row: realm::Model) -> Result<Realm, StoreError> {
    let read = Row::new("realm", row.id);
    Ok(Realm {
        id: RealmId::from_uuid(row.id),
        slug: read.parsed("slug", RealmSlug::new(&row.slug).ok())?,
        policy: read.parsed("policy", stored_policy(&row.policy))?,
        issuer: row.issuer,
        version: row.version,
        enforced_since: instant(row.enforced_since),
        created_at: Timestamp::from_micros(row.created_at),
    })
}

/// How many policies are remembered as they were read. There are as many as realms and their changes.
const REMEMBERED: usize = 256;

/// Policies by the text that they are stored as: what a text means does not change while the program runs.
static POLICIES: LazyLock<RwLock<HashMap<String, Policy>>> = LazyLock::new(RwLock::default);

/// A policy that this version stored, or an older or a newer one.
fn stored_policy(text: &str) -> Option<Policy> {
    if let Some(policy) = POLICIES.read().unwrap_or_else(PoisonError::into_inner).get(text) {
        return Some(policy.clone());
    }
    let stored: StoredPolicy = serde_json::from_str(text).ok()?;
    let policy = stored.into_policy().ok()?;
    let mut policies = POLICIES.write().unwrap_or_else(PoisonError::into_inner);
    if policies.len() >= REMEMBERED {
        policies.clear();
    }
    policies.insert(text.to_owned(), policy.clone());
    Some(policy)
}

fn policy_of(realm: &Realm) -> Result<String, StoreError> {
    json(serde_json::to_string(&StoredPolicy::from(&realm.policy)))
}

fn called(slug: &RealmSlug) -> Select<Entity> {
    Entity::find().filter(Column::Slug.eq(slug.as_str()))
}

#[async_trait]
impl RealmReads for SeaStore {
    async fn find_realm(&self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        one(self.reading(), called(slug), from_row).await
    }

    async fn find_realm_by_id(&self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        one(self.reading(), Entity::find_by_id(id.as_uuid()), from_row).await
    }

    async fn list_realms(&self) -> Result<Vec<Realm>, StoreError> {
        all(self.reading(), Entity::find().order_by_asc(Column::Slug), from_row).await
    }

    async fn is_set_up(&self, realm: RealmId) -> Result<bool, StoreError> {
        exists(self.reading(), Entity::find_by_id(realm.as_uuid()).filter(Column::SetUpAt.is_not_null())).await
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
        let inserted = try_insert(self, row).await;
        inserted.map_err(|error| insert_error(error, "realm.slug", "uq_realm_slug", Conflict::RealmSlug))
    }

    async fn find(&mut self, slug: &RealmSlug) -> Result<Option<Realm>, StoreError> {
        one(self, called(slug), from_row).await
    }

    async fn update(&mut self, realm: &Realm) -> Result<bool, StoreError> {
        update::<Entity>(realm.id.as_uuid())
            .col_expr(Column::Issuer, Expr::value(realm.issuer.as_str()))
            .col_expr(Column::Policy, Expr::value(policy_of(realm)?))
            .col_expr(Column::EnforcedSince, Expr::value(micros(realm.enforced_since)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
            .filter(Column::Version.eq(realm.version))
            .verdict(self)
            .await
    }

    async fn mark_set_up(&mut self, realm: RealmId, at: Timestamp) -> Result<bool, StoreError> {
        update::<Entity>(realm.as_uuid())
            .col_expr(Column::SetUpAt, Expr::value(at.as_micros()))
            .filter(Column::SetUpAt.is_null())
            .verdict(self)
            .await
    }

    /// Of all realms: it happens seldom, and is short.
    async fn lock_owners(&mut self, _realm: RealmId) -> Result<(), StoreError> {
        lock(self, Lock::Owners).await
    }
}
