//! Removal of what has expired, and of what a policy ended, piece by piece.

use async_trait::async_trait;
use countersign_application::housekeeping::{Due, Ended, EndedReads, HousekeepingStore, Pruned};
use countersign_application::ports::StoreError;
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::AuthenticatorStatus;
use countersign_application::{AuthenticatorId, ChallengeId, RecoveryCodeSetId, SessionId, Timestamp, TrustedDeviceId};
use sea_orm::sea_query::{Condition, Expr, IntoCondition, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, TryGetable, Value};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::statements::{Guarded, Owned, key, keys, remove};
use crate::store::SeaStore;
use crate::tables::audit_events::first_at;
use crate::tables::{
    account, attempt, audit_event, authenticator, challenge, idempotency_claim, recovery_code, recovery_code_set,
    session, trusted_device,
};

/// As many rows may go with an enrollment: its recovery codes.
const ROWS_OF_AN_ENROLLMENT: u64 = 16;

const DAY_SECONDS: u64 = 86_400;

fn pending_enrollment() -> Expr {
    authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str())
}

fn pending_codes() -> Expr {
    recovery_code_set::Column::Status.eq(RecoverySetStatus::Pending.as_str())
}

/// How many rows are removed together, and how many of them may still go.
struct Piece<'a> {
    unit: &'a SeaUnitOfWork,
    room: u64,
}

impl Piece<'_> {
    /// Removes rows that are due, along the index over a column: no engine looks at more of them than there is room for.
    /// They are read first and then removed by key, because not every engine can limit a removal, and some would hold
    /// each row of the table against a subquery.
    async fn prune<E, K>(&mut self, order: E::Column, due: Expr) -> Result<u64, StoreError>
    where
        E: EntityTrait,
        K: TryGetable + Into<Value>,
    {
        let some = E::find().filter(due.clone()).order_by_asc(order);
        let piece: Vec<K> = keys(self.unit, some, self.room).await?;
        self.remove::<E, K>(piece, due.into_condition()).await
    }

    async fn remove<E: EntityTrait, K: Into<Value>>(
        &mut self,
        piece: Vec<K>,
        due: Condition,
    ) -> Result<u64, StoreError> {
        let removed = remove::<E>(self.unit, key::<E>(), piece, due).await?;
        self.room = self.room.saturating_sub(removed);
        Ok(removed)
    }

    async fn prune_enrollments(&mut self, now: i64) -> Result<u64, StoreError> {
        let due = authenticator::Column::ExpiresAt.lte(now).into_condition().add(pending_enrollment());
        let some = authenticator::Entity::find().filter(due.clone()).order_by_asc(authenticator::Column::ExpiresAt);
        let piece: Vec<Uuid> = keys(self.unit, some, self.room.div_ceil(ROWS_OF_AN_ENROLLMENT)).await?;
        // Their recovery codes go first: afterwards nothing would tell whose they were.
        let theirs = recovery_code_set::Column::AuthenticatorId;
        remove::<recovery_code_set::Entity>(self.unit, theirs, piece.clone(), pending_codes()).await?;
        self.remove::<authenticator::Entity, _>(piece, due).await
    }
}

#[async_trait]
impl HousekeepingStore for SeaUnitOfWork {
    async fn prune(&mut self, due: &Due, most: u32) -> Result<Pruned, StoreError> {
        use attempt::Column::TouchedAt;
        use audit_event::Column::Id as EventId;
        use challenge::Column::ExpiresAt as ChallengeEnd;
        use idempotency_claim::Column::ExpiresAt as ClaimEnd;
        use session::Column::ExpiresAt as SessionEnd;
        use trusted_device::Column::ExpiresAt as DeviceEnd;

        let now = due.expired.as_micros();
        let untouched = TouchedAt.lt(due.attempts_before.as_micros());
        let mut piece = Piece { unit: self, room: u64::from(most) };
        let mut pruned = Pruned {
            challenges: piece.prune::<challenge::Entity, Uuid>(ChallengeEnd, ChallengeEnd.lte(now)).await?,
            sessions: piece.prune::<session::Entity, Uuid>(SessionEnd, SessionEnd.lte(now)).await?,
            trusted_devices: piece.prune::<trusted_device::Entity, Uuid>(DeviceEnd, DeviceEnd.lte(now)).await?,
            enrollments: piece.prune_enrollments(now).await?,
            attempts: piece.prune::<attempt::Entity, Vec<u8>>(TouchedAt, untouched).await?,
            idempotency_claims: piece.prune::<idempotency_claim::Entity, Vec<u8>>(ClaimEnd, ClaimEnd.lte(now)).await?,
            ..Pruned::default()
        };
        if let Some(before) = due.audit_events_before {
            // Their identifiers sort by time, and are the primary key.
            let old = EventId.lt(first_at(before));
            pruned.audit_events = piece.prune::<audit_event::Entity, Uuid>(EventId, old).await?;
        }
        Ok(pruned)
    }

