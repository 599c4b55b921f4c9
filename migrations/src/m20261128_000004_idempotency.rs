//! Claims of idempotency keys, with what was answered. All of what came from a client is sealed or a digest.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{blob, string_len_null, uuid};

use crate::columns::{digest, file_null, instant, key_id, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, IdempotencyClaim::Table)
                    .col(digest(IdempotencyClaim::Digest).primary_key().to_owned())
                    .col(uuid(IdempotencyClaim::Id))
                    .col(blob(IdempotencyClaim::Request))
                    .col(key_id(IdempotencyClaim::RequestKeyId))
                    .col(file_null(manager, IdempotencyClaim::Answer))
                    .col(string_len_null(IdempotencyClaim::AnswerKeyId, 128))
                    .col(instant(IdempotencyClaim::ClaimedAt))
                    .col(instant(IdempotencyClaim::ExpiresAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_idempotency_claim_expires_at")
                    .table(IdempotencyClaim::Table)
                    .col(IdempotencyClaim::ExpiresAt)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(IdempotencyClaim::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum IdempotencyClaim {
    Table,
    Digest,
    Id,
    Request,
    RequestKeyId,
    Answer,
    AnswerKeyId,
    ClaimedAt,
    ExpiresAt,
}
