//! Authenticators.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, pk_uuid, text, uuid, uuid_null};

use crate::columns::{belongs_to, instant, instant_null, key_id, name_of_value, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Authenticator::Table)
                    .col(pk_uuid(Authenticator::Id))
                    .col(uuid(Authenticator::AccountId))
                    .col(text(Authenticator::Name))
                    .col(name_of_value(Authenticator::Status))
                    .col(text(Authenticator::Issuer))
                    .col(name_of_value(Authenticator::Algorithm))
                    .col(big_integer(Authenticator::Digits))
                    .col(big_integer(Authenticator::PeriodSeconds))
                    .col(blob(Authenticator::SealedSecret))
                    .col(key_id(Authenticator::SealedKeyId))
                    .col(big_integer_null(Authenticator::LastStep))
                    .col(uuid_null(Authenticator::BegunBy))
                    .col(instant(Authenticator::CreatedAt))
                    .col(instant_null(Authenticator::ExpiresAt))
                    .col(instant_null(Authenticator::ConfirmedAt))
                    .col(instant_null(Authenticator::LastUsedAt))
                    .foreign_key(&mut belongs_to(
                        "fk_authenticator_account",
                        (Authenticator::Table.into_iden(), Authenticator::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_authenticator_account_id")
                    .table(Authenticator::Table)
                    .col(Authenticator::AccountId)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_authenticator_expires_at")
                    .table(Authenticator::Table)
                    .col(Authenticator::ExpiresAt)
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Authenticator::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Authenticator {
    Table,
    Id,
    AccountId,
    Name,
    Status,
    Issuer,
    Algorithm,
    Digits,
    PeriodSeconds,
    SealedSecret,
    SealedKeyId,
    LastStep,
    BegunBy,
    CreatedAt,
    ExpiresAt,
    ConfirmedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
