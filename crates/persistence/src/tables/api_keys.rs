//! API keys.

use async_trait::async_trait;
use countersign_application::api_key::{ApiKey, ApiKeyName, ApiKeyReads, ApiKeyStore, Scope};
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::{ApiKeyId, Page, PageRequest, RealmId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::api_key::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::{Row, instant, micros};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: &api_key::Model) -> Result<ApiKey, StoreError> {
    let name = Row::new("api_key", row.id);
    let scopes: Option<Vec<Scope>> = row.scopes.split_ascii_whitespace().map(Scope::from_name).collect();
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        realm_id: RealmId::from_uuid(row.realm_id),
        name: name.understood("name", ApiKeyName::stored(row.name.clone()))?,
        digest: TokenDigest(name.bytes("digest", &row.digest)?),
        scopes: name.understood("scopes", scopes)?,
        made_by_owner: row.made_by_owner,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: instant(row.expires_at),
        last_used_at: instant(row.last_used_at),
    })
}

#[async_trait]
impl ApiKeyReads for SeaStore {
    async fn find_api_key(&self, token: &TokenDigest) -> Result<Option<ApiKey>, StoreError> {
        let row = Entity::find().filter(Column::Digest.eq(token.0.to_vec())).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.as_ref().map(from_row).transpose()
    }

    async fn list_api_keys(&self, realm: RealmId, page: PageRequest) -> Result<Page<ApiKey>, StoreError> {
        let mut select = Entity::find().filter(Column::RealmId.eq(realm.as_uuid()));
        if let Some(after) = page.after {
            select = select.filter(Column::Id.lt(after));
        }
        let select = select.order_by_desc(Column::Id).limit(u64::from(page.limit) + 1);
        let rows = select.all(self.reading()).await.map_err(read_fault::<Entity>)?;
        let keys = rows.iter().map(from_row).collect::<Result<_, _>>()?;
        Ok(Page::from_overfull(keys, page.limit, |key: &ApiKey| key.id.as_uuid()))
    }
}

#[async_trait]
impl ApiKeyStore for SeaUnitOfWork {
    async fn insert(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let row = api_key::Model {
            id: key.id.as_uuid(),
            realm_id: key.realm_id.as_uuid(),
            name: key.name.as_str().to_owned(),
            digest: key.digest.0.to_vec(),
            scopes: scopes.join(" "),
            created_at: key.created_at.as_micros(),
            expires_at: micros(key.expires_at),
            last_used_at: micros(key.last_used_at),
            made_by_owner: key.made_by_owner,
        };
        Insert::<api_key::ActiveModel>::one(row).exec_without_returning(self.connection()).await.map_err(fault)?;
        Ok(())
    }

    async fn touch(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn revoke(&mut self, realm: RealmId, id: ApiKeyId) -> Result<bool, StoreError> {
        let revoked = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::RealmId.eq(realm.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(revoked.rows_affected == 1)
    }
}
