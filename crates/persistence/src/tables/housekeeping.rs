//! Removal of what has expired, piece by piece.

use async_trait::async_trait;
use countersign_application::housekeeping::{Due, Ended, HousekeepingStore, Pruned};
use countersign_application::ports::StoreError;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::AuthenticatorStatus;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryGetable, Value};
use uuid::Uuid;

use crate::entities::{
    attempt, audit_event, authenticator, challenge, idempotency_claim, recovery_code_set, session, trusted_device,
};
use crate::faults::{fault, read_fault};
use crate::tables::audit_events::first_at;
use crate::unit_of_work::SeaUnitOfWork;

/// As many rows may go with an enrollment: its recovery codes.
const ROWS_OF_AN_ENROLLMENT: u64 = 16;

#[async_trait]
impl HousekeepingStore for SeaUnitOfWork {
    async fn prune(&mut self, due: &Due, most: u32) -> Result<Pruned, StoreError> {
        let now = due.expired.as_micros();
        let mut room = Room(u64::from(most));
        let mut pruned = Pruned::default();

        let expired = all(challenge::Column::ExpiresAt.lte(now));
        let order = (challenge::Column::Id, challenge::Column::ExpiresAt);
        pruned.challenges = room.take(self.some::<challenge::Entity, Uuid>(order, expired, room.left()).await?);

        let expired = all(session::Column::ExpiresAt.lte(now));
        let order = (session::Column::Id, session::Column::ExpiresAt);
        pruned.sessions = room.take(self.some::<session::Entity, Uuid>(order, expired, room.left()).await?);

        let expired = all(trusted_device::Column::ExpiresAt.lte(now));
        let order = (trusted_device::Column::Id, trusted_device::Column::ExpiresAt);
        pruned.trusted_devices =
            room.take(self.some::<trusted_device::Entity, Uuid>(order, expired, room.left()).await?);

        let pending = authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str());
        let expired = all(authenticator::Column::ExpiresAt.lte(now)).add(pending);
        let order = (authenticator::Column::Id, authenticator::Column::ExpiresAt);
        let few = room.left().div_ceil(ROWS_OF_AN_ENROLLMENT);
        let piece: Vec<Uuid> = self.piece::<authenticator::Entity, _>(order, expired.clone(), few).await?;
        // Their recovery codes go first: afterwards nothing would tell whose they were.
        let pending = all(recovery_code_set::Column::Status.eq(RecoverySetStatus::Pending.as_str()));
        let theirs = recovery_code_set::Column::AuthenticatorId;
        self.remove::<recovery_code_set::Entity, _>(theirs, piece.clone(), pending).await?;
        pruned.enrollments = room.take(self.remove::<authenticator::Entity, _>(order.0, piece, expired).await?);

        let untouched = all(attempt::Column::TouchedAt.lt(due.attempts_before.as_micros()));
        let order = (attempt::Column::Key, attempt::Column::TouchedAt);
        pruned.attempts = room.take(self.some::<attempt::Entity, Vec<u8>>(order, untouched, room.left()).await?);

        let expired = all(idempotency_claim::Column::ExpiresAt.lte(now));
        let order = (idempotency_claim::Column::Digest, idempotency_claim::Column::ExpiresAt);
        pruned.idempotency_claims =
            room.take(self.some::<idempotency_claim::Entity, Vec<u8>>(order, expired, room.left()).await?);

        if let Some(before) = due.audit_events_before {
            // Their identifiers sort by time, and are the primary key.
            let old = all(audit_event::Column::Id.lt(first_at(before)));
            let order = (audit_event::Column::Id, audit_event::Column::Id);
            pruned.audit_events = room.take(self.some::<audit_event::Entity, Uuid>(order, old, room.left()).await?);
        }
        Ok(pruned)
    }

    async fn remove_ended(&mut self, ended: &Ended) -> Result<(), StoreError> {
        self.remove_all_ended(ended).await
    }
}

fn all(condition: Expr) -> Condition {
    Condition::all().add(condition)
}

/// How many rows may still go with this piece.
struct Room(u64);

impl Room {
    fn left(&self) -> u64 {
        self.0
    }

    fn take(&mut self, removed: u64) -> u64 {
        self.0 = self.0.saturating_sub(removed);
        removed
    }
}

impl SeaUnitOfWork {
    /// Removes some rows that are due, and answers how many.
    async fn some<E: EntityTrait, K: TryGetable + Into<Value>>(
        &self,
        order: (E::Column, E::Column),
        due: Condition,
        most: u64,
    ) -> Result<u64, StoreError> {
        let piece: Vec<K> = self.piece::<E, K>(order, due.clone(), most).await?;
        self.remove::<E, K>(order.0, piece, due).await
    }

    /// The keys of some rows that are due, along the index over the second column: no engine looks at more than `most` of
    /// them. They are read first and then removed by key, because not every engine can limit a removal, and some would
    /// hold each row of the table against a subquery.
    async fn piece<E: EntityTrait, K: TryGetable>(
        &self,
        (key, order): (E::Column, E::Column),
        due: Condition,
        most: u64,
    ) -> Result<Vec<K>, StoreError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let select = E::find().select_only().column(key).filter(due).order_by_asc(order).limit(most);
        select.into_tuple::<K>().all(self.connection()).await.map_err(read_fault::<E>)
    }

    /// Removes these rows as far as they are still due: another node may have touched one meanwhile.
    async fn remove<E: EntityTrait, K: Into<Value>>(
        &self,
        key: E::Column,
        piece: Vec<K>,
        due: Condition,
    ) -> Result<u64, StoreError> {
        if piece.is_empty() {
            return Ok(0);
        }
        let delete = E::delete_many().filter(key.is_in(piece)).filter(due);
        Ok(delete.exec(self.connection()).await.map_err(fault)?.rows_affected)
    }
}
