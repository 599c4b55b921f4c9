//! Why a store could not be opened or migrated.

use std::path::PathBuf;

use countersign_application::ports::StoreFault;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Why a store could not be opened or migrated. Written for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that this program knows. The URL is not repeated: it may hold a password.
    #[error("the database URL is not usable: {0}")]
    Url(&'static str),
    /// There is no database file, and none was to be made.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The database file cannot be made or looked at.
    #[error("the database file {} cannot be opened", path.display())]
    File {
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The server is not reached, or cannot let anyone in for now. Waiting may help.
    #[error("the database server is not reached")]
    Unreachable(#[source] StoreFault),
    /// The server is reached, and TLS with it fails.
    #[error("there is no trusted TLS connection to the database server")]
    Tls(#[source] StoreFault),
    /// A file for TLS with the server cannot be read: the authority's certificate, the client's own, or its key.
    #[error("the file {} for TLS with the database server cannot be read", path.display())]
    Certificate {
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The server does not let this user in: an unknown user, a wrong password, or a way that it does not allow.
    #[error("the database server does not let the user in")]
    Credentials(#[source] StoreFault),
    /// The server has no such database, or does not show it to this user.
    #[error("the database server has no such database for the user")]
    NoDatabase(#[source] StoreFault),
    /// The user may not do what is needed, such as making tables.
    #[error("the database user lacks a right")]
    Forbidden(#[source] StoreFault),
    /// The database refuses, or is no database.
    #[error("the database cannot be used")]
    Database(#[source] StoreFault),
    /// It holds the beginning of a deployment that is elsewhere. To serve it would be to forget the rest.
    #[error("a copy into this database has not finished")]
    UnfinishedCopy,
    /// It is a backup, which does not know what was used since it was made.
    #[error("this database is a backup that was put in its place without `countersign restore`")]
    Unrestored,
    /// A newer program has migrated the database; this one would not understand it.
    #[error("the database was migrated by a newer version of this program (unknown: {})", unknown.join(", "))]
    Newer {
        /// The migrations that this program does not know.
        unknown: Vec<String>,
    },
}

/// Makes an error of what was said.
type Meaning = fn(StoreFault) -> OpenError;

impl From<DbErr> for OpenError {
    fn from(error: DbErr) -> Self {
        use RuntimeErr::SqlxError;
        let meaning = match &error {
            DbErr::Conn(SqlxError(said)) | DbErr::Exec(SqlxError(said)) | DbErr::Query(SqlxError(said)) => {
                match said.as_ref() {
                    // Of an SQLite file, this says that somebody keeps it locked.
                    sqlx::Error::PoolTimedOut => Self::Database,
                    said => meaning(said),
                }
            }
            _ => Self::Database as Meaning,
        };
        meaning(Box::new(error))
    }
}

/// On connecting to a server.
impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        meaning(&error)(Box::new(error))
    }
}

fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Tls(_) => OpenError::Tls,
        // A handshake that fails is handed on as a failure to read.
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => OpenError::Tls,
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_) => OpenError::Unreachable,
        sqlx::Error::Database(refusal) => meaning_of_refusal(refusal.as_ref()),
        _ => OpenError::Database,
    }
}

/// What a server means that does not do what was asked.
fn meaning_of_refusal(refusal: &dyn DatabaseError) -> Meaning {
    if let Some(refusal) = refusal.try_downcast_ref::<PgDatabaseError>() {
        return match refusal.code() {
            // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections: it starts or stops, or has no
            // connection left, all of which passes.
            "57P01" | "57P02" | "57P03" | "53300" => OpenError::Unreachable,
            // invalid_authorization_specification, invalid_password.
            "28000" | "28P01" => OpenError::Credentials,
            // invalid_catalog_name.
            "3D000" => OpenError::NoDatabase,
            // insufficient_privilege.
            "42501" => OpenError::Forbidden,
            _ => OpenError::Database,
        };
    }
    if let Some(refusal) = refusal.try_downcast_ref::<MySqlDatabaseError>() {
        return match refusal.number() {
            // ER_CON_COUNT_ERROR, ER_UNKNOWN_COM_ERROR (a Galera node that is not ready), ER_SERVER_SHUTDOWN,
            // ER_TOO_MANY_USER_CONNECTIONS.
            1040 | 1047 | 1053 | 1203 => OpenError::Unreachable,
            // ER_ACCESS_DENIED_ERROR, ER_HOST_NOT_PRIVILEGED, ER_ACCESS_DENIED_NO_PASSWORD_ERROR,
            // ER_SECURE_TRANSPORT_REQUIRED.
            1045 | 1130 | 1698 | 3159 => OpenError::Credentials,
            // ER_DBACCESS_DENIED_ERROR, ER_BAD_DB_ERROR: who may not use a database is not told whether it is there.
            1044 | 1049 => OpenError::NoDatabase,
            // ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR.
            1142 | 1143 | 1227 => OpenError::Forbidden,
            _ => OpenError::Database,
        };
    }
    OpenError::Database
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_server_that_is_not_there_is_told_from_one_that_is_not_trusted() {
        let refused = sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into());
        assert!(matches!(OpenError::from(refused), OpenError::Unreachable(_)));
        let handshake = sqlx::Error::Io(io::Error::new(io::ErrorKind::InvalidData, "invalid peer certificate"));
        assert!(matches!(OpenError::from(handshake), OpenError::Tls(_)));
        let without = sqlx::Error::Tls("server does not support TLS".into());
        assert!(matches!(OpenError::from(without), OpenError::Tls(_)));
    }
}
