//! API keys.

use async_trait::async_trait;
use countersign_application::api_key::{ApiKey, ApiKeyName, ApiKeyReads, ApiKeyStore, Scope};
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::{ApiKeyId, Page, PageRequest, RealmId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::connection::SeaUnitOfWork;
use crate::rows::{Row, instant, micros};
use crate::statements::{insert, one, page, revoke, set};
use crate::store::SeaStore;

entity!(api_key = "api_key" of RealmId {
    pub id: Uuid,
    pub realm_id: Uuid,
    pub name: String,
    pub digest: Vec<u8>,
    pub scopes: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub last_used_at: Option<i64>,
    pub made_by_owner: bool,
});

use api_key::{Column, Entity};

pub(super) fn from_row(row: api_key::Model) -> Result<ApiKey, StoreError> {
    let read = Row::new("api_key", row.id);
    let scopes = row.scopes.split_ascii_whitespace().map(Scope::from_name).collect();
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        realm_id: RealmId::from_uuid(row.realm_id),
        name: read.parsed("name", ApiKeyName::stored(row.name))?,
        digest: TokenDigest(read.bytes("digest", &row.digest)?),
        scopes: read.parsed("scopes", scopes)?,
        made_by_owner: row.made_by_owner,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: instant(row.expires_at),
        last_used_at: instant(row.last_used_at),
    })
}

#[async_trait]
impl ApiKeyReads for SeaStore {
    async fn find_api_key(&self, token: &TokenDigest) -> Result<Option<ApiKey>, StoreError> {
        one(self.reading(), Entity::find().filter(Column::Digest.eq(token.0.to_vec())), from_row).await
    }

    async fn list_api_keys(&self, realm: RealmId, request: PageRequest) -> Result<Page<ApiKey>, StoreError> {
        let select = Entity::find().filter(Column::RealmId.eq(realm.as_uuid()));
        page(self.reading(), select, request, from_row, |key| key.id.as_uuid()).await
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
        insert(self, row).await
    }

    async fn touch(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::LastUsedAt, at.as_micros()).await
    }

    async fn revoke(&mut self, realm: RealmId, id: ApiKeyId) -> Result<bool, StoreError> {
        revoke::<Entity>(self, realm.as_uuid(), id.as_uuid()).await
    }
}
