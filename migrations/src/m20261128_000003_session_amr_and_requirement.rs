//! What a session's owner has shown of themself, and when recovery codes came out of it without a code. Sessions that are there already count as
//! opened with the password alone: whoever uses one gives a code once more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

use crate::columns::instant_null;

/// The names of a few methods.
const AMR: u32 = 64;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One change a statement: SQLite knows no more.
        let amr = string_len(Session::Amr, AMR).default("pwd").to_owned();
        manager.alter_table(Table::alter().table(Session::Table).add_column(amr).to_owned()).await?;
        let unproven_at = instant_null(RecoveryCodeSet::UnprovenAt);
        manager.alter_table(Table::alter().table(RecoveryCodeSet::Table).add_column(unproven_at).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unproven_at =
            Table::alter().table(RecoveryCodeSet::Table).drop_column(RecoveryCodeSet::UnprovenAt).to_owned();
        manager.alter_table(unproven_at).await?;
        manager.alter_table(Table::alter().table(Session::Table).drop_column(Session::Amr).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Session {
    Table,
    Amr,
}

#[derive(DeriveIden)]
enum RecoveryCodeSet {
    Table,
    UnprovenAt,
}
