//! The rows that changes of a second factor lock, and second factors as a whole.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use async_trait::async_trait;
use countersign_application::core::{Budget, Counters, Throttle};
use countersign_application::ports::StoreError;
use countersign_application::recovery::{RecoveryCodeSet, SealedRecoveryCode};
use countersign_application::second_factor::{
    Authenticator, SecondFactor, SecondFactorReads, SecondFactorState, SecondFactorStore,
};
use countersign_application::verification::Counted;
use countersign_application::{AccountId, RecoveryCodeSetId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryResult, Statement, Value};

use crate::connection::SeaUnitOfWork;
use crate::errors::{read_error, store_error};
use crate::file;
use crate::many::{Kind, Sql};
use crate::rows::{Cursor, Given, Positioned, Row, instant, micros};
use crate::statements::{self, Guarded, update};
use crate::store::SeaStore;
use crate::tables::{authenticator, authenticators, recovery_code_set, recovery_codes};

entity!(second_factor = "second_factor" {
    pub account_id: Uuid,
    pub enabled_at: Option<i64>,
    pub version: i64,
    pub revision: i64,
    pub code_failures: i64,
    pub code_blocked_until: Option<i64>,
    pub recovery_failures: i64,
    pub recovery_blocked_until: Option<i64>,
    pub code_spent: i64,
    pub code_spent_since: Option<i64>,
    pub consecutive_failures: i64,
    pub consecutive_spent: i64,
    pub consecutive_spent_since: Option<i64>,
});

use second_factor::{Column, Entity};

pub(super) fn from_row(row: &second_factor::Model) -> Result<SecondFactorState, StoreError> {
    let read = Row::new("second_factor", row.account_id);
    Ok(SecondFactorState {
        account_id: AccountId::from_uuid(row.account_id),
        enabled_at: instant(row.enabled_at),
        version: row.version,
        revision: row.revision,
        counters: Counters {
            codes: Throttle {
                failures_in_a_row: read.number("code_failures", row.code_failures)?,
                blocked_until: instant(row.code_blocked_until),
            },
            code_budget: Budget {
                spent: read.number("code_spent", row.code_spent)?,
                since: instant(row.code_spent_since),
            },
            consecutive_failures: read.number("consecutive_failures", row.consecutive_failures)?,
            consecutive_budget: Budget {
                spent: read.number("consecutive_spent", row.consecutive_spent)?,
                since: instant(row.consecutive_spent_since),
            },
            recovery_codes: Throttle {
                failures_in_a_row: read.number("recovery_failures", row.recovery_failures)?,
                blocked_until: instant(row.recovery_blocked_until),
            },
        },
    })
}

/// Adds the row of a new account.
pub(super) async fn insert(connection: &impl ConnectionTrait, state: &SecondFactorState) -> Result<(), StoreError> {
    let Counters { codes, code_budget, consecutive_failures, consecutive_budget, recovery_codes } = state.counters;
    let row = second_factor::Model {
        account_id: state.account_id.as_uuid(),
        enabled_at: micros(state.enabled_at),
        version: state.version,
        revision: state.revision,
        code_failures: i64::from(codes.failures_in_a_row),
        code_blocked_until: micros(codes.blocked_until),
        code_spent: i64::from(code_budget.spent),
        code_spent_since: micros(code_budget.since),
        consecutive_failures: i64::from(consecutive_failures),
        consecutive_spent: i64::from(consecutive_budget.spent),
        consecutive_spent_since: micros(consecutive_budget.since),
        recovery_failures: i64::from(recovery_codes.failures_in_a_row),
        recovery_blocked_until: micros(recovery_codes.blocked_until),
    };
    statements::insert(connection, row).await
}

/// Joins what belongs to the second factor `f`. The few authenticators and sets of an account make as many rows as their
/// product.
pub(super) const PARTS: &str = "LEFT JOIN authenticator a ON a.account_id = f.account_id \
    LEFT JOIN recovery_code_set s ON s.account_id = f.account_id";
