//! Sets of recovery codes and their codes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob_null, boolean, pk_uuid, string_len, uuid, uuid_null, var_binary};

use crate::columns::{belongs_to, digest, instant, instant_null, key_id, name_of_value, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, RecoveryCodeSet::Table)
                    .col(pk_uuid(RecoveryCodeSet::Id))
                    .col(uuid(RecoveryCodeSet::AccountId))
                    .col(name_of_value(RecoveryCodeSet::Status))
                    .col(uuid_null(RecoveryCodeSet::AuthenticatorId))
                    .col(string_len(RecoveryCodeSet::Pattern, 64))
                    .col(name_of_value(RecoveryCodeSet::Alphabet))
                    .col(var_binary(RecoveryCodeSet::Salt, 16))
                    .col(key_id(RecoveryCodeSet::KeyId))
                    .col(boolean(RecoveryCodeSet::Viewable))
                    .col(instant(RecoveryCodeSet::IssuedAt))
                    .col(big_integer(RecoveryCodeSet::Total))
                    .foreign_key(&mut belongs_to(
                        "fk_recovery_code_set_account",
                        (RecoveryCodeSet::Table.into_iden(), RecoveryCodeSet::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_recovery_code_set_account_id")
                    .table(RecoveryCodeSet::Table)
                    .col(RecoveryCodeSet::AccountId)
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                new_table(manager, RecoveryCode::Table)
                    .col(pk_uuid(RecoveryCode::Id))
                    .col(uuid(RecoveryCode::SetId))
                    .col(big_integer(RecoveryCode::Position))
                    .col(digest(RecoveryCode::Digest))
                    .col(blob_null(RecoveryCode::Sealed))
                    .col(key_id(RecoveryCode::SealedKeyId).null().to_owned())
                    .col(instant_null(RecoveryCode::UsedAt))
                    .foreign_key(&mut belongs_to(
                        "fk_recovery_code_recovery_code_set",
                        (RecoveryCode::Table.into_iden(), RecoveryCode::SetId.into_iden()),
                        (RecoveryCodeSet::Table.into_iden(), RecoveryCodeSet::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_recovery_code_set_id_digest")
                    .table(RecoveryCode::Table)
                    .col(RecoveryCode::SetId)
                    .col(RecoveryCode::Digest)
                    .unique()
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(RecoveryCode::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(RecoveryCodeSet::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum RecoveryCodeSet {
    Table,
    Id,
    AccountId,
    Status,
    AuthenticatorId,
    Pattern,
    Alphabet,
    Salt,
    KeyId,
    Viewable,
    IssuedAt,
    Total,
}

#[derive(DeriveIden)]
enum RecoveryCode {
    Table,
    Id,
    SetId,
    Position,
    Digest,
    Sealed,
    SealedKeyId,
    UsedAt,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
