//! How realms look, and where their users may go back to. `return_addresses` is a JSON list of texts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, string_len_null, text, text_null};

use crate::columns::{belongs_to, file_null, instant, new_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                new_table(manager, RealmAppearance::Table)
                    .col(pk_uuid(RealmAppearance::RealmId))
                    .col(text_null(RealmAppearance::DisplayName))
                    .col(string_len_null(RealmAppearance::Accent, 7))
                    .col(file_null(manager, RealmAppearance::Logo))
                    .col(string_len_null(RealmAppearance::LogoType, 64))
                    .col(text(RealmAppearance::ReturnAddresses))
                    .col(instant(RealmAppearance::ChangedAt))
                    .foreign_key(&mut belongs_to(
                        "fk_realm_appearance_realm",
                        (RealmAppearance::Table.into_iden(), RealmAppearance::RealmId.into_iden()),
                        (Realm::Table.into_iden(), Realm::Id.into_iden()),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(RealmAppearance::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum RealmAppearance {
    Table,
    RealmId,
    DisplayName,
    Accent,
    Logo,
    LogoType,
    ReturnAddresses,
    ChangedAt,
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Id,
}
