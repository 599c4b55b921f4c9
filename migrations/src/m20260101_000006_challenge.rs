//! Challenges.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, uuid};

use crate::columns::{belongs_to, digest, instant, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Challenge::Table)
                    .col(pk_uuid(Challenge::Id))
                    .col(digest(Challenge::TokenDigest))
                    .col(uuid(Challenge::AccountId))
                    .col(big_integer(Challenge::PasswordVersion))
                    .col(big_integer(Challenge::SecondFactorVersion))
                    .col(big_integer(Challenge::FailedTries))
                    .col(instant(Challenge::CreatedAt))
                    .col(instant(Challenge::ExpiresAt))
                    .foreign_key(&mut belongs_to(
                        "fk_challenge_account",
                        (Challenge::Table.into_iden(), Challenge::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_challenge_token_digest")
                    .table(Challenge::Table)
                    .col(Challenge::TokenDigest)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_challenge_account_id")
                    .table(Challenge::Table)
                    .col(Challenge::AccountId)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_challenge_expires_at")
                    .table(Challenge::Table)
                    .col(Challenge::ExpiresAt)
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Challenge::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Challenge {
    Table,
    Id,
    TokenDigest,
    AccountId,
    PasswordVersion,
    SecondFactorVersion,
    FailedTries,
    CreatedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
