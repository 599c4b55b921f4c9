//! What is particular to MySQL and MariaDB.
//!
//! `/*M! … */` is read by MariaDB alone, `/*!80000 … */` by MySQL of that version on, and not by MariaDB.

use std::str::FromStr;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sea_orm::sqlx::{ConnectOptions, Executor};
use sea_orm::{DatabaseConnection, SqlxMySqlConnector};

use super::server::Pool;
use crate::place::names_tls;
use crate::{OpenError, Place};

/// Opens a pool.
pub(super) async fn open(url: &str, pool: &Pool) -> Result<DatabaseConnection, OpenError> {
    let place = Place::parse(url)?;
    let mut to = MySqlConnectOptions::from_str(url).map_err(|_| OpenError::Url("it is malformed"))?;
    if !names_tls(url) {
        to = to.ssl_mode(if place.is_local() { MySqlSslMode::Preferred } else { MySqlSslMode::VerifyIdentity });
    }
    // Statements hold nothing secret, but what is bound to them may.
    let to = to.disable_statement_logging();
    let set_up = set_up(pool);
    let options = MySqlPoolOptions::new().after_connect(move |connection, _| {
        let set_up = set_up.clone();
        Box::pin(async move { connection.execute(sea_orm::sqlx::AssertSqlSafe(set_up)).await.map(|_| ()) })
    });
    Ok(SqlxMySqlConnector::from_sqlx_mysql_pool(pool.connect(to, options).await?))
}

/// What every connection begins with.
///
/// - READ COMMITTED: the default, REPEATABLE READ, would show what was true when the unit of work began, after it had
///   waited for someone else's to end.
/// - Strict: a value that is too long is refused, never cut.
/// - On a Galera cluster a read waits until this node has applied what the others had committed before it
///   (`wsrep_sync_wait`): a session that began on one node is there on the next. Alone, the setting does nothing.
fn set_up(pool: &Pool) -> String {
    let mut sql = String::from(
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
         SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES'), foreign_key_checks = 1 \
         /*M! , wsrep_sync_wait = 1 */",
    );
    if let (Some(statement), Some(lock), Some(rest)) =
        (pool.statement_timeout, pool.lock_timeout(), pool.rest_timeout())
    {
        let (lock, rest) = (lock.as_secs().max(1), rest.as_secs().max(1));
        sql.push_str(&format!(
            ", innodb_lock_wait_timeout = {lock} /*M! , max_statement_time = {}, idle_transaction_timeout = {rest} */ \
             /*!80000 , max_execution_time = {} */",
            statement.as_secs_f64(),
            statement.as_millis(),
        ));
    }
    sql
}
