//! The audit log. No foreign keys: an event outlives whatever it tells of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, string_len, string_len_null, text, text_null, uuid, uuid_null};

use crate::columns::{instant, name_of_value, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, AuditEvent::Table)
                    .col(pk_uuid(AuditEvent::Id))
                    .col(instant(AuditEvent::OccurredAt))
                    .col(name_of_value(AuditEvent::Event))
                    .col(uuid(AuditEvent::RealmId))
                    .col(string_len(AuditEvent::Realm, 63))
                    .col(uuid_null(AuditEvent::AccountId))
                    .col(text_null(AuditEvent::Login))
                    .col(name_of_value(AuditEvent::ActorKind))
                    .col(text_null(AuditEvent::ActorId))
                    .col(string_len_null(AuditEvent::Ip, 64))
                    .col(text_null(AuditEvent::UserAgent))
                    .col(name_of_value(AuditEvent::Outcome))
                    .col(text(AuditEvent::Details))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_audit_event_realm_id_id")
                    .table(AuditEvent::Table)
                    .col(AuditEvent::RealmId)
                    .col(AuditEvent::Id)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_audit_event_account_id_id")
                    .table(AuditEvent::Table)
                    .col(AuditEvent::AccountId)
                    .col(AuditEvent::Id)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_audit_event_event_id")
                    .table(AuditEvent::Table)
                    .col(AuditEvent::Event)
                    .col(AuditEvent::Id)
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AuditEvent::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum AuditEvent {
    Table,
    Id,
    OccurredAt,
    Event,
    RealmId,
    Realm,
    AccountId,
    Login,
    ActorKind,
    ActorId,
    Ip,
    UserAgent,
    Outcome,
    Details,
}
