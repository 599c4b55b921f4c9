//! Authenticators.

use async_trait::async_trait;
use countersign_application::core::{Algorithm, Digits, TotpParameters};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, AuthenticatorStore,
};
use countersign_application::{AccountId, AuthenticatorId, SessionId, Timestamp};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Insert, QueryFilter, UpdateMany};
use uuid::Uuid;

use crate::entities::authenticator::{self, Column, Entity};
use crate::faults::fault;
use crate::rows::{Row, instant, micros};
use crate::tables::recovery_codes;
use crate::unit_of_work::SeaUnitOfWork;

pub(super) fn from_row(row: authenticator::Model) -> Result<Authenticator, StoreError> {
    let name = Row::new("authenticator", row.id);
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == row.algorithm);
    let digits = name.understood("digits", Digits::new(name.number("digits", row.digits)?).ok())?;
    let parameters = TotpParameters::new(
        name.understood("algorithm", algorithm)?,
        digits,
        name.number("period_seconds", row.period_seconds)?,
    );
    Ok(Authenticator {
        id: AuthenticatorId::from_uuid(row.id),
        account_id: AccountId::from_uuid(row.account_id),
        name: name.understood("name", AuthenticatorName::stored(row.name))?,
        status: name.understood("status", AuthenticatorStatus::from_name(&row.status))?,
        issuer: row.issuer,
        parameters: name.understood("period_seconds", parameters.ok())?,
        sealed_secret: Sealed { key_id: row.sealed_key_id, bytes: row.sealed_secret },
        last_step: row.last_step.map(|step| name.number("last_step", step)).transpose()?,
        begun_by: row.begun_by.map(SessionId::from_uuid),
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: instant(row.expires_at),
        confirmed_at: instant(row.confirmed_at),
        last_used_at: instant(row.last_used_at),
    })
}

/// A step as it is stored. One beyond this is no time that a clock shows: whoever claims it is refused.
fn stored(step: u64) -> Option<i64> {
    i64::try_from(step).ok()
}

/// The accounts with an enrollment that can be confirmed at `now`.
pub(super) fn enrolling(now: Timestamp) -> SelectStatement {
    Query::select()
        .column(Column::AccountId)
        .from(Entity)
        .and_where(Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
        .and_where(Column::ExpiresAt.gt(now.as_micros()))
        .to_owned()
}

fn update(account: AccountId, id: AuthenticatorId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id.as_uuid())).filter(Column::AccountId.eq(account.as_uuid()))
}

#[async_trait]
impl AuthenticatorStore for SeaUnitOfWork {
    async fn insert(&mut self, authenticator: &Authenticator) -> Result<(), StoreError> {
        let parameters = authenticator.parameters;
        let last_step = authenticator
            .last_step
            .map(|step| stored(step).ok_or_else(|| StoreError::Unavailable("a time step is out of range".into())));
        let row = authenticator::Model {
            id: authenticator.id.as_uuid(),
            account_id: authenticator.account_id.as_uuid(),
            name: authenticator.name.as_str().to_owned(),
            status: authenticator.status.as_str().to_owned(),
            issuer: authenticator.issuer.clone(),
            algorithm: parameters.algorithm().name().to_owned(),
            digits: i64::from(parameters.digits().get()),
            period_seconds: i64::from(parameters.period_seconds()),
            sealed_secret: authenticator.sealed_secret.bytes.clone(),
            sealed_key_id: authenticator.sealed_secret.key_id.clone(),
            last_step: last_step.transpose()?,
            begun_by: authenticator.begun_by.map(SessionId::as_uuid),
            created_at: authenticator.created_at.as_micros(),
            expires_at: micros(authenticator.expires_at),
            confirmed_at: micros(authenticator.confirmed_at),
            last_used_at: micros(authenticator.last_used_at),
        };
        Insert::<authenticator::ActiveModel>::one(row)
            .exec_without_returning(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(step) = stored(step) else { return Ok(false) };
        let claimed = update(account, id)
            .col_expr(Column::LastStep, Expr::value(step))
            .col_expr(Column::LastUsedAt, Expr::value(at.as_micros()))
            .filter(Column::Status.eq(AuthenticatorStatus::Active.as_str()))
            .filter(Condition::any().add(Column::LastStep.is_null()).add(Column::LastStep.lt(step)))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(claimed.rows_affected == 1)
    }

    async fn activate(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(step) = stored(step) else { return Ok(false) };
        let at = at.as_micros();
        let activated = update(account, id)
            .col_expr(Column::Status, Expr::value(AuthenticatorStatus::Active.as_str()))
            .col_expr(Column::LastStep, Expr::value(step))
            .col_expr(Column::LastUsedAt, Expr::value(at))
            .col_expr(Column::ConfirmedAt, Expr::value(at))
            .col_expr(Column::ExpiresAt, Expr::value(None::<i64>))
            .filter(Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
            .filter(Column::ExpiresAt.gt(at))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(activated.rows_affected == 1)
    }

    async fn rename(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<bool, StoreError> {
        let renamed = update(account, id)
            .col_expr(Column::Name, Expr::value(name.as_str()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(renamed.rows_affected == 1)
    }

    async fn disable_all(&mut self, account: AccountId) -> Result<u64, StoreError> {
        let disabled = Entity::update_many()
            .col_expr(Column::Status, Expr::value(AuthenticatorStatus::Disabled.as_str()))
            .filter(Column::AccountId.eq(account.as_uuid()))
            .filter(Column::Status.eq(AuthenticatorStatus::Active.as_str()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(disabled.rows_affected)
    }

    async fn remove(&mut self, account: AccountId, id: AuthenticatorId) -> Result<bool, StoreError> {
        let removed = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::AccountId.eq(account.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        if removed.rows_affected != 1 {
            return Ok(false);
        }
        recovery_codes::remove_pending(self.connection(), account, Some(id)).await?;
        Ok(true)
    }

    async fn remove_pending(&mut self, account: AccountId) -> Result<(), StoreError> {
        recovery_codes::remove_pending(self.connection(), account, None).await?;
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.as_uuid()))
            .filter(Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        recovery_codes::remove_pending(self.connection(), account, None).await?;
        let account: Uuid = account.as_uuid();
        Entity::delete_many().filter(Column::AccountId.eq(account)).exec(self.connection()).await.map_err(fault)?;
        Ok(())
    }
}
