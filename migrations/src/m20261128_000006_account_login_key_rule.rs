//! By which rule an account's login was made the key that finds it. Keys that are there already are of the first rule; the
//! store makes them anew, piece by piece, each time that it is brought up to date.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rule = big_integer(Account::LoginKeyRule).default(1).take();
        manager.alter_table(Table::alter().table(Account::Table).add_column(rule).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Account::Table).drop_column(Account::LoginKeyRule).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    LoginKeyRule,
}
