//! By what a start recognizes its master keys.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::blob;

use crate::columns::{instant, key_id, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, KeyCheck::Table)
                    .col(key_id(KeyCheck::KeyId).primary_key().to_owned())
                    .col(blob(KeyCheck::Sealed))
                    .col(instant(KeyCheck::CreatedAt))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(KeyCheck::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum KeyCheck {
    Table,
    KeyId,
    Sealed,
    CreatedAt,
}
