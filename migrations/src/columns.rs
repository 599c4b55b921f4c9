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
pub(crate) fn file_null(backend: DatabaseBackend, name: impl IntoIden) -> ColumnDef {
    if backend == DatabaseBackend::MySql {
        ColumnDef::new(name).custom("MEDIUMBLOB").null().to_owned()
    } else {
        blob_null(name)
    }
}

/// A text that lists are ordered by, byte by byte: PostgreSQL would go by the language of the database.
pub(crate) fn ordered_text(backend: DatabaseBackend, name: impl IntoIden, length: u32) -> ColumnDef {
    let mut column = string_len(name, length);
    if backend == DatabaseBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// The stable name of one of a few values.
pub(crate) fn name_of_value(name: impl IntoIden) -> ColumnDef {
    string_len(name, 64)
}

/// The identifier of a master key.
pub(crate) fn key_id(name: impl IntoIden) -> ColumnDef {
    string_len(name, 128)
}
