//! Accounts may belong to an application's user, and have a grace period. What finds a subject is its `login_key`, which
//! is unique already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len_null;

use crate::columns::instant_null;

/// 200 characters of four bytes each, whichever of the two an engine counts.
const SUBJECT: u32 = 800;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One change a statement: SQLite knows no more.
        let subject = string_len_null(Account::Subject, SUBJECT);
        manager.alter_table(Table::alter().table(Account::Table).add_column(subject).to_owned()).await?;
        let grace = instant_null(Account::GraceStartedAt);
        manager.alter_table(Table::alter().table(Account::Table).add_column(grace).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table(Account::Table).drop_column(Account::GraceStartedAt).to_owned())
            .await?;
        manager.alter_table(Table::alter().table(Account::Table).drop_column(Account::Subject).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Subject,
    GraceStartedAt,
}
