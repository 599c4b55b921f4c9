//! Removal of what has expired.

use async_trait::async_trait;
use countersign_application::ports::{HousekeepingStore, Pruned, StoreError};
use countersign_application::{AuthenticatorStatus, RecoverySetStatus, Timestamp};
use sea_orm::sea_query::{Condition, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entities::{attempt, authenticator, challenge, recovery_code_set, session, trusted_device};
use crate::faults::fault;
use crate::unit_of_work::SeaUnitOfWork;

#[async_trait]
impl HousekeepingStore for SeaUnitOfWork {
    async fn prune(&mut self, now: Timestamp, attempts_before: Timestamp) -> Result<Pruned, StoreError> {
        let now = now.as_micros();
        let challenges = self.remove::<challenge::Entity>(challenge::Column::ExpiresAt.lte(now)).await?;
        let sessions = self.remove::<session::Entity>(session::Column::ExpiresAt.lte(now)).await?;
        let trusted_devices = self.remove::<trusted_device::Entity>(trusted_device::Column::ExpiresAt.lte(now)).await?;

        let expired = Condition::all()
            .add(authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
            .add(authenticator::Column::ExpiresAt.lte(now));
        let enrollments = Query::select()
            .column(authenticator::Column::Id)
            .from(authenticator::Entity)
            .cond_where(expired.clone())
            .to_owned();
        // Their recovery codes go first: afterwards nothing would tell whose they were.
        let codes_of_expired = Condition::all()
            .add(recovery_code_set::Column::Status.eq(RecoverySetStatus::Pending.as_str()))
            .add(recovery_code_set::Column::AuthenticatorId.in_subquery(enrollments));
        self.remove::<recovery_code_set::Entity>(codes_of_expired).await?;
        let enrollments = self.remove::<authenticator::Entity>(expired).await?;

        let untouched = attempt::Column::TouchedAt.lt(attempts_before.as_micros());
        let attempts = self.remove::<attempt::Entity>(untouched).await?;
        Ok(Pruned { challenges, sessions, trusted_devices, enrollments, attempts })
    }
}

impl SeaUnitOfWork {
    async fn remove<E: EntityTrait>(&self, filter: impl sea_orm::sea_query::IntoCondition) -> Result<u64, StoreError> {
        let removed = E::delete_many().filter(filter).exec(self.connection()).await.map_err(fault)?;
        Ok(removed.rows_affected)
    }
}
