//! The row that every change of an account's second factor locks first. `revision` is what the lock writes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid};

use crate::columns::{belongs_to, instant_null, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, SecondFactor::Table)
                    .col(pk_uuid(SecondFactor::AccountId))
                    .col(instant_null(SecondFactor::EnabledAt))
                    .col(big_integer(SecondFactor::Version))
                    .col(big_integer(SecondFactor::Revision))
                    .col(big_integer(SecondFactor::CodeFailures))
                    .col(instant_null(SecondFactor::CodeBlockedUntil))
                    .col(big_integer(SecondFactor::RecoveryFailures))
                    .col(instant_null(SecondFactor::RecoveryBlockedUntil))
                    .foreign_key(&mut belongs_to(
                        "fk_second_factor_account",
                        (SecondFactor::Table.into_iden(), SecondFactor::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SecondFactor::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum SecondFactor {
    Table,
    AccountId,
    EnabledAt,
    Version,
    Revision,
    CodeFailures,
    CodeBlockedUntil,
    RecoveryFailures,
    RecoveryBlockedUntil,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
