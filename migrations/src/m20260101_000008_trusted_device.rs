//! Trusted devices.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string_len_null, text_null, uuid};

use crate::columns::{belongs_to, digest, instant, instant_null, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, TrustedDevice::Table)
                    .col(pk_uuid(TrustedDevice::Id))
                    .col(digest(TrustedDevice::TokenDigest))
                    .col(uuid(TrustedDevice::AccountId))
                    .col(big_integer(TrustedDevice::PasswordVersion))
                    .col(big_integer(TrustedDevice::SecondFactorVersion))
                    .col(instant(TrustedDevice::CreatedAt))
                    .col(instant(TrustedDevice::ExpiresAt))
                    .col(instant_null(TrustedDevice::LastUsedAt))
                    .col(string_len_null(TrustedDevice::Ip, 64))
                    .col(text_null(TrustedDevice::UserAgent))
                    .foreign_key(&mut belongs_to(
                        "fk_trusted_device_account",
                        (TrustedDevice::Table.into_iden(), TrustedDevice::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_trusted_device_token_digest")
                    .table(TrustedDevice::Table)
                    .col(TrustedDevice::TokenDigest)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_trusted_device_account_id")
                    .table(TrustedDevice::Table)
                    .col(TrustedDevice::AccountId)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_trusted_device_expires_at")
                    .table(TrustedDevice::Table)
                    .col(TrustedDevice::ExpiresAt)
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(TrustedDevice::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum TrustedDevice {
    Table,
    Id,
    TokenDigest,
    AccountId,
    PasswordVersion,
    SecondFactorVersion,
    CreatedAt,
    ExpiresAt,
    LastUsedAt,
    Ip,
    UserAgent,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
