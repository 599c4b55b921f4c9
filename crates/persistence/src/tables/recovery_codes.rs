//! Sets of recovery codes and their codes.

use async_trait::async_trait;
use countersign_application::core::{RecoveryAlphabet, RecoveryCodeFormat};
use countersign_application::ports::StoreError;
use countersign_application::recovery::{
    RecoveryCodeSet, RecoveryCodeStore, RecoveryDigest, RecoverySetStatus, SealedRecoveryCode,
};
use countersign_application::{AccountId, AuthenticatorId, RecoveryCodeId, RecoveryCodeSetId, Timestamp};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    UpdateMany,
};

use crate::connection::SeaUnitOfWork;
use crate::errors::store_error;
use crate::rows::{Row, instant, micros};
use crate::statements::{Guarded, all, insert, insert_all, revoke_all, update};
use crate::tables::key_checks::require_key;

entity!(recovery_code_set = "recovery_code_set" of AccountId {
    pub id: Uuid,
    pub account_id: Uuid,
    pub status: String,
    pub authenticator_id: Option<Uuid>,
    pub pattern: String,
    pub alphabet: String,
    pub salt: Vec<u8>,
    pub key_id: String,
    pub viewable: bool,
    pub issued_at: i64,
    pub total: i64,
    pub unproven_at: Option<i64>,
});

entity!(recovery_code = "recovery_code" {
    pub id: Uuid,
    pub set_id: Uuid,
    pub position: i64,
    pub digest: Vec<u8>,
    pub sealed: Option<Vec<u8>>,
    pub sealed_key_id: Option<String>,
    pub used_at: Option<i64>,
});

use recovery_code::{Column, Entity};
use recovery_code_set as set;

pub(super) fn from_row(row: set::Model, remaining: i64) -> Result<RecoveryCodeSet, StoreError> {
    let read = Row::new("recovery_code_set", row.id);
    let alphabet = read.parsed("alphabet", RecoveryAlphabet::from_name(&row.alphabet))?;
    Ok(RecoveryCodeSet {
        id: RecoveryCodeSetId::from_uuid(row.id),
        account_id: AccountId::from_uuid(row.account_id),
        status: read.parsed("status", RecoverySetStatus::from_name(&row.status))?,
        authenticator_id: row.authenticator_id.map(AuthenticatorId::from_uuid),
        format: read.parsed("pattern", RecoveryCodeFormat::new(&row.pattern, alphabet).ok())?,
        salt: read.bytes("salt", &row.salt)?,
        key_id: row.key_id,
        viewable: row.viewable,
        issued_at: Timestamp::from_micros(row.issued_at),
        unproven_at: instant(row.unproven_at),
        total: read.number("total", row.total)?,
        remaining: read.number("total", remaining)?,
    })
}

fn code_from_row(row: recovery_code::Model) -> Result<SealedRecoveryCode, StoreError> {
    let read = Row::new("recovery_code", row.id);
    Ok(SealedRecoveryCode {
        id: RecoveryCodeId::from_uuid(row.id),
        digest: RecoveryDigest(read.bytes("digest", &row.digest)?),
        sealed: read.sealed("sealed", row.sealed, row.sealed_key_id)?,
    })
}

fn code_row(set: RecoveryCodeSetId, position: i64, code: &SealedRecoveryCode) -> recovery_code::Model {
    recovery_code::Model {
        id: code.id.as_uuid(),
        set_id: set.as_uuid(),
        position,
        digest: code.digest.0.to_vec(),
        sealed: code.sealed.as_ref().map(|sealed| sealed.bytes.clone()),
        sealed_key_id: code.sealed.as_ref().map(|sealed| sealed.key_id.clone()),
        used_at: None,
    }
}

/// The unused codes of a set, in the order in which they were issued.
pub(super) async fn list_unused(
    connection: &impl ConnectionTrait,
    set: RecoveryCodeSetId,
) -> Result<Vec<SealedRecoveryCode>, StoreError> {
    let unused = Entity::find().filter(Column::SetId.eq(set.as_uuid())).filter(Column::UsedAt.is_null());
    all(connection, unused.order_by_asc(Column::Position).order_by_asc(Column::Id), code_from_row).await
}

/// Removes the pending sets of an account: those of one enrollment, or all.
pub(super) async fn remove_pending(
    connection: &impl ConnectionTrait,
    account: AccountId,
    enrollment: Option<AuthenticatorId>,
) -> Result<(), StoreError> {
    set::Entity::delete_many()
        .filter(set::Column::AccountId.eq(account.as_uuid()))
        .filter(set::Column::Status.eq(RecoverySetStatus::Pending.as_str()))
        .apply_if(enrollment, |removal, id| removal.filter(set::Column::AuthenticatorId.eq(id.as_uuid())))
        .done(connection)
        .await
}

