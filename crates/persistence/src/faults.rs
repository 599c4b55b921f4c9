//! What a database's errors mean to the application.

use countersign_application::ports::{Conflict, StoreError};
use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, RuntimeErr, SqlErr, sqlx};

use crate::engine;

/// What an error of a statement or a commit means.
pub(crate) fn fault(error: DbErr) -> StoreError {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        // The message stays out: on some engines it repeats the values.
        return StoreError::Conflict { what: Conflict::Other };
    }
    if engine::is_contention(&error) {
        StoreError::Contention(Box::new(error))
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// What an error of an insert means, where `column` (on SQLite) or `index` (elsewhere) tells that `what` was there
/// already.
pub(crate) fn insert_fault(error: DbErr, column: &str, index: &str, what: Conflict) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(message)) if message.contains(column) || message.contains(index) => {
            StoreError::Conflict { what }
        }
        _ => fault(error),
    }
}

/// What an error of a query for rows of `E` means: also, that a column holds what it cannot hold.
pub(crate) fn read_fault<E: EntityTrait>(error: DbErr) -> StoreError {
    let column = match &error {
        DbErr::Query(RuntimeErr::SqlxError(error)) => match error.as_ref() {
            sqlx::Error::ColumnDecode { index, .. } => Some(column_of::<E>(index)),
            _ => None,
        },
        DbErr::Type(_) | DbErr::TryIntoErr { .. } => Some("unknown"),
        _ => None,
    };
    match column {
        Some(column) => StoreError::Corrupt {
            table: E::default().table_name(),
            column,
            row: "a row that cannot be read".to_owned(),
        },
        None => fault(error),
    }
}

/// The column that the library means with the name of a column of a result, which may be quoted and prefixed.
fn column_of<E: EntityTrait>(index: &str) -> &'static str {
    let name = index.trim_matches('"');
    E::Column::iter()
        .map(|column| column.as_str())
        .filter(|column| name.ends_with(column))
        .max_by_key(|column| column.len())
        .unwrap_or("unknown")
}
