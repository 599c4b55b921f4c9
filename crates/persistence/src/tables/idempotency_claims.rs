//! Claims of idempotency keys.

use async_trait::async_trait;
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyReads, IdempotencyStore};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::{IdempotencyClaimId, Timestamp};
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter};

use crate::connection::SeaUnitOfWork;
use crate::errors::store_error;
use crate::rows::{Row, hex};
use crate::statements::{Guarded, one};
use crate::store::SeaStore;

entity!(idempotency_claim = "idempotency_claim" {
    pub digest: Vec<u8>,
    pub id: Uuid,
    pub request: Vec<u8>,
    pub request_key_id: String,
    pub answer: Option<Vec<u8>>,
    pub answer_key_id: Option<String>,
    pub claimed_at: i64,
    pub expires_at: i64,
});

use idempotency_claim::{Column, Entity};

fn from_row(row: idempotency_claim::Model) -> Result<IdempotencyClaim, StoreError> {
    let read = Row::new("idempotency_claim", hex(&row.digest));
    Ok(IdempotencyClaim {
        id: IdempotencyClaimId::from_uuid(row.id),
        digest: IdempotencyDigest(read.bytes("digest", &row.digest)?),
        request: Sealed { key_id: row.request_key_id, bytes: row.request },
        answer: read.sealed("answer", row.answer, row.answer_key_id)?,
        claimed_at: Timestamp::from_micros(row.claimed_at),
        expires_at: Timestamp::from_micros(row.expires_at),
    })
}

async fn find(
    connection: &impl ConnectionTrait,
    digest: &IdempotencyDigest,
) -> Result<Option<IdempotencyClaim>, StoreError> {
    one(connection, Entity::find_by_id(digest.0.to_vec()), from_row).await
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
        Entity::delete_many().filter(Column::Digest.eq(claim.digest.0.to_vec())).filter(void).done(self).await?;
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
            .exec_without_returning(self)
            .await
            .map_err(store_error)?;
        Ok(find(self, &claim.digest).await?.is_some_and(|holder| holder.id == claim.id))
    }

    async fn keep_answer(
        &mut self,
        digest: &IdempotencyDigest,
        id: IdempotencyClaimId,
        answer: &Sealed,
    ) -> Result<bool, StoreError> {
        Entity::update_many()
            .col_expr(Column::Answer, Expr::value(answer.bytes.clone()))
            .col_expr(Column::AnswerKeyId, Expr::value(answer.key_id.clone()))
            .filter(held(digest, id))
            .filter(Column::Answer.is_null())
            .verdict(self)
            .await
    }

    async fn release(&mut self, digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Result<bool, StoreError> {
        Entity::delete_many().filter(held(digest, id)).verdict(self).await
    }
}
