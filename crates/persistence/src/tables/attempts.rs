//! Counters of attempts that belong to no account's second factor.

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::core::Throttle;
use countersign_application::ports::{AttemptKey, AttemptReads, AttemptStore, StoreError};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter};

use crate::entities::attempt::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::{Row, hex, instant, micros};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: &attempt::Model) -> Result<Throttle, StoreError> {
    let failures = u32::try_from(row.failures).ok();
    Ok(Throttle {
        failures_in_a_row: match failures {
            Some(failures) => failures,
            None => return Err(Row::new("attempt", hex(&row.key)).corrupt("failures")),
        },
        blocked_until: instant(row.blocked_until),
    })
}

async fn find<C: ConnectionTrait>(connection: &C, key: &AttemptKey) -> Result<Option<Throttle>, StoreError> {
    let row = Entity::find_by_id(key.to_vec()).one(connection).await;
    row.map_err(read_fault::<Entity>)?.as_ref().map(from_row).transpose()
}

#[async_trait]
impl AttemptReads for SeaStore {
    async fn find_attempts(&self, key: &AttemptKey) -> Result<Throttle, StoreError> {
        Ok(find(self.reading(), key).await?.unwrap_or_default())
    }
}

#[async_trait]
impl AttemptStore for SeaUnitOfWork {
    async fn lock(&mut self, key: &AttemptKey, at: Timestamp) -> Result<Throttle, StoreError> {
        // Either way a write, so that either way the row is locked.
        let row = attempt::Model { key: key.to_vec(), failures: 0, blocked_until: None, touched_at: at.as_micros() };
        let lock = Insert::<attempt::ActiveModel>::one(row).on_conflict(
            OnConflict::column(Column::Key).value(Column::Failures, Expr::col((Entity, Column::Failures))).to_owned(),
        );
        if self.connection().support_returning() {
            let row = lock.exec_with_returning(self.connection()).await.map_err(read_fault::<Entity>)?;
            from_row(&row)
        } else {
            lock.exec_without_returning(self.connection()).await.map_err(fault)?;
            Ok(find(self.connection(), key).await?.unwrap_or_default())
        }
    }

    async fn set(&mut self, key: &AttemptKey, throttle: Throttle, at: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Failures, Expr::value(i64::from(throttle.failures_in_a_row)))
            .col_expr(Column::BlockedUntil, Expr::value(micros(throttle.blocked_until)))
            .col_expr(Column::TouchedAt, Expr::value(at.as_micros()))
            .filter(Column::Key.eq(key.to_vec()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn clear(&mut self, key: &AttemptKey) -> Result<(), StoreError> {
        Entity::delete_by_id(key.to_vec()).exec(self.connection()).await.map_err(fault)?;
        Ok(())
    }
}
