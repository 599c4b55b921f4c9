//! Accounts. `login_key` is the normalized login, which is what has to be unique; it may be longer than the login.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string_len, text, text_null, uuid};

use crate::columns::{belongs_to, instant, instant_null, name_of_value, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Account::Table)
                    .col(pk_uuid(Account::Id))
                    .col(uuid(Account::RealmId))
                    .col(text(Account::Login))
                    .col(string_len(Account::LoginKey, 600))
                    .col(name_of_value(Account::Role))
                    .col(text_null(Account::PasswordHash))
                    .col(big_integer(Account::PasswordVersion))
                    .col(instant_null(Account::DisabledAt))
                    .col(instant_null(Account::LastSignInAt))
                    .col(instant(Account::CreatedAt))
                    .foreign_key(&mut belongs_to(
                        "fk_account_realm",
                        (Account::Table.into_iden(), Account::RealmId.into_iden()),
                        (Realm::Table.into_iden(), Realm::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_account_realm_id_login_key")
                    .table(Account::Table)
                    .col(Account::RealmId)
                    .col(Account::LoginKey)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_account_realm_id_id")
                    .table(Account::Table)
                    .col(Account::RealmId)
                    .col(Account::Id)
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Account::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    RealmId,
    Login,
    LoginKey,
    Role,
    PasswordHash,
    PasswordVersion,
    DisabledAt,
    LastSignInAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Id,
}
