//! Counters of attempts that belong to no account's second factor.

use async_trait::async_trait;
use countersign_application::core::Throttle;
use countersign_application::ports::StoreError;
use countersign_application::verification::{AttemptKey, AttemptReads, AttemptStore, Attempts, KnownPlace};
use countersign_application::{AccountId, Timestamp};
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};

use crate::connection::SeaUnitOfWork;
use crate::errors::{read_error, store_error};
use crate::many::Changes;
use crate::rows::{Row, hex, instant, micros};
use crate::statements::{Guarded, all, one, update};
use crate::store::SeaStore;

entity!(attempt = "attempt" {
    pub key: Vec<u8>,
    pub failures: i64,
    pub blocked_until: Option<i64>,
    pub touched_at: i64,
    pub account_id: Option<Uuid>,
    pub network: Option<String>,
    pub known_at: Option<i64>,
});

use attempt::{Column, Entity};

fn from_row(row: attempt::Model) -> Result<Attempts, StoreError> {
    let failures = Row::new("attempt", hex(&row.key)).number("failures", row.failures)?;
    Ok(Attempts {
        throttle: Throttle { failures_in_a_row: failures, blocked_until: instant(row.blocked_until) },
        account: row.account_id.map(AccountId::from_uuid),
        network: row.network,
        known_at: instant(row.known_at),
    })
}

async fn find(connection: &impl ConnectionTrait, key: &AttemptKey) -> Result<Attempts, StoreError> {
    Ok(one(connection, Entity::find_by_id(key.to_vec()), from_row).await?.unwrap_or_default())
}

#[async_trait]
impl AttemptReads for SeaStore {
    async fn find_attempts(&self, key: &AttemptKey) -> Result<Attempts, StoreError> {
        find(self.reading(), key).await
    }

    async fn list_waiting_attempts(&self, now: Timestamp, most: u32) -> Result<Vec<Attempts>, StoreError> {
        let waiting = Entity::find()
            .filter(Column::BlockedUntil.gt(now.as_micros()))
            .order_by_desc(Column::TouchedAt)
            .order_by_asc(Column::Key)
            .limit(u64::from(most));
        all(self.reading(), waiting, from_row).await
    }
}

/// Notes that accounts are known at places. What was counted there stays counted.
pub(crate) fn note_known_places(changes: &mut Changes, places: &[(AccountId, &KnownPlace, Timestamp)]) {
    if places.is_empty() {
        return;
    }
    let row = |(account, place, at): &(AccountId, &KnownPlace, Timestamp)| attempt::Model {
        key: place.key.to_vec(),
        failures: 0,
        blocked_until: None,
        touched_at: place.kept_from.as_micros(),
        account_id: Some(account.as_uuid()),
        network: place.network.clone(),
        known_at: Some(at.as_micros()),
    };
    let rows: Vec<_> = places.iter().map(row).collect();
    // MySQL counts a row that was there already twice.
    changes.add_unguarded(|sql| {
        sql.insert(&rows).or_set("key", &["touched_at", "account_id", "network", "known_at"]);
    });
}

#[async_trait]
impl AttemptStore for SeaUnitOfWork {
    async fn lock(&mut self, key: &AttemptKey, at: Timestamp) -> Result<Attempts, StoreError> {
        // Either way a write, so that either way the row is locked.
        let row = attempt::Model {
            key: key.to_vec(),
            failures: 0,
            blocked_until: None,
            touched_at: at.as_micros(),
            account_id: None,
            network: None,
            known_at: None,
        };
        let lock = Insert::<attempt::ActiveModel>::one(row).on_conflict(
            OnConflict::column(Column::Key).value(Column::Failures, Expr::col((Entity, Column::Failures))).to_owned(),
        );
        if self.support_returning() {
            from_row(lock.exec_with_returning(self).await.map_err(read_error::<Entity>)?)
        } else {
            lock.exec_without_returning(self).await.map_err(store_error)?;
            find(self, key).await
        }
    }

    async fn set(&mut self, key: &AttemptKey, attempts: &Attempts, at: Timestamp) -> Result<(), StoreError> {
        update::<Entity>(key.to_vec())
            .col_expr(Column::Failures, Expr::value(i64::from(attempts.throttle.failures_in_a_row)))
            .col_expr(Column::BlockedUntil, Expr::value(micros(attempts.throttle.blocked_until)))
            .col_expr(Column::TouchedAt, Expr::value(at.as_micros()))
            .col_expr(Column::AccountId, Expr::value(attempts.account.map(AccountId::as_uuid)))
            .col_expr(Column::Network, Expr::value(attempts.network.clone()))
            .col_expr(Column::KnownAt, Expr::value(micros(attempts.known_at)))
            .done(self)
            .await
    }

    async fn clear(&mut self, key: &AttemptKey) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Key.eq(key.to_vec())).done(self).await
    }

    async fn forgive_account(&mut self, account: AccountId) -> Result<u64, StoreError> {
        forgive(self, Column::AccountId.eq(account.as_uuid()).into()).await
    }

    async fn forgive_network(&mut self, network: Option<&str>) -> Result<u64, StoreError> {
        forgive(self, Condition::all().add_option(network.map(|network| Column::Network.eq(network)))).await
    }
}

async fn forgive(unit: &SeaUnitOfWork, whose: Condition) -> Result<u64, StoreError> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::BlockedUntil, Expr::value(None::<i64>))
        .filter(whose)
        .filter(Column::Failures.gt(0))
        .rows(unit)
        .await
}
