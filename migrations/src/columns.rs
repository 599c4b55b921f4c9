//! The kinds of columns that the tables have in common.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string_len, var_binary};

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
