//! A table, from what is said of it: its names follow from that, the same on every engine.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// A table that is to be made.
pub(crate) struct TableDef {
    name: &'static str,
    columns: Vec<ColumnDef>,
    /// The table whose rows take those of this one along, and the column that names them.
    parent: Option<(&'static str, &'static str)>,
    indexes: Vec<IndexCreateStatement>,
}

impl TableDef {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, columns: Vec::new(), parent: None, indexes: Vec::new() }
    }

    pub(crate) fn columns(mut self, columns: impl IntoIterator<Item = ColumnDef>) -> Self {
        self.columns.extend(columns);
        self
    }

    /// A row is removed with the one of `parent` that `column` names.
    pub(crate) fn belongs_to(self, parent: &'static str, column: &'static str) -> Self {
        Self { parent: Some((parent, column)), ..self }
    }

    /// No two rows have the same values in these columns.
    pub(crate) fn unique(self, columns: &[&'static str]) -> Self {
        self.indexed("uq", columns, |index| index.unique())
    }

    /// Rows are looked up by these columns.
    pub(crate) fn index(self, columns: &[&'static str]) -> Self {
        self.indexed("ix", columns, |index| index)
    }

    fn indexed(
        mut self,
        prefix: &str,
        columns: &[&'static str],
        of_kind: impl FnOnce(&mut IndexCreateStatement) -> &mut IndexCreateStatement,
    ) -> Self {
        let mut index =
            Index::create().name(format!("{prefix}_{}_{}", self.name, columns.join("_"))).table(self.name).take();
        for column in columns {
            index.col(*column);
        }
        self.indexes.push(of_kind(&mut index).take());
        self
    }

    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mut table = Table::create().table(self.name).take();
        // Text is compared byte by byte, as on the other engines: the defaults of MySQL and MariaDB take `a` for `A` and for
        // `á`, and overlook spaces at the end, so that two applications' users would be one. MariaDB alone reads
        // `/*M! … */`, and MySQL alone the other.
        if manager.get_database_backend() == DatabaseBackend::MySql {
            table.engine("InnoDB").extra(
                "DEFAULT CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */",
            );
        }
        for column in self.columns {
            table.col(column);
        }
        if let Some((parent, column)) = self.parent {
            let name = format!("fk_{}_{parent}", self.name);
            let mut key = ForeignKey::create().name(name).from(self.name, column).to(parent, "id").take();
            table.foreign_key(key.on_delete(ForeignKeyAction::Cascade));
        }
        manager.create_table(table).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    pub(crate) async fn drop(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(self.name).take()).await
    }
}
