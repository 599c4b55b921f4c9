//! Sessions may be good for an enrollment and nothing else. Those that are there already are good for everything.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let enrollment_only = boolean(Session::EnrollmentOnly).default(false).to_owned();
        manager.alter_table(Table::alter().table(Session::Table).add_column(enrollment_only).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Session::Table).drop_column(Session::EnrollmentOnly).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Session {
    Table,
    EnrollmentOnly,
}