fn update_set(account: AccountId, set: RecoveryCodeSetId) -> UpdateMany<set::Entity> {
    update::<set::Entity>(set.as_uuid()).filter(set::Column::AccountId.eq(account.as_uuid()))
}

#[async_trait]
impl RecoveryCodeStore for SeaUnitOfWork {
    async fn insert(&mut self, set: &RecoveryCodeSet, codes: &[SealedRecoveryCode]) -> Result<(), StoreError> {
        let row = set::Model {
            id: set.id.as_uuid(),
            account_id: set.account_id.as_uuid(),
            status: set.status.as_str().to_owned(),
            authenticator_id: set.authenticator_id.map(AuthenticatorId::as_uuid),
            pattern: set.format.pattern().to_owned(),
            alphabet: set.format.alphabet().name().to_owned(),
            salt: set.salt.to_vec(),
            key_id: set.key_id.clone(),
            viewable: set.viewable,
            issued_at: set.issued_at.as_micros(),
            total: i64::from(set.total),
            unproven_at: micros(set.unproven_at),
        };
        require_key(self, &row.key_id).await?;
        insert(self, row).await?;
        let rows: Vec<_> = (0_i64..).zip(codes).map(|(position, code)| code_row(set.id, position, code)).collect();
        insert_all(self, &rows).await
    }

    async fn activate(&mut self, account: AccountId, set: RecoveryCodeSetId) -> Result<(), StoreError> {
        let activated = update_set(account, set)
            .col_expr(set::Column::Status, Expr::value(RecoverySetStatus::Active.as_str()))
            .col_expr(set::Column::AuthenticatorId, Expr::value(None::<uuid::Uuid>))
            .filter(set::Column::Status.eq(RecoverySetStatus::Pending.as_str()));
        if activated.verdict(self).await? {
            set::Entity::delete_many()
                .filter(set::Column::AccountId.eq(account.as_uuid()))
                .filter(set::Column::Id.ne(set.as_uuid()))
                .filter(set::Column::Status.ne(RecoverySetStatus::Pending.as_str()))
                .done(self)
                .await?;
        }
        Ok(())
    }

    async fn redeem(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let redeemable = Query::select()
            .column(set::Column::Id)
            .from(set::Entity)
            .and_where(set::Column::Id.eq(set.as_uuid()))
            .and_where(set::Column::AccountId.eq(account.as_uuid()))
            .and_where(set::Column::Status.eq(RecoverySetStatus::Active.as_str()))
            .to_owned();
        Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(at.as_micros()))
            .filter(Column::SetId.in_subquery(redeemable))
            .filter(Column::Digest.eq(digest.0.to_vec()))
            .filter(Column::UsedAt.is_null())
            .verdict(self)
            .await
    }

    async fn add_code(&mut self, set: RecoveryCodeSetId, code: &SealedRecoveryCode) -> Result<(), StoreError> {
        // The unit of work holds the account's lock, so that nobody takes the position in between; and two codes of one
        // position would still both be good.
        let last = Entity::find()
            .select_only()
            .column_as(Column::Position.max(), "last")
            .filter(Column::SetId.eq(set.as_uuid()))
            .into_tuple::<Option<i64>>()
            .one(self)
            .await
            .map_err(store_error)?
            .flatten();
        if let Some(sealed) = &code.sealed {
            require_key(self, &sealed.key_id).await?;
        }
        let row = code_row(set, last.map_or(0, |last| last + 1), code);
        insert(self, row).await
    }

    async fn count_unused(&mut self, set: RecoveryCodeSetId) -> Result<u32, StoreError> {
        let unused = Entity::find().filter(Column::SetId.eq(set.as_uuid())).filter(Column::UsedAt.is_null());
        Ok(u32::try_from(unused.count(self).await.map_err(store_error)?).unwrap_or(u32::MAX))
    }

    async fn note_unproven(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let noted = update_set(account, set).col_expr(set::Column::UnprovenAt, Expr::value(at.as_micros()));
        noted.done(self).await
    }

    async fn make_dormant(&mut self, account: AccountId) -> Result<(), StoreError> {
        set::Entity::update_many()
            .col_expr(set::Column::Status, Expr::value(RecoverySetStatus::Dormant.as_str()))
            .filter(set::Column::AccountId.eq(account.as_uuid()))
            .filter(set::Column::Status.eq(RecoverySetStatus::Active.as_str()))
            .done(self)
            .await
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        revoke_all::<set::Entity>(self, account.as_uuid()).await
    }
}
