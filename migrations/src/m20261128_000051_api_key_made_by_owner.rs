//! API keys note whether an owner made them. Of those that are there already nobody knows: they are taken for others'.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let made_by_owner = boolean(ApiKey::MadeByOwner).default(false).to_owned();
        manager.alter_table(Table::alter().table(ApiKey::Table).add_column(made_by_owner).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(ApiKey::Table).drop_column(ApiKey::MadeByOwner).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum ApiKey {
    Table,
    MadeByOwner,
}
