//! Indexes along which housekeeping and searches look at no row that they do not want: audit events of a kind within a
//! realm, and the recovery codes that are pending with an enrollment.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn by_kind() -> IndexCreateStatement {
    Index::create()
        .name("ix_audit_event_realm_id_event_id")
        .table(AuditEvent::Table)
        .col(AuditEvent::RealmId)
        .col(AuditEvent::Event)
        .col(AuditEvent::Id)
        .to_owned()
}

/// Without the realm, which everyone who asks for a kind names as well.
fn by_kind_over_realms() -> IndexCreateStatement {
    Index::create()
        .name("ix_audit_event_event_id")
        .table(AuditEvent::Table)
        .col(AuditEvent::Event)
        .col(AuditEvent::Id)
        .to_owned()
}

fn by_enrollment() -> IndexCreateStatement {
    Index::create()
        .name("ix_recovery_code_set_authenticator_id")
        .table(RecoveryCodeSet::Table)
        .col(RecoveryCodeSet::AuthenticatorId)
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(by_kind()).await?;
        manager.drop_index(Index::drop().name("ix_audit_event_event_id").table(AuditEvent::Table).to_owned()).await?;
        manager.create_index(by_enrollment()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_enrollment =
            Index::drop().name("ix_recovery_code_set_authenticator_id").table(RecoveryCodeSet::Table).to_owned();
        manager.drop_index(by_enrollment).await?;
        manager.create_index(by_kind_over_realms()).await?;
        manager
            .drop_index(Index::drop().name("ix_audit_event_realm_id_event_id").table(AuditEvent::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum AuditEvent {
    Table,
    Id,
    RealmId,
    Event,
}

#[derive(DeriveIden)]
enum RecoveryCodeSet {
    Table,
    AuthenticatorId,
}
