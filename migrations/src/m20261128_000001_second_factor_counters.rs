//! Budgets of failures that success does not give back, for single codes and for two consecutive ones. They begin full.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

use crate::columns::instant_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            big_integer(SecondFactor::CodeSpent).default(0_i64).to_owned(),
            instant_null(SecondFactor::CodeSpentSince),
            big_integer(SecondFactor::ConsecutiveFailures).default(0_i64).to_owned(),
            big_integer(SecondFactor::ConsecutiveSpent).default(0_i64).to_owned(),
            instant_null(SecondFactor::ConsecutiveSpentSince),
        ];
        // SQLite adds one column a statement.
        for column in columns {
            let alter = Table::alter().table(SecondFactor::Table).add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            SecondFactor::CodeSpent,
            SecondFactor::CodeSpentSince,
            SecondFactor::ConsecutiveFailures,
            SecondFactor::ConsecutiveSpent,
            SecondFactor::ConsecutiveSpentSince,
        ];
        for column in columns {
            let alter = Table::alter().table(SecondFactor::Table).drop_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum SecondFactor {
    Table,
    CodeSpent,
    CodeSpentSince,
    ConsecutiveFailures,
    ConsecutiveSpent,
    ConsecutiveSpentSince,
}
