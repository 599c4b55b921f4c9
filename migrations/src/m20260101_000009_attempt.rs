//! Counters of attempts that belong to no account's second factor.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

use crate::columns::{digest, instant, instant_null, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Attempt::Table)
                    .col(digest(Attempt::Key).primary_key().to_owned())
                    .col(big_integer(Attempt::Failures))
                    .col(instant_null(Attempt::BlockedUntil))
                    .col(instant(Attempt::TouchedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_attempt_touched_at").table(Attempt::Table).col(Attempt::TouchedAt).to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Attempt::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Attempt {
    Table,
    Key,
    Failures,
    BlockedUntil,
    TouchedAt,
}
