//! What a policy ended.

use async_trait::async_trait;
use countersign_application::housekeeping::{Ended, EndedReads};
use countersign_application::ports::StoreError;
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::AuthenticatorStatus;
use countersign_application::{AuthenticatorId, ChallengeId, RecoveryCodeSetId, SessionId, Timestamp, TrustedDeviceId};
use sea_orm::sea_query::{Condition, Expr, IntoCondition, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::{account, authenticator, challenge, recovery_code, recovery_code_set, session, trusted_device};
use crate::faults::fault;
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

const DAY_SECONDS: u64 = 86_400;

/// The accounts of a realm.
fn accounts_of(realm: &Realm) -> SelectStatement {
    Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::RealmId.eq(realm.id.as_uuid()))
        .to_owned()
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
        let enrollments =
            Condition::all().add(authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str())).add(
                Condition::any()
                    .add(authenticator::Column::ExpiresAt.lte(now))
                    .add(authenticator::Column::CreatedAt.lte(before(policy.enrollment.ttl_seconds.into())))
                    .add(authenticator::Column::Algorithm.ne(parameters.algorithm().name()))
                    .add(authenticator::Column::Digits.ne(i64::from(parameters.digits().get())))
                    .add(authenticator::Column::PeriodSeconds.ne(i64::from(parameters.period_seconds()))),
            );
        let mut ended = Ended {
            sessions: self.ids::<session::Entity>(realm, sessions, limit).await?.map(SessionId::from_uuid).collect(),
            challenges: self
                .ids::<challenge::Entity>(realm, challenges, limit)
                .await?
                .map(ChallengeId::from_uuid)
                .collect(),
            trusted_devices: self
                .ids::<trusted_device::Entity>(realm, devices, limit)
                .await?
                .map(TrustedDeviceId::from_uuid)
                .collect(),
            enrollments: self
                .ids::<authenticator::Entity>(realm, enrollments, limit)
                .await?
                .map(AuthenticatorId::from_uuid)
                .collect(),
            ..Ended::default()
        };
        if policy.recovery_codes.count == 0 {
            let all = Condition::all();
            let sets = self.ids::<recovery_code_set::Entity>(realm, all, limit).await?;
            ended.recovery_sets = sets.map(RecoveryCodeSetId::from_uuid).collect();
        } else if !policy.recovery_codes.viewable {
            let viewable = recovery_code_set::Column::Viewable.eq(true).into_condition();
            let sets = self.ids::<recovery_code_set::Entity>(realm, viewable, limit).await?;
            ended.viewable_sets = sets.map(RecoveryCodeSetId::from_uuid).collect();
        }
        Ok(ended)
    }
}

/// A table whose rows belong to an account.
trait OfAccount: EntityTrait {
    const ID: Self::Column;
    const ACCOUNT: Self::Column;
}

macro_rules! of_account {
    ($($table:ident),+) => {$(
        impl OfAccount for $table::Entity {
            const ID: Self::Column = $table::Column::Id;
            const ACCOUNT: Self::Column = $table::Column::AccountId;
        }
    )+};
}
of_account!(session, challenge, trusted_device, authenticator, recovery_code_set);

impl SeaStore {
    /// The identifiers of a realm's rows that fit, at most so many.
    async fn ids<E: OfAccount>(
        &self,
        realm: &Realm,
        filter: Condition,
        limit: u32,
    ) -> Result<impl Iterator<Item = Uuid> + use<E>, StoreError> {
        let rows = E::find()
            .select_only()
            .column(E::ID)
            .filter(E::ACCOUNT.in_subquery(accounts_of(realm)))
            .filter(filter)
            .order_by_asc(E::ID)
            .limit(u64::from(limit))
            .into_tuple::<Uuid>()
            .all(self.reading())
            .await;
        Ok(rows.map_err(fault)?.into_iter())
    }
}

impl SeaUnitOfWork {
    /// Removes what has ended; see [`countersign_application::housekeeping::HousekeepingStore::remove_ended`].
    pub(super) async fn remove_all_ended(&self, ended: &Ended) -> Result<(), StoreError> {
        self.remove_rows::<session::Entity>(ended.sessions.iter().map(|id| id.as_uuid())).await?;
        self.remove_rows::<challenge::Entity>(ended.challenges.iter().map(|id| id.as_uuid())).await?;
        self.remove_rows::<trusted_device::Entity>(ended.trusted_devices.iter().map(|id| id.as_uuid())).await?;
        self.remove_rows::<recovery_code_set::Entity>(ended.recovery_sets.iter().map(|id| id.as_uuid())).await?;
        let enrollments: Vec<Uuid> = ended.enrollments.iter().map(|id| id.as_uuid()).collect();
        if !enrollments.is_empty() {
            // Confirmed meanwhile, it is none any more.
            let pending = Condition::all()
                .add(authenticator::Column::Id.is_in(enrollments.clone()))
                .add(authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str()));
            let removed = authenticator::Entity::delete_many().filter(pending).exec(self.connection()).await;
            removed.map_err(fault)?;
            let left = Query::select()
                .column(authenticator::Column::Id)
                .from(authenticator::Entity)
                .and_where(authenticator::Column::Id.is_in(enrollments.clone()))
                .to_owned();
            let codes = Condition::all()
                .add(recovery_code_set::Column::AuthenticatorId.is_in(enrollments))
                .add(recovery_code_set::Column::Status.eq(RecoverySetStatus::Pending.as_str()))
                .add(recovery_code_set::Column::AuthenticatorId.not_in_subquery(left));
            recovery_code_set::Entity::delete_many().filter(codes).exec(self.connection()).await.map_err(fault)?;
        }
        let viewable: Vec<Uuid> = ended.viewable_sets.iter().map(|id| id.as_uuid()).collect();
        if !viewable.is_empty() {
            recovery_code_set::Entity::update_many()
                .col_expr(recovery_code_set::Column::Viewable, Expr::value(false))
                .filter(recovery_code_set::Column::Id.is_in(viewable.clone()))
                .exec(self.connection())
                .await
                .map_err(fault)?;
            recovery_code::Entity::update_many()
                .col_expr(recovery_code::Column::Sealed, Expr::value(Option::<Vec<u8>>::None))
                .col_expr(recovery_code::Column::SealedKeyId, Expr::value(Option::<String>::None))
                .filter(recovery_code::Column::SetId.is_in(viewable))
                .exec(self.connection())
                .await
                .map_err(fault)?;
        }
        Ok(())
    }

    async fn remove_rows<E: OfAccount>(&self, ids: impl Iterator<Item = Uuid>) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = ids.collect();
        if !ids.is_empty() {
            E::delete_many().filter(E::ID.is_in(ids)).exec(self.connection()).await.map_err(fault)?;
        }
        Ok(())
    }
}
