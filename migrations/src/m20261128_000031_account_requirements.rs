//! What is required of single accounts, a second factor or a change of the password, and since when a realm requires second
//! factors of whom it does.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, boolean_null};

use crate::columns::instant_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One change a statement: SQLite knows no more.
        let required = boolean_null(Account::TwoFactorRequired);
        manager.alter_table(Table::alter().table(Account::Table).add_column(required).to_owned()).await?;
        let change = boolean(Account::PasswordChangeRequired).default(false).to_owned();
        manager.alter_table(Table::alter().table(Account::Table).add_column(change).to_owned()).await?;
        let since = instant_null(Realm::EnforcedSince);
        manager.alter_table(Table::alter().table(Realm::Table).add_column(since).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Realm::Table).drop_column(Realm::EnforcedSince).to_owned()).await?;
        for column in [Account::PasswordChangeRequired, Account::TwoFactorRequired] {
            manager.alter_table(Table::alter().table(Account::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    TwoFactorRequired,
    PasswordChangeRequired,
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    EnforcedSince,
}
