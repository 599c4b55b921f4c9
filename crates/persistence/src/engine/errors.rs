//! What the engines' error codes mean.

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::{DbErr, RuntimeErr};

use super::sqlite;

/// Whether an error says that another unit of work was in the way, and that nothing of this one is left.
pub(crate) fn is_contention(error: &DbErr) -> bool {
    use RuntimeErr::SqlxError;
    let (DbErr::Exec(SqlxError(error)) | DbErr::Query(SqlxError(error)) | DbErr::Conn(SqlxError(error))) = error else {
        return false;
    };
    error.as_database_error().is_some_and(contends)
}

fn contends(error: &dyn DatabaseError) -> bool {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        // serialization_failure, deadlock_detected, lock_not_available.
        return matches!(error.code(), "40001" | "40P01" | "55P03");
    }
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        // ER_LOCK_DEADLOCK (also a conflict between the nodes of a Galera cluster), ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD.
        return matches!(error.number(), 1213 | 1205 | 1020);
    }
    error.code().is_some_and(|code| sqlite::is_contention(&code))
}
