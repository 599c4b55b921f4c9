//! Sessions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, string_len_null, text_null, uuid};

use crate::columns::{belongs_to, digest, instant, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, Session::Table)
                    .col(pk_uuid(Session::Id))
                    .col(digest(Session::TokenDigest))
                    .col(uuid(Session::AccountId))
                    .col(instant(Session::CreatedAt))
                    .col(instant(Session::LastSeenAt))
                    .col(instant(Session::ExpiresAt))
                    .col(string_len_null(Session::Ip, 64))
                    .col(text_null(Session::UserAgent))
                    .foreign_key(&mut belongs_to(
                        "fk_session_account",
                        (Session::Table.into_iden(), Session::AccountId.into_iden()),
                        (Account::Table.into_iden(), Account::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_session_token_digest")
                    .table(Session::Table)
                    .col(Session::TokenDigest)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_session_account_id").table(Session::Table).col(Session::AccountId).to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_session_expires_at").table(Session::Table).col(Session::ExpiresAt).to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Session::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Session {
    Table,
    Id,
    TokenDigest,
    AccountId,
    CreatedAt,
    LastSeenAt,
    ExpiresAt,
    Ip,
    UserAgent,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}
