//! Authenticators.

use async_trait::async_trait;
use countersign_application::core::{Algorithm, Digits, TotpParameters};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, AuthenticatorStore,
};
use countersign_application::{AccountId, AuthenticatorId, SessionId, Timestamp};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, UpdateMany};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::many::{Changes, Kind};
use crate::rows::{Row, instant, micros};
use crate::statements::{self, Guarded, insert, revoke, revoke_all};
use crate::tables::key_checks::require_key;
use crate::tables::recovery_codes;

entity!(authenticator = "authenticator" of AccountId {
    pub id: Uuid,
    pub account_id: Uuid,
    pub name: String,
    pub status: String,
    pub issuer: String,
    pub algorithm: String,
    pub digits: i64,
    pub period_seconds: i64,
    pub sealed_secret: Vec<u8>,
    pub sealed_key_id: String,
    pub last_step: Option<i64>,
    pub begun_by: Option<Uuid>,
    pub replaces: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub confirmed_at: Option<i64>,
    pub last_used_at: Option<i64>,
});

use authenticator::{Column, Entity};

pub(super) fn from_row(row: authenticator::Model) -> Result<Authenticator, StoreError> {
    let read = Row::new("authenticator", row.id);
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == row.algorithm);
    let digits = read.parsed("digits", Digits::new(read.number("digits", row.digits)?).ok())?;
    let parameters = TotpParameters::new(
        read.parsed("algorithm", algorithm)?,
        digits,
        read.number("period_seconds", row.period_seconds)?,
    );
    Ok(Authenticator {
        id: AuthenticatorId::from_uuid(row.id),
        account_id: AccountId::from_uuid(row.account_id),
        name: read.parsed("name", AuthenticatorName::stored(row.name))?,
        status: read.parsed("status", AuthenticatorStatus::from_name(&row.status))?,
        issuer: row.issuer,
        parameters: read.parsed("period_seconds", parameters.ok())?,
        sealed_secret: Sealed { key_id: row.sealed_key_id, bytes: row.sealed_secret },
        last_step: row.last_step.map(|step| read.number("last_step", step)).transpose()?,
        begun_by: row.begun_by.map(SessionId::from_uuid),
        replaces: row.replaces.map(AuthenticatorId::from_uuid),
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

/// A step of an authenticator that is to be accepted.
pub(crate) struct Accepting {
    pub(crate) account: AccountId,
    pub(crate) id: AuthenticatorId,
    pub(crate) step: u64,
    pub(crate) at: Timestamp,
}

/// Accepts steps, each where its authenticator is active and the step later than all that it accepted. One that cannot be
/// stored is accepted of none.
pub(crate) fn accept_steps(changes: &mut Changes, steps: &[Accepting]) {
    let row = |it: &Accepting| {
        let step = stored(it.step);
        let id = step.map(|_| it.id.as_uuid());
        [id.into(), it.account.as_uuid().into(), step.into(), it.at.as_micros().into()]
    };
    let rows = steps.iter().map(row).collect();
    let matching = format!(
        "t.id = v.which AND t.account_id = v.whose AND t.status = '{}' AND (t.last_step IS NULL OR t.last_step < v.step)",
        AuthenticatorStatus::Active.as_str()
    );
    let columns =
        [("which", Kind::Identifier), ("whose", Kind::Identifier), ("step", Kind::Integer), ("used_at", Kind::Integer)];
    changes.add(steps.len(), |sql| {
        sql.update("authenticator", "last_step = v.step, last_used_at = v.used_at", columns, rows, &matching);
    });
}

fn update(account: AccountId, id: AuthenticatorId) -> UpdateMany<Entity> {
    statements::update::<Entity>(id.as_uuid()).filter(Column::AccountId.eq(account.as_uuid()))
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
            replaces: authenticator.replaces.map(AuthenticatorId::as_uuid),
            created_at: authenticator.created_at.as_micros(),
            expires_at: micros(authenticator.expires_at),
            confirmed_at: micros(authenticator.confirmed_at),
            last_used_at: micros(authenticator.last_used_at),
        };
        require_key(self, &row.sealed_key_id).await?;
        insert(self, row).await
    }

    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut changes = Changes::new(self.get_database_backend());
        accept_steps(&mut changes, &[Accepting { account, id, step, at }]);
        changes.make(self).await
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
        update(account, id)
            .col_expr(Column::Status, Expr::value(AuthenticatorStatus::Active.as_str()))
            .col_expr(Column::LastStep, Expr::value(step))
            .col_expr(Column::LastUsedAt, Expr::value(at))
            .col_expr(Column::ConfirmedAt, Expr::value(at))
            .col_expr(Column::ExpiresAt, Expr::value(None::<i64>))
            .col_expr(Column::Replaces, Expr::value(None::<Uuid>))
            .filter(Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
            .filter(Column::ExpiresAt.gt(at))
            .verdict(self)
            .await
    }

    async fn rename(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<bool, StoreError> {
        update(account, id).col_expr(Column::Name, Expr::value(name.as_str())).verdict(self).await
    }

    async fn disable_all(&mut self, account: AccountId) -> Result<u64, StoreError> {
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(AuthenticatorStatus::Disabled.as_str()))
            .filter(Column::AccountId.eq(account.as_uuid()))
            .filter(Column::Status.eq(AuthenticatorStatus::Active.as_str()))
            .rows(self)
            .await
    }

    async fn remove(&mut self, account: AccountId, id: AuthenticatorId) -> Result<bool, StoreError> {
        let removed = revoke::<Entity>(self, account.as_uuid(), id.as_uuid()).await?;
        if removed {
            recovery_codes::remove_pending(self, account, Some(id)).await?;
        }
        Ok(removed)
    }

    async fn remove_pending(&mut self, account: AccountId) -> Result<(), StoreError> {
        recovery_codes::remove_pending(self, account, None).await?;
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.as_uuid()))
            .filter(Column::Status.eq(AuthenticatorStatus::Pending.as_str()))
            .done(self)
            .await
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        recovery_codes::remove_pending(self, account, None).await?;
        revoke_all::<Entity>(self, account.as_uuid()).await
    }
}
