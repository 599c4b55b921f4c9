//! Realms count their changes, so that of two at once neither is lost.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = big_integer(Realm::Version).default(1_i64).to_owned();
        manager.alter_table(Table::alter().table(Realm::Table).add_column(version).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Realm::Table).drop_column(Realm::Version).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Version,
}
