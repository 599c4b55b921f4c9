//! What is particular to PostgreSQL.

use std::fmt::Write;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sea_orm::sqlx::{ConnectOptions, Executor};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};

use super::server::Pool;
use crate::place::names_tls;
use crate::{OpenError, Place};

/// Opens a pool.
pub(super) async fn open(url: &str, pool: &Pool) -> Result<DatabaseConnection, OpenError> {
    let place = Place::parse(url)?;
    let mut to = PgConnectOptions::from_str(url).map_err(|_| OpenError::Url("it is malformed"))?;
    if !names_tls(url) {
        to = to.ssl_mode(if place.is_local() { PgSslMode::Prefer } else { PgSslMode::VerifyFull });
    }
    // Statements hold nothing secret, but what is bound to them may.
    let to = to.application_name("countersign").disable_statement_logging();
    let set_up = set_up(pool);
    let options = PgPoolOptions::new().after_connect(move |connection, _| {
        let set_up = set_up.clone();
        Box::pin(async move { connection.execute(sea_orm::sqlx::AssertSqlSafe(set_up)).await.map(|_| ()) })
    });
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool.connect(to, options).await?))
}

/// What every connection begins with. READ COMMITTED by name: a statement that waited for a row's lock decides by what the
/// last holder committed, whatever the server's default is.
fn set_up(pool: &Pool) -> String {
    let mut sql = String::from("SET default_transaction_isolation = 'read committed'; SET client_min_messages = error");
    for (setting, limit) in [
        ("statement_timeout", pool.statement_timeout),
        ("lock_timeout", pool.lock_timeout()),
        ("idle_in_transaction_session_timeout", pool.rest_timeout()),
    ] {
        let _ = write!(sql, "; SET {setting} = {}", limit.unwrap_or(Duration::ZERO).as_millis());
    }
    sql
}
