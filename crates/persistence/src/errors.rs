//! What a database's errors mean to the application.

use countersign_application::ports::{Conflict, StoreError};
use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, RuntimeErr, SqlErr, sqlx};

use crate::engine;

/// What an error of a statement or a commit means.
pub(crate) fn store_error(error: DbErr) -> StoreError {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        // The message stays out: on some engines it repeats the values.
        return StoreError::Conflict { what: Conflict::Other };
    }
    if is_contention(&error) {
        StoreError::Contention(Box::new(error))
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// What an error of a connection with a thread of its own means.
pub(crate) fn file_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error() {
        Some(said) if matches!(said.extended_code, SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY) => {
            StoreError::Conflict { what: Conflict::Other }
        }
        Some(said) if engine::is_contention(said.extended_code) => StoreError::Contention(Box::new(error)),
        _ => StoreError::Unavailable(Box::new(error)),
    }
}

/// What an error of an insert means, where `column` (on SQLite) or `index` (elsewhere) tells that `what` was there
/// already.
pub(crate) fn insert_error(error: DbErr, column: &str, index: &str, what: Conflict) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(message)) if message.contains(column) || message.contains(index) => {
            StoreError::Conflict { what }
        }
        _ => store_error(error),
    }
}

/// What an error of a query for rows of `E` means: also, that a column holds what it cannot hold.
pub(crate) fn read_error<E: EntityTrait>(error: DbErr) -> StoreError {
    value_error(error, E::default().table_name(), |index| index.map_or("unknown", column_of::<E>))
}

/// What an error of reading a value means, whose column may be told by the name or number that the library has for it.
pub(crate) fn value_error(
    error: DbErr,
    table: &'static str,
    column: impl FnOnce(Option<&str>) -> &'static str,
) -> StoreError {
    let column = match (&error, driver_error(&error)) {
        (_, Some(sqlx::Error::ColumnDecode { index, .. })) => column(Some(index)),
        (DbErr::Type(_) | DbErr::TryIntoErr { .. }, _) => column(None),
        _ => return store_error(error),
    };
    StoreError::Corrupt { table, column, row: A_ROW.to_owned() }
}

/// What an error of reading a value means on a connection with a thread of its own.
pub(crate) fn file_value_error(error: rusqlite::Error, table: &'static str, column: &'static str) -> StoreError {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    match error {
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..) => {
            StoreError::Corrupt { table, column, row: A_ROW.to_owned() }
        }
        _ => file_error(error),
    }
}

/// Where a row cannot say which it is.
const A_ROW: &str = "a row that cannot be read";

/// The column that the library means with the name of a column of a result, which may be quoted and prefixed.
fn column_of<E: EntityTrait>(index: &str) -> &'static str {
    let name = index.trim_matches('"');
    E::Column::iter()
        .map(|column| column.as_str())
        .filter(|column| name.ends_with(column))
        .max_by_key(|column| column.len())
        .unwrap_or("unknown")
}

/// What the driver says.
fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    use RuntimeErr::SqlxError;
    match error {
        DbErr::Exec(SqlxError(error)) | DbErr::Query(SqlxError(error)) | DbErr::Conn(SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Whether an error says that another unit of work was in the way, and that nothing of this one is left.
pub(crate) fn is_contention(error: &DbErr) -> bool {
    driver_error(error).and_then(sqlx::Error::as_database_error).is_some_and(contends)
}

fn contends(error: &(dyn DatabaseError + 'static)) -> bool {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        // serialization_failure, deadlock_detected, lock_not_available.
        return matches!(error.code(), "40001" | "40P01" | "55P03");
    }
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        // ER_LOCK_DEADLOCK (also a conflict between the nodes of a Galera cluster), ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD.
        return matches!(error.number(), 1213 | 1205 | 1020);
    }
    error.code().and_then(|code| code.parse().ok()).is_some_and(engine::is_contention)
}

/// Why a unit of work that goes to the database whole was not made.
pub(crate) enum Unmade {
    /// It may be made step by step: nothing of it was kept; or the connection was gone, and its guards tell.
    Again(StoreError),
    /// Whether it was kept is not known.
    Unknown(StoreError),
}

impl Unmade {
    pub(crate) fn by(error: DbErr) -> Self {
        let said = driver_error(&error).and_then(sqlx::Error::as_database_error);
        // data_exception, which is how such a statement says that a guard failed; integrity_constraint_violation.
        let of_class = |said: &PgDatabaseError| said.code().starts_with("22") || said.code().starts_with("23");
        let refused = said.is_some_and(|said| contends(said) || said.try_downcast_ref().is_some_and(of_class));
        let again = refused || is_gone(&error);
        if again { Self::Again(store_error(error)) } else { Self::Unknown(store_error(error)) }
    }
}

/// Whether an error says that the connection is gone.
pub(crate) fn is_gone(error: &DbErr) -> bool {
    match driver_error(error) {
        Some(sqlx::Error::Io(_)) => true,
        Some(sqlx::Error::Database(said)) => is_farewell(said.as_ref()),
        _ => false,
    }
}

/// Whether it is the last thing that a server says on a connection.
fn is_farewell(said: &dyn DatabaseError) -> bool {
    if let Some(said) = said.try_downcast_ref::<PgDatabaseError>() {
        // admin_shutdown, crash_shutdown, idle_in_transaction_session_timeout, idle_session_timeout.
        return matches!(said.code(), "57P01" | "57P02" | "25P03" | "57P05");
    }
    if let Some(said) = said.try_downcast_ref::<MySqlDatabaseError>() {
        // ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED (MariaDB), ER_CLIENT_INTERACTION_TIMEOUT (MySQL).
        return matches!(said.number(), 1053 | 1927 | 4031);
    }
    false
}
