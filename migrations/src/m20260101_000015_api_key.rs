//! API keys. `scopes` holds the names of the scopes, a space between each two.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, text, uuid};

use crate::columns::{belongs_to, digest, instant, instant_null, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, ApiKey::Table)
                    .col(pk_uuid(ApiKey::Id))
                    .col(uuid(ApiKey::RealmId))
                    .col(text(ApiKey::Name))
                    .col(digest(ApiKey::Digest))
                    .col(text(ApiKey::Scopes))
                    .col(instant(ApiKey::CreatedAt))
                    .col(instant_null(ApiKey::ExpiresAt))
                    .col(instant_null(ApiKey::LastUsedAt))
                    .foreign_key(&mut belongs_to(
                        "fk_api_key_realm",
                        (ApiKey::Table.into_iden(), ApiKey::RealmId.into_iden()),
                        (Realm::Table.into_iden(), Realm::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("uq_api_key_digest").table(ApiKey::Table).col(ApiKey::Digest).unique().to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_api_key_realm_id").table(ApiKey::Table).col(ApiKey::RealmId).to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ApiKey::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum ApiKey {
    Table,
    Id,
    RealmId,
    Name,
    Digest,
    Scopes,
    CreatedAt,
    ExpiresAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Id,
}
