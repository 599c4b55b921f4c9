//! Claims of idempotency keys.

use async_trait::async_trait;
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyReads, IdempotencyStore};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::{IdempotencyClaimId, Timestamp};
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter};

use crate::entities::idempotency_claim::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::{Row, hex};
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: idempotency_claim::Model) -> Result<IdempotencyClaim, StoreError> {
    let name = Row::new("idempotency_claim", hex(&row.digest));
    Ok(IdempotencyClaim {
        id: IdempotencyClaimId::from_uuid(row.id),
        digest: IdempotencyDigest(name.bytes("digest", &row.digest)?),
        request: Sealed { key_id: row.request_key_id, bytes: row.request },
        answer: name.sealed("answer", row.answer, row.answer_key_id)?,
        claimed_at: Timestamp::from_micros(row.claimed_at),
        expires_at: Timestamp::from_micros(row.expires_at),
    })
}

async fn find<C: ConnectionTrait>(
    connection: &C,
    digest: &IdempotencyDigest,
) -> Result<Option<IdempotencyClaim>, StoreError> {
    let row = Entity::find_by_id(digest.0.to_vec()).one(connection).await;
    row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
}

/// The claim, where it is held with an identifier.
fn held(digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Condition {
    Condition::all().add(Column::Digest.eq(digest.0.to_vec())).add(Column::Id.eq(id.as_uuid()))
}

#[async_trait]
impl IdempotencyReads for SeaStore {
    async fn find_idempotency_claim(&self, digest: &IdempotencyDigest) -> Result<Option<IdempotencyClaim>, StoreError> {
        find(self.reading(), digest).await
    }
}

#[async_trait]
impl IdempotencyStore for SeaUnitOfWork {
    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError> {
        let void = Condition::any()
            .add(Column::ExpiresAt.lte(claim.claimed_at.as_micros()))
            .add(Column::ExpiresAt.gt(claim.latest_end().as_micros()));
        Entity::delete_many()
            .filter(Column::Digest.eq(claim.digest.0.to_vec()))
            .filter(void)
            .exec(self.connection())
            .await
            .map_err(fault)?;
        let (answer, answer_key_id) = claim.answer.clone().map(|sealed| (sealed.bytes, sealed.key_id)).unzip();
        let row = idempotency_claim::Model {
            digest: claim.digest.0.to_vec(),
            id: claim.id.as_uuid(),
            request: claim.request.bytes.clone(),
            request_key_id: claim.request.key_id.clone(),
            answer,
            answer_key_id,
            claimed_at: claim.claimed_at.as_micros(),
            expires_at: claim.expires_at.as_micros(),
        };
        // A row that is there already is written as it is, which waits for whoever is inserting it. How many rows that
        // counts for differs between the engines, and so the verdict is whose identifier stands there then.
        let kept = OnConflict::column(Column::Digest).value(Column::Id, Expr::col((Entity, Column::Id))).to_owned();
        Insert::<idempotency_claim::ActiveModel>::one(row)
            .on_conflict(kept)
            .exec_without_returning(self.connection())
            .await
            .map_err(fault)?;
        Ok(find(self.connection(), &claim.digest).await?.is_some_and(|holder| holder.id == claim.id))
    }

    async fn keep_answer(
        &mut self,
        digest: &IdempotencyDigest,
        id: IdempotencyClaimId,
        answer: &Sealed,
    ) -> Result<bool, StoreError> {
        let kept = Entity::update_many()
            .col_expr(Column::Answer, Expr::value(answer.bytes.clone()))
            .col_expr(Column::AnswerKeyId, Expr::value(answer.key_id.clone()))
            .filter(held(digest, id))
            .filter(Column::Answer.is_null())
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(kept.rows_affected == 1)
    }

    async fn release(&mut self, digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Result<bool, StoreError> {
        let released = Entity::delete_many().filter(held(digest, id)).exec(self.connection()).await.map_err(fault)?;
        Ok(released.rows_affected == 1)
    }
}
