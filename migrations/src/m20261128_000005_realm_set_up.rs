//! Realms note when they got their first owner: the link that makes one is void from then on, whatever becomes of the owner.

use sea_orm_migration::prelude::*;

use crate::columns::instant_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let set_up_at = instant_null(Realm::SetUpAt);
        manager.alter_table(Table::alter().table(Realm::Table).add_column(set_up_at).to_owned()).await?;
        let with_owners = Query::select()
            .column(Account::RealmId)
            .from(Account::Table)
            .and_where(Expr::col(Account::Role).eq("owner"))
            .to_owned();
        let noted = Query::update()
            .table(Realm::Table)
            .value(Realm::SetUpAt, Expr::col(Realm::CreatedAt))
            .and_where(Expr::col(Realm::Id).in_subquery(with_owners))
            .to_owned();
        manager.exec_stmt(noted).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Realm::Table).drop_column(Realm::SetUpAt).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Realm {
    Table,
    Id,
    CreatedAt,
    SetUpAt,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    RealmId,
    Role,
}
