//! What needs which master key.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_application::core::{Algorithm, Digits, TotpParameters};
use countersign_application::idempotency::IdempotencyDigest;
use countersign_application::master_key::{
    KeyUse, MasterKeyReads, MasterKeyStore, SealedKind, SealedPart, SealedPlace, SealedRow,
};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::{
    AccountId, AuthenticatorId, IdempotencyClaimId, RealmId, RecoveryCodeId, RecoveryCodeSetId, Timestamp,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::errors::{read_error, store_error};
use crate::rows::Row;
use crate::statements::{Guarded, keys, update};
use crate::store::SeaStore;
use crate::tables::key_checks::{Strength, key_check, locked, require_key};
use crate::tables::{account, authenticator, idempotency_claim, recovery_code, recovery_code_set};

/// How many rows of a table have each key in a column.
async fn counted<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    which: Condition,
    note: impl Fn(&mut KeyUse, u64),
    uses: &mut BTreeMap<String, KeyUse>,
) -> Result<(), StoreError> {
    let rows: Vec<(String, i64)> = E::find()
        .select_only()
        .column(column)
        .expr(Func::count(Expr::col(column)))
        .filter(column.is_not_null())
        .filter(which)
        .group_by(column)
        .into_tuple()
        .all(connection)
        .await
        .map_err(read_error::<E>)?;
    for (key_id, number) in rows {
        let used = uses.entry(key_id.clone()).or_insert_with(|| KeyUse { key_id, ..KeyUse::default() });
        note(used, number.unsigned_abs());
    }
    Ok(())
}

/// What needs each key, or the one of an identifier.
async fn uses(connection: &impl ConnectionTrait, only: Option<&str>) -> Result<Vec<KeyUse>, StoreError> {
    use {authenticator::Column as Auth, idempotency_claim::Column as Claim};
    use {recovery_code::Column as Code, recovery_code_set::Column as Set};
    fn of<C: ColumnTrait>(column: C, only: Option<&str>) -> Condition {
        Condition::all().add_option(only.map(|key_id| column.eq(key_id)))
    }
    let in_status = |status: RecoverySetStatus| of(Set::KeyId, only).add(Set::Status.eq(status.as_str()));
    let (active, pending) = (in_status(RecoverySetStatus::Active), in_status(RecoverySetStatus::Pending));
    let mut uses = BTreeMap::new();
    counted::<authenticator::Entity>(
        connection,
        Auth::SealedKeyId,
        of(Auth::SealedKeyId, only),
        |used, n| used.authenticators += n,
        &mut uses,
    )
    .await?;
    counted::<recovery_code::Entity>(
        connection,
        Code::SealedKeyId,
        of(Code::SealedKeyId, only),
        |used, n| used.recovery_codes += n,
        &mut uses,
    )
    .await?;
    for column in [Claim::RequestKeyId, Claim::AnswerKeyId] {
        let which = of(column, only);
        counted::<idempotency_claim::Entity>(connection, column, which, |used, n| used.kept_answers += n, &mut uses)
            .await?;
    }
    counted::<recovery_code_set::Entity>(connection, Set::KeyId, active, |used, n| used.recovery_sets += n, &mut uses)
        .await?;
    counted::<recovery_code_set::Entity>(connection, Set::KeyId, pending, |used, n| used.pending_sets += n, &mut uses)
        .await?;
    Ok(uses.into_values().collect())
}

fn col<C: ColumnTrait>(table: impl EntityTrait, column: C) -> Expr {
    Expr::col((table, column))
}

