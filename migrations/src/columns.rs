//! The kinds of columns that the tables have in common.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_null, string_len, var_binary};
use sea_orm_migration::sea_orm::DatabaseBackend;

/// SHA-256 and Argon2id digests have 32 bytes.
const DIGEST_BYTES: u32 = 32;

/// A point in time: microseconds since the Unix epoch. No engine's own type holds them alike on all engines.
pub(crate) fn instant(name: impl IntoIden) -> ColumnDef {
    big_integer(name)
}

/// A point in time that may not have come.
pub(crate) fn instant_null(name: impl IntoIden) -> ColumnDef {
    big_integer_null(name)
}

/// A digest of 32 bytes.
pub(crate) fn digest(name: impl IntoIden) -> ColumnDef {
    var_binary(name, DIGEST_BYTES)
}

/// A file of at most some 64 KiB, where there is one. MySQL's own `BLOB` ends one byte below 64 KiB.
pub(crate) fn file_null(manager: &SchemaManager, name: impl IntoIden) -> ColumnDef {
    if manager.get_database_backend() == DatabaseBackend::MySql {
        ColumnDef::new(name).custom("MEDIUMBLOB").null().to_owned()
    } else {
        blob_null(name)
    }
}

/// The stable name of one of a few values.
pub(crate) fn name_of_value(name: impl IntoIden) -> ColumnDef {
    string_len(name, 64)
}

/// The identifier of a master key.
pub(crate) fn key_id(name: impl IntoIden) -> ColumnDef {
    string_len(name, 128)
}

/// A foreign key that takes its rows along when what they belong to is removed.
pub(crate) fn belongs_to<T, C>(name: &str, from: (T, C), to: (T, C)) -> ForeignKeyCreateStatement
where
    T: IntoTableRef,
    C: IntoIden,
{
    ForeignKey::create().name(name).from(from.0, from.1).to(to.0, to.1).on_delete(ForeignKeyAction::Cascade).to_owned()
}

/// A new table. On MySQL and MariaDB its text is compared byte by byte, as on the other engines: their defaults take `a`
/// for `A` and for `á`, and overlook spaces at the end, so that two applications' users would be one. MariaDB alone reads
/// `/*M! … */`, and MySQL alone the other; the other engines never see either.
pub(crate) fn new_table(manager: &SchemaManager, name: impl IntoIden) -> TableCreateStatement {
    let mut table = Table::create().table(name.into_iden()).to_owned();
    if manager.get_database_backend() == DatabaseBackend::MySql {
        table.engine("InnoDB").extra(
            "DEFAULT CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */",
        );
    }
    table
}
