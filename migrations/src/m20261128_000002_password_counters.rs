//! Counters of attempts say whose they are and where they came from, and where an account is known.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len_null, uuid_null};

use crate::columns::instant_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One at a time: SQLite adds no more in one statement.
        for column in
            [uuid_null(Attempt::AccountId), string_len_null(Attempt::Network, 64), instant_null(Attempt::KnownAt)]
        {
            manager.alter_table(Table::alter().table(Attempt::Table).add_column(column).to_owned()).await?;
        }
        let index = |name: &str, column| Index::create().name(name).table(Attempt::Table).col(column).to_owned();
        manager.create_index(index(BY_ACCOUNT, Attempt::AccountId)).await?;
        manager.create_index(index(BY_NETWORK, Attempt::Network)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [BY_ACCOUNT, BY_NETWORK] {
            manager.drop_index(Index::drop().name(name).table(Attempt::Table).to_owned()).await?;
        }
        for column in [Attempt::AccountId, Attempt::Network, Attempt::KnownAt] {
            manager.alter_table(Table::alter().table(Attempt::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

const BY_ACCOUNT: &str = "ix_attempt_account_id";
const BY_NETWORK: &str = "ix_attempt_network";

#[derive(DeriveIden)]
enum Attempt {
    Table,
    AccountId,
    Network,
    KnownAt,
}