/// A query for sealed values of a kind, with what they are sealed to.
fn select(part: &SealedPart<'_>) -> SelectStatement {
    use account::Column::{Id as AccountId, RealmId};
    use {authenticator as auth, idempotency_claim as claim, recovery_code as code, recovery_code_set as set};
    let mut select = Query::select();
    let (key, key_id) = match part.kind {
        SealedKind::Secret => {
            select
                .expr_as(col(auth::Entity, auth::Column::AccountId), "account")
                .expr_as(col(account::Entity, RealmId), "realm")
                .expr_as(col(auth::Entity, auth::Column::Algorithm), "algorithm")
                .expr_as(col(auth::Entity, auth::Column::Digits), "digits")
                .expr_as(col(auth::Entity, auth::Column::PeriodSeconds), "period")
                .expr_as(col(auth::Entity, auth::Column::SealedSecret), "sealed")
                .from(auth::Entity)
                .inner_join(
                    account::Entity,
                    col(account::Entity, AccountId).equals((auth::Entity, auth::Column::AccountId)),
                );
            (col(auth::Entity, auth::Column::Id), col(auth::Entity, auth::Column::SealedKeyId))
        }
        SealedKind::RecoveryCode => {
            select
                .expr_as(col(account::Entity, AccountId), "account")
                .expr_as(col(account::Entity, RealmId), "realm")
                .expr_as(col(code::Entity, code::Column::Sealed), "sealed")
                .from(code::Entity)
                .inner_join(set::Entity, col(set::Entity, set::Column::Id).equals((code::Entity, code::Column::SetId)))
                .inner_join(
                    account::Entity,
                    col(account::Entity, AccountId).equals((set::Entity, set::Column::AccountId)),
                )
                .and_where(col(code::Entity, code::Column::Sealed).is_not_null());
            (col(code::Entity, code::Column::Id), col(code::Entity, code::Column::SealedKeyId))
        }
        SealedKind::Request | SealedKind::Answer => {
            let (value, key_id) = if part.kind == SealedKind::Request {
                (claim::Column::Request, claim::Column::RequestKeyId)
            } else {
                (claim::Column::Answer, claim::Column::AnswerKeyId)
            };
            select
                .expr_as(col(claim::Entity, claim::Column::Id), "claim")
                .expr_as(col(claim::Entity, value), "sealed")
                .from(claim::Entity)
                .and_where(col(claim::Entity, value).is_not_null());
            (col(claim::Entity, claim::Column::Digest), col(claim::Entity, key_id))
        }
    };
    select.expr_as(key.clone(), "key").expr_as(key_id.clone(), "key_id");
    if let Some(except) = part.except {
        select.and_where(key_id.clone().ne(except).or(key_id.is_null()));
    }
    if let Some(after) = part.after {
        select.and_where(match after {
            SealedPlace::Secret { id, .. } => key.clone().gt(id.as_uuid()),
            SealedPlace::RecoveryCode { id, .. } => key.clone().gt(id.as_uuid()),
            SealedPlace::Request { digest, .. } | SealedPlace::Answer { digest, .. } => {
                key.clone().gt(digest.0.to_vec())
            }
        });
    }
    select.order_by_expr(key, sea_orm::Order::Asc).limit(u64::from(part.limit)).to_owned()
}

fn read(kind: SealedKind, row: &QueryResult) -> Result<SealedRow, StoreError> {
    let uuid = |name: &str| row.try_get::<Uuid>("", name).map_err(store_error);
    let place = match kind {
        SealedKind::Secret => {
            let algorithm: String = row.try_get("", "algorithm").map_err(store_error)?;
            let digits: i64 = row.try_get("", "digits").map_err(store_error)?;
            let period: i64 = row.try_get("", "period").map_err(store_error)?;
            SealedPlace::Secret {
                id: AuthenticatorId::from_uuid(uuid("key")?),
                account: AccountId::from_uuid(uuid("account")?),
                realm: RealmId::from_uuid(uuid("realm")?),
                parameters: parameters(&algorithm, digits, period),
            }
        }
        SealedKind::RecoveryCode => SealedPlace::RecoveryCode {
            id: RecoveryCodeId::from_uuid(uuid("key")?),
            account: AccountId::from_uuid(uuid("account")?),
            realm: RealmId::from_uuid(uuid("realm")?),
        },
        SealedKind::Request | SealedKind::Answer => {
            let id = IdempotencyClaimId::from_uuid(uuid("claim")?);
            let key: Vec<u8> = row.try_get("", "key").map_err(store_error)?;
            let digest = IdempotencyDigest(Row::new("idempotency_claim", id).bytes("digest", &key)?);
            if kind == SealedKind::Request {
                SealedPlace::Request { digest, id }
            } else {
                SealedPlace::Answer { digest, id }
            }
        }
    };
    let key_id: Option<String> = row.try_get("", "key_id").map_err(store_error)?;
    let bytes: Vec<u8> = row.try_get("", "sealed").map_err(store_error)?;
    // Without the name of a key it opens with none.
    Ok(SealedRow { place, sealed: Sealed { key_id: key_id.unwrap_or_default(), bytes } })
}

/// `None` where a row says what no authenticator can have.
fn parameters(algorithm: &str, digits: i64, period: i64) -> Option<TotpParameters> {
    let algorithm = Algorithm::ALL.into_iter().find(|known| known.name() == algorithm)?;
    let digits = Digits::new(digits.try_into().ok()?).ok()?;
    TotpParameters::new(algorithm, digits, period.try_into().ok()?).ok()
}

#[async_trait]
impl MasterKeyReads for SeaStore {
    async fn count_key_uses(&self) -> Result<Vec<KeyUse>, StoreError> {
        uses(self.reading(), None).await
    }

