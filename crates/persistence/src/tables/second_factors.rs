//! The rows that changes of a second factor lock, and second factors as a whole.

use std::sync::LazyLock;

use async_trait::async_trait;
use countersign_application::core::{Budget, Counters, Throttle};
use countersign_application::ports::StoreError;
use countersign_application::recovery::{RecoveryCodeSet, SealedRecoveryCode};
use countersign_application::second_factor::{
    Authenticator, SecondFactor, SecondFactorReads, SecondFactorState, SecondFactorStore,
};
use countersign_application::{AccountId, AuthenticatorId, RecoveryCodeSetId, Timestamp};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType, QueryFilter,
    QueryResult,
};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::errors::{read_error, store_error};
use crate::rows::{Row, instant, micros};
use crate::statements::{self, Guarded, update};
use crate::store::SeaStore;
use crate::tables::{authenticator, authenticators, recovery_code, recovery_code_set, recovery_codes};

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

const STATE: &str = "f_";
const AUTHENTICATOR: &str = "a_";
const SET: &str = "s_";
const REMAINING: &str = "remaining";

/// Everything of one second factor, read in one statement: one hop, and on every engine one moment's truth. The few
/// authenticators and sets make as many rows as their product.
static WHOLE: LazyLock<SelectStatement> = LazyLock::new(|| {
    let (set, code) = (recovery_code_set::Entity, recovery_code::Entity);
    let remaining = Query::select()
        .expr(Expr::col(Asterisk).count())
        .from(code)
        .and_where(Expr::col((code, recovery_code::Column::SetId)).equals((set, recovery_code_set::Column::Id)))
        .and_where(Expr::col((code, recovery_code::Column::UsedAt)).is_null())
        .to_owned();
    let mut select = Query::select();
    add_columns::<Entity>(&mut select, STATE);
    add_columns::<authenticator::Entity>(&mut select, AUTHENTICATOR);
    add_columns::<recovery_code_set::Entity>(&mut select, SET);
    select
        .expr_as(remaining, REMAINING)
        .from(Entity)
        .join(
            JoinType::LeftJoin,
            authenticator::Entity,
            Expr::col((authenticator::Entity, authenticator::Column::AccountId)).equals((Entity, Column::AccountId)),
        )
        .join(
            JoinType::LeftJoin,
            set,
            Expr::col((set, recovery_code_set::Column::AccountId)).equals((Entity, Column::AccountId)),
        )
        .order_by((authenticator::Entity, authenticator::Column::Id), sea_orm::Order::Asc)
        .order_by((set, recovery_code_set::Column::Id), sea_orm::Order::Asc)
        .to_owned()
});

fn add_columns<E: EntityTrait>(select: &mut SelectStatement, prefix: &str) {
    for column in E::Column::iter() {
        let alias = Alias::new(format!("{prefix}{}", column.as_str()));
        select.expr_as(Expr::col((E::default(), column)), alias);
    }
}

/// All of an account's second factor.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<SecondFactor>, StoreError> {
    let mut select = WHOLE.clone();
    select.and_where(Expr::col((Entity, Column::AccountId)).eq(account.as_uuid()));
    let rows = connection.query_all(&select).await.map_err(store_error)?;
    let Some(first) = rows.first() else { return Ok(None) };

    let state = second_factor::Model::from_query_result(first, STATE).map_err(read_error::<Entity>)?;
    let mut authenticators: Vec<Authenticator> = Vec::new();
    let mut recovery_sets: Vec<RecoveryCodeSet> = Vec::new();
    for row in &rows {
        if let Some(id) = id_in(row, AUTHENTICATOR).map_err(read_error::<authenticator::Entity>)?
            && authenticators.last().is_none_or(|last| last.id != AuthenticatorId::from_uuid(id))
        {
            let row = authenticator::Model::from_query_result(row, AUTHENTICATOR);
            authenticators.push(authenticators::from_row(row.map_err(read_error::<authenticator::Entity>)?)?);
        }
        if let Some(id) = id_in(row, SET).map_err(read_error::<recovery_code_set::Entity>)?
            && recovery_sets.iter().all(|set| set.id != RecoveryCodeSetId::from_uuid(id))
        {
            let remaining = row.try_get("", REMAINING).map_err(store_error)?;
            let row = recovery_code_set::Model::from_query_result(row, SET);
            let row = row.map_err(read_error::<recovery_code_set::Entity>)?;
            recovery_sets.push(recovery_codes::from_row(row, remaining)?);
        }
    }
    Ok(Some(SecondFactor { state: from_row(&state)?, authenticators, recovery_sets }))
}

/// The identifier in a part of a joined row; `None` where nothing was joined.
fn id_in(row: &QueryResult, prefix: &str) -> Result<Option<Uuid>, sea_orm::DbErr> {
    row.try_get(prefix, "id")
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
        let Counters { codes, code_budget, consecutive_failures, consecutive_budget, recovery_codes } = counters;
        update::<Entity>(account.as_uuid())
            .col_expr(Column::Revision, Expr::value(seen.saturating_add(1)))
            .col_expr(Column::CodeFailures, Expr::value(i64::from(codes.failures_in_a_row)))
            .col_expr(Column::CodeBlockedUntil, Expr::value(micros(codes.blocked_until)))
            .col_expr(Column::CodeSpent, Expr::value(i64::from(code_budget.spent)))
            .col_expr(Column::CodeSpentSince, Expr::value(micros(code_budget.since)))
            .col_expr(Column::ConsecutiveFailures, Expr::value(i64::from(*consecutive_failures)))
            .col_expr(Column::ConsecutiveSpent, Expr::value(i64::from(consecutive_budget.spent)))
            .col_expr(Column::ConsecutiveSpentSince, Expr::value(micros(consecutive_budget.since)))
            .col_expr(Column::RecoveryFailures, Expr::value(i64::from(recovery_codes.failures_in_a_row)))
            .col_expr(Column::RecoveryBlockedUntil, Expr::value(micros(recovery_codes.blocked_until)))
            .filter(Column::Revision.eq(seen))
            .verdict(self)
            .await
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
    use sea_orm::{Database, Statement};

    use super::*;

    #[tokio::test]
    async fn a_second_factor_is_found_without_a_scan() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("plan.db").display());
        let database = Database::connect(url).await.unwrap();
        Migrator::up(&database, None).await.unwrap();
        let mut select = WHOLE.clone();
        select.and_where(Expr::col((Entity, Column::AccountId)).eq(Uuid::nil()));
        let Statement { sql, values, db_backend } = database.get_database_backend().build(&select);
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {sql}"), values, db_backend };
        let plan = database.query_all_raw(explain).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        assert!(!steps.is_empty() && steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
    }
}