    async fn remove_ended(&mut self, ended: &Ended) -> Result<(), StoreError> {
        remove_all::<session::Entity>(self, uuids(&ended.sessions, SessionId::as_uuid)).await?;
        remove_all::<challenge::Entity>(self, uuids(&ended.challenges, ChallengeId::as_uuid)).await?;
        remove_all::<trusted_device::Entity>(self, uuids(&ended.trusted_devices, TrustedDeviceId::as_uuid)).await?;
        remove_all::<recovery_code_set::Entity>(self, uuids(&ended.recovery_sets, RecoveryCodeSetId::as_uuid)).await?;

        let enrollments = uuids(&ended.enrollments, AuthenticatorId::as_uuid);
        // Confirmed meanwhile, it is none any more.
        let id = authenticator::Column::Id;
        remove::<authenticator::Entity>(self, id, enrollments.clone(), pending_enrollment()).await?;
        let left =
            Query::select().column(id).from(authenticator::Entity).and_where(id.is_in(enrollments.clone())).take();
        let theirs = recovery_code_set::Column::AuthenticatorId;
        let gone = pending_codes().into_condition().add(theirs.not_in_subquery(left));
        remove::<recovery_code_set::Entity>(self, theirs, enrollments, gone).await?;

        let viewable = uuids(&ended.viewable_sets, RecoveryCodeSetId::as_uuid);
        if !viewable.is_empty() {
            recovery_code_set::Entity::update_many()
                .col_expr(recovery_code_set::Column::Viewable, Expr::value(false))
                .filter(recovery_code_set::Column::Id.is_in(viewable.clone()))
                .done(self)
                .await?;
            recovery_code::Entity::update_many()
                .col_expr(recovery_code::Column::Sealed, Expr::value(None::<Vec<u8>>))
                .col_expr(recovery_code::Column::SealedKeyId, Expr::value(None::<String>))
                .filter(recovery_code::Column::SetId.is_in(viewable))
                .done(self)
                .await?;
        }
        Ok(())
    }
}

fn uuids<I: Copy>(ids: &[I], uuid: impl Fn(I) -> Uuid) -> Vec<Uuid> {
    ids.iter().map(|id| uuid(*id)).collect()
}

async fn remove_all<E: EntityTrait>(unit: &SeaUnitOfWork, ids: Vec<Uuid>) -> Result<(), StoreError> {
    remove::<E>(unit, key::<E>(), ids, Condition::all()).await.map(drop)
}

#[async_trait]
impl EndedReads for SeaStore {
    async fn list_ended(&self, realm: &Realm, at: Timestamp, limit: u32) -> Result<Ended, StoreError> {
        let policy = &realm.policy;
        let now = at.as_micros();
        // What began then, or before, is over after so many seconds.
        let before = |seconds: u64| at.minus_seconds(seconds).as_micros();

        let sessions = Condition::any()
            .add(session::Column::ExpiresAt.lte(now))
            .add(session::Column::CreatedAt.lte(before(policy.sign_in.session_ttl_seconds.into())))
            .add(session::Column::LastSeenAt.lte(before(policy.sign_in.session_idle_seconds.into())));
        let challenges = Condition::any()
            .add(challenge::Column::ExpiresAt.lte(now))
            .add(challenge::Column::CreatedAt.lte(before(policy.sign_in.challenge_ttl_seconds.into())))
            .add(challenge::Column::FailedTries.gte(i64::from(policy.sign_in.challenge_attempts)));
        let days = u64::from(policy.sign_in.trusted_device_days);
        let devices = Condition::any()
            .add(trusted_device::Column::ExpiresAt.lte(now))
            .add(trusted_device::Column::CreatedAt.lte(before(days * DAY_SECONDS)));
        let parameters = policy.totp_parameters();
        let enrollments = pending_enrollment().into_condition().add(
            Condition::any()
                .add(authenticator::Column::ExpiresAt.lte(now))
                .add(authenticator::Column::CreatedAt.lte(before(policy.enrollment.ttl_seconds.into())))
                .add(authenticator::Column::Algorithm.ne(parameters.algorithm().name()))
                .add(authenticator::Column::Digits.ne(i64::from(parameters.digits().get())))
                .add(authenticator::Column::PeriodSeconds.ne(i64::from(parameters.period_seconds()))),
        );
        let in_realm = InRealm { store: self, realm, limit };
        let mut ended = Ended {
            sessions: in_realm.ids::<session::Entity, _>(sessions, SessionId::from_uuid).await?,
            challenges: in_realm.ids::<challenge::Entity, _>(challenges, ChallengeId::from_uuid).await?,
            trusted_devices: in_realm.ids::<trusted_device::Entity, _>(devices, TrustedDeviceId::from_uuid).await?,
            enrollments: in_realm.ids::<authenticator::Entity, _>(enrollments, AuthenticatorId::from_uuid).await?,
            ..Ended::default()
        };
        if policy.recovery_codes.count == 0 {
            let all = Condition::all();
            ended.recovery_sets =
                in_realm.ids::<recovery_code_set::Entity, _>(all, RecoveryCodeSetId::from_uuid).await?;
        } else if !policy.recovery_codes.viewable {
            let viewable = recovery_code_set::Column::Viewable.eq(true).into_condition();
            ended.viewable_sets =
                in_realm.ids::<recovery_code_set::Entity, _>(viewable, RecoveryCodeSetId::from_uuid).await?;
        }
        Ok(ended)
    }
}

/// The rows of a realm's accounts.
struct InRealm<'a> {
    store: &'a SeaStore,
    realm: &'a Realm,
    limit: u32,
}

impl InRealm<'_> {
    /// The identifiers of the rows that fit, at most so many.
    async fn ids<E: Owned, I>(&self, filter: Condition, id: impl Fn(Uuid) -> I) -> Result<Vec<I>, StoreError> {
        let accounts = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(account::Column::RealmId.eq(self.realm.id.as_uuid()))
            .to_owned();
        let rows = E::find().filter(E::OWNER.in_subquery(accounts)).filter(filter).order_by_asc(key::<E>());
        let ids: Vec<Uuid> = keys(self.store.reading(), rows, u64::from(self.limit)).await?;
        Ok(ids.into_iter().map(id).collect())
    }
}