pub(super) const ORDER: &str = "a.id, s.id";

/// Selects a second factor `f` and its [`PARTS`].
pub(super) fn select_whole(statement: &mut Sql) -> &mut Sql {
    statement
        .columns::<second_factor::Model>("f")
        .columns::<authenticator::Model>("a")
        .columns::<recovery_code_set::Model>("s")
        .sql("(SELECT COUNT(*) FROM recovery_code u WHERE u.set_id = s.id AND u.used_at IS NULL)")
}

fn select(backend: DbBackend, account: AccountId) -> Statement {
    let mut statement = Sql::new(backend);
    select_whole(statement.sql("SELECT ")).sql(" FROM second_factor f ").sql(PARTS);
    statement.sql(" WHERE f.account_id = ").value(account.as_uuid().into()).sql(" ORDER BY ").sql(ORDER);
    statement.finished()
}

/// A second factor to which its parts are yet to be added.
pub(super) fn without_parts(row: &second_factor::Model) -> Result<SecondFactor, StoreError> {
    Ok(SecondFactor { state: from_row(row)?, authenticators: Vec::new(), recovery_sets: Vec::new() })
}

/// Adds the authenticator and the set of recovery codes that stand in a row, where they are new.
pub(super) fn read_parts(cursor: &mut Cursor<'_>, factor: &mut SecondFactor) -> Result<(), StoreError> {
    let key = cursor.key::<authenticator::Model>()?;
    let is_new = |it: &Authenticator| key != Some(it.id.as_uuid());
    if key.is_some() && factor.authenticators.last().is_none_or(is_new) {
        factor.authenticators.push(authenticators::from_row(authenticator::Model::read(cursor)?)?);
    } else {
        cursor.pass::<authenticator::Model>();
    }
    let key = cursor.key::<recovery_code_set::Model>()?;
    let is_new = |it: &RecoveryCodeSet| key != Some(it.id.as_uuid());
    if key.is_some() && factor.recovery_sets.iter().all(is_new) {
        let row = recovery_code_set::Model::read(cursor)?;
        let remaining = cursor.next(recovery_code_set::Model::TABLE, "remaining")?;
        factor.recovery_sets.push(recovery_codes::from_row(row, remaining)?);
    }
    Ok(())
}

/// All of an account's second factor, in one statement.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<SecondFactor>, StoreError> {
    let select = select(connection.get_database_backend(), account);
    let rows = connection.query_all_raw(select).await.map_err(store_error)?;
    let mut found = None;
    for row in &rows {
        let mut cursor = Cursor::new(Given::Library(row));
        let factor = match &mut found {
            Some(factor) => {
                cursor.pass::<second_factor::Model>();
                factor
            }
            none => none.insert(without_parts(&second_factor::Model::read(&mut cursor)?)?),
        };
        read_parts(&mut cursor, factor)?;
    }
    Ok(found)
}

const COUNTERS: [(&str, Kind); 11] = [
    ("whose", Kind::Identifier),
    ("seen", Kind::Integer),
    ("code_failures", Kind::Integer),
    ("code_blocked_until", Kind::Integer),
    ("code_spent", Kind::Integer),
    ("code_spent_since", Kind::Integer),
    ("consecutive_failures", Kind::Integer),
    ("consecutive_spent", Kind::Integer),
    ("consecutive_spent_since", Kind::Integer),
    ("recovery_failures", Kind::Integer),
    ("recovery_blocked_until", Kind::Integer),
];

const SET_COUNTERS: &str = "revision = t.revision + 1, code_failures = v.code_failures, \
    code_blocked_until = v.code_blocked_until, code_spent = v.code_spent, code_spent_since = v.code_spent_since, \
    consecutive_failures = v.consecutive_failures, consecutive_spent = v.consecutive_spent, \
    consecutive_spent_since = v.consecutive_spent_since, recovery_failures = v.recovery_failures, \
    recovery_blocked_until = v.recovery_blocked_until";