    async fn list_sealed(&self, part: &SealedPart<'_>) -> Result<Vec<SealedRow>, StoreError> {
        let rows = self.reading().query_all(&select(part)).await.map_err(store_error)?;
        rows.iter().map(|row| read(part.kind, row)).collect()
    }

    async fn list_sets_of_key(
        &self,
        key_id: &str,
        after: Option<RecoveryCodeSetId>,
        most: u32,
    ) -> Result<Vec<RecoveryCodeSetId>, StoreError> {
        use recovery_code_set::Column::{Id, KeyId, Status};
        let which = Condition::all()
            .add(KeyId.eq(key_id))
            .add(Status.ne(RecoverySetStatus::Dormant.as_str()))
            .add_option(after.map(|set| Id.gt(set.as_uuid())));
        let sets = recovery_code_set::Entity::find().filter(which).order_by_asc(Id);
        let ids: Vec<Uuid> = keys(self.reading(), sets, u64::from(most)).await?;
        Ok(ids.into_iter().map(RecoveryCodeSetId::from_uuid).collect())
    }
}

#[async_trait]
impl MasterKeyStore for SeaUnitOfWork {
    async fn reseal(&mut self, row: &SealedRow, sealed: &Sealed) -> Result<bool, StoreError> {
        require_key(self, &sealed.key_id).await?;
        let (was, bytes, key_id) = (&row.sealed, sealed.bytes.clone(), sealed.key_id.clone());
        match row.place {
            SealedPlace::Secret { id, .. } => {
                use authenticator::Column::{SealedKeyId, SealedSecret};
                update::<authenticator::Entity>(id.as_uuid())
                    .col_expr(SealedSecret, Expr::value(bytes))
                    .col_expr(SealedKeyId, Expr::value(key_id))
                    .filter(SealedSecret.eq(was.bytes.clone()))
                    .filter(SealedKeyId.eq(&was.key_id))
                    .verdict(self)
                    .await
            }
            SealedPlace::RecoveryCode { id, .. } => {
                use recovery_code::Column::{Sealed, SealedKeyId};
                update::<recovery_code::Entity>(id.as_uuid())
                    .col_expr(Sealed, Expr::value(bytes))
                    .col_expr(SealedKeyId, Expr::value(key_id))
                    .filter(Sealed.eq(was.bytes.clone()))
                    .filter(SealedKeyId.eq(&was.key_id))
                    .verdict(self)
                    .await
            }
            SealedPlace::Request { digest, .. } => {
                use idempotency_claim::Column::{Request, RequestKeyId};
                update::<idempotency_claim::Entity>(digest.0.to_vec())
                    .col_expr(Request, Expr::value(bytes))
                    .col_expr(RequestKeyId, Expr::value(key_id))
                    .filter(Request.eq(was.bytes.clone()))
                    .filter(RequestKeyId.eq(&was.key_id))
                    .verdict(self)
                    .await
            }
            SealedPlace::Answer { digest, .. } => {
                use idempotency_claim::Column::{Answer, AnswerKeyId};
                update::<idempotency_claim::Entity>(digest.0.to_vec())
                    .col_expr(Answer, Expr::value(bytes))
                    .col_expr(AnswerKeyId, Expr::value(key_id))
                    .filter(Answer.eq(was.bytes.clone()))
                    .filter(AnswerKeyId.eq(&was.key_id))
                    .verdict(self)
                    .await
            }
        }
    }

    async fn lock_uses(&mut self, key_id: &str) -> Result<KeyUse, StoreError> {
        locked(self, key_id, Strength::Alone).await?;
        let found = uses(&*self, Some(key_id)).await?.pop();
        Ok(found.unwrap_or_else(|| KeyUse { key_id: key_id.to_owned(), ..KeyUse::default() }))
    }

    async fn void_sets(&mut self, realm: &Realm, key_id: &str) -> Result<u64, StoreError> {
        use recovery_code_set::Column::{AccountId, KeyId, Status};
        let accounts = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(account::Column::RealmId.eq(realm.id.as_uuid()))
            .to_owned();
        recovery_code_set::Entity::update_many()
            .col_expr(Status, Expr::value(RecoverySetStatus::Dormant.as_str()))
            .filter(KeyId.eq(key_id))
            .filter(Status.eq(RecoverySetStatus::Active.as_str()))
            .filter(AccountId.in_subquery(accounts))
            .rows(self)
            .await
    }

    async fn mark_retired(&mut self, key_id: &str, at: Timestamp) -> Result<(), StoreError> {
        use key_check::Column::RetiredAt;
        update::<key_check::Entity>(key_id)
            .col_expr(RetiredAt, Expr::value(at.as_micros()))
            .filter(RetiredAt.is_null())
            .done(self)
            .await
    }
}
