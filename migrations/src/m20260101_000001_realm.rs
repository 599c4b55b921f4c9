//! Realms.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, string_len, text};

use crate::columns::{instant, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Realm::Table)
                    .col(pk_uuid(Realm::Id))
                    .col(string_len(Realm::Slug, 63))
                    .col(text(Realm::Issuer))
                    .col(text(Realm::Policy))
                    .col(instant(Realm::CreatedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("uq_realm_slug").table(Realm::Table).col(Realm::Slug).unique().to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Realm::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Id,
    Slug,
    Issuer,
    Policy,
    CreatedAt,
}