fn counters_row(account: AccountId, Counted { seen, counters }: Counted) -> [Value; 11] {
    let Counters { codes, code_budget, consecutive_failures, consecutive_budget, recovery_codes } = counters;
    [
        account.as_uuid().into(),
        seen.into(),
        i64::from(codes.failures_in_a_row).into(),
        micros(codes.blocked_until).into(),
        i64::from(code_budget.spent).into(),
        micros(code_budget.since).into(),
        i64::from(consecutive_failures).into(),
        i64::from(consecutive_budget.spent).into(),
        micros(consecutive_budget.since).into(),
        i64::from(recovery_codes.failures_in_a_row).into(),
        micros(recovery_codes.blocked_until).into(),
    ]
}

/// Sets the counters of accounts, each where its row has the revision that was seen, and answers whose it set. Of several,
/// one that someone else has locked counts as changed: two batches that wait for each other would both fail.
pub(crate) async fn set_all_counters(
    unit: &SeaUnitOfWork,
    mut counted: Vec<(AccountId, Counted)>,
) -> Result<Vec<AccountId>, StoreError> {
    let backend = unit.get_database_backend();
    if unit.support_returning() {
        let statement = set_and_return(backend, &counted);
        return whose(&unit.query_all_raw(statement).await.map_err(store_error)?);
    }
    if counted.len() > 1 {
        let revisions = lock_free(unit, &counted).await?;
        counted.retain(|(account, counted)| revisions.get(account) == Some(&counted.seen));
    }
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Sql::new(backend);
    set_counters(&mut statement, &counted);
    let set = unit.execute_raw(statement.finished()).await.map_err(store_error)?.rows_affected();
    match usize::try_from(set) {
        Ok(set) if set == counted.len() => Ok(counted.into_iter().map(|(account, _)| account).collect()),
        Ok(0) => Ok(Vec::new()),
        _ => Err(StoreError::Contention("rows were changed that were locked".into())),
    }
}

/// Sets counters, and returns whose it set.
fn set_and_return(backend: DbBackend, counted: &[(AccountId, Counted)]) -> Statement {
    let mut statement = Sql::new(backend);
    set_counters(&mut statement, counted);
    statement.sql(" RETURNING account_id");
    statement.finished()
}

/// Sets counters, each where its row has the revision that was seen and, of several, nobody else has locked it.
pub(crate) fn set_counters(statement: &mut Sql, counted: &[(AccountId, Counted)]) {
    const MATCHING: &str = "t.account_id = v.whose AND t.revision = v.seen";
    let backend = statement.backend();
    let rows: Vec<_> = counted.iter().map(|(account, counted)| counters_row(*account, *counted)).collect();
    if backend == DbBackend::Postgres && rows.len() > 1 {
        statement
            .sql("WITH w AS (SELECT * FROM ")
            .table(COUNTERS, rows)
            .sql("), unlocked AS MATERIALIZED (SELECT f.account_id AS free FROM second_factor f ")
            .sql("JOIN w ON w.whose = f.account_id FOR UPDATE OF f SKIP LOCKED) UPDATE second_factor AS t SET ")
            .sql(SET_COUNTERS)
            .sql(" FROM w AS v JOIN unlocked ON free = v.whose WHERE ")
            .sql(MATCHING);
        return;
    }
    let sets = if backend == DbBackend::MySql { SET_COUNTERS_OF_T.as_str() } else { SET_COUNTERS };
    statement.update("second_factor", sets, COUNTERS, rows, MATCHING);
}

fn whose(rows: &[QueryResult]) -> Result<Vec<AccountId>, StoreError> {
    rows.iter().map(Given::Library).map(whose_row).collect()
}

fn whose_row(row: Given<'_>) -> Result<AccountId, StoreError> {
    Cursor::new(row).next(second_factor::Model::TABLE, "account_id").map(AccountId::from_uuid)
}

/// Sets counters on a connection that has a thread of its own, and answers whose it set.
pub(crate) fn set_counters_in(
    connection: &rusqlite::Connection,
    counted: &[(AccountId, Counted)],
) -> Result<HashSet<AccountId>, StoreError> {
    let mut set = HashSet::with_capacity(counted.len());
    file::query(connection, &set_and_return(DbBackend::Sqlite, counted), |row| {
        set.insert(whose_row(Given::File(row))?);
        Ok(())
    })?;
    Ok(set)
}

/// Where the engine wants to know whose columns are set.
static SET_COUNTERS_OF_T: LazyLock<String> =
    LazyLock::new(|| SET_COUNTERS.split(", ").map(|set| format!("t.{}", set.trim())).collect::<Vec<_>>().join(", "));

/// Locks the rows that nobody else has locked, in one order everywhere, and answers their revisions: for engines that do
/// not say whose rows they changed.
async fn lock_free(
    unit: &SeaUnitOfWork,
    counted: &[(AccountId, Counted)],
) -> Result<HashMap<AccountId, i64>, StoreError> {
    let mut statement = Sql::new(unit.get_database_backend());
    let rows = counted.iter().map(|(account, _)| [account.as_uuid().into()]).collect();
    statement
        .sql("SELECT f.account_id, f.revision FROM ")
        .table([("whose", Kind::Identifier)], rows)
        .sql(" STRAIGHT_JOIN second_factor f ON f.account_id = v.whose ORDER BY f.account_id")
        .sql(" FOR UPDATE /*!80001 OF f SKIP LOCKED */ /*M!100600 SKIP LOCKED */");
    let rows = unit.query_all_raw(statement.finished()).await.map_err(store_error)?;
    let read = |row: &QueryResult| Ok((AccountId::from_uuid(row.try_get_by_index(0)?), row.try_get_by_index(1)?));
    rows.iter().map(read).collect::<Result<_, _>>().map_err(read_error::<Entity>)
}

#[async_trait]
impl SecondFactorReads for SeaStore {
    async fn find_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        find(self.reading(), account).await
    }

    async fn list_unused_recovery_codes(&self, set: RecoveryCodeSetId) -> Result<Vec<SealedRecoveryCode>, StoreError> {
        recovery_codes::list_unused(self.reading(), set).await
    }
}

#[async_trait]
impl SecondFactorStore for SeaUnitOfWork {
    async fn lock(&mut self, account: AccountId) -> Result<Option<SecondFactorState>, StoreError> {
        // A write is the one row lock that every engine has. What follows it reads what the last holder committed.
        let lock =
            update::<Entity>(account.as_uuid()).col_expr(Column::Revision, Expr::col(Column::Revision).add(1_i64));
        let row = if self.support_returning() {
            lock.exec_with_returning(self).await.map(|rows| rows.into_iter().next())
        } else {
            lock.done(self).await?;
            Entity::find_by_id(account.as_uuid()).one(self).await
        };
        row.map_err(read_error::<Entity>)?.as_ref().map(from_row).transpose()
    }

    async fn load(&mut self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        find(self, account).await
    }

    async fn set_counters(&mut self, account: AccountId, seen: i64, counters: &Counters) -> Result<bool, StoreError> {
        Ok(set_all_counters(self, vec![(account, Counted { seen, counters: *counters })]).await? == [account])
    }

    async fn set_enabled(&mut self, account: AccountId, since: Option<Timestamp>) -> Result<(), StoreError> {
        update::<Entity>(account.as_uuid())
            .col_expr(Column::EnabledAt, Expr::value(micros(since)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
            .done(self)
            .await
    }
}

#[cfg(test)]
mod tests {
    use countersign_migrations::{Migrator, MigratorTrait};
    use sea_orm::Database;

    use super::*;

    #[tokio::test]
    async fn a_second_factor_is_found_without_a_scan() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("plan.db").display());
        let database = Database::connect(url).await.unwrap();
        Migrator::up(&database, None).await.unwrap();
        let mut explain = select(DbBackend::Sqlite, AccountId::from_uuid(uuid::Uuid::nil()));
        explain.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        let plan = database.query_all_raw(explain).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        assert!(!steps.is_empty() && steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
    }
}
