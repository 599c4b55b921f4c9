//! Challenges.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::sign_in::{Challenge, ChallengeReads, ChallengeStore};
use countersign_application::{AccountId, ChallengeId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::connection::SeaUnitOfWork;
use crate::rows::Row;
use crate::statements::{Guarded, insert, one, revoke_all};
use crate::store::SeaStore;

entity!(challenge = "challenge" of AccountId {
    pub id: Uuid,
    pub token_digest: Vec<u8>,
    pub account_id: Uuid,
    pub password_version: i64,
    pub second_factor_version: i64,
    pub failed_tries: i64,
    pub created_at: i64,
    pub expires_at: i64,
});

use challenge::{Column, Entity};

pub(super) fn from_row(row: &challenge::Model) -> Result<Challenge, StoreError> {
    let read = Row::new("challenge", row.id);
    Ok(Challenge {
        id: ChallengeId::from_uuid(row.id),
        token_digest: TokenDigest(read.bytes("token_digest", &row.token_digest)?),
        account_id: AccountId::from_uuid(row.account_id),
        password_version: row.password_version,
        second_factor_version: row.second_factor_version,
        failed_tries: read.number("failed_tries", row.failed_tries)?,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
    })
}

/// Challenges that had fewer refused codes than their limits.
fn open(challenges: &[(ChallengeId, u32)]) -> Condition {
    let open = |(id, limit): &(ChallengeId, u32)| {
        Condition::all().add(Column::Id.eq(id.as_uuid())).add(Column::FailedTries.lt(i64::from(*limit)))
    };
    challenges.iter().map(open).fold(Condition::any(), Condition::add)
}

/// Counts a refused code of each of these, and answers whether each was there and had fewer than its limit.
pub(crate) async fn record_failed_tries(
    unit: &SeaUnitOfWork,
    challenges: &[(ChallengeId, u32)],
) -> Result<bool, StoreError> {
    if challenges.is_empty() {
        return Ok(true);
    }
    let counted = Entity::update_many()
        .col_expr(Column::FailedTries, Expr::col(Column::FailedTries).add(1_i64))
        .filter(open(challenges))
        .rows(unit);
    Ok(counted.await? == challenges.len() as u64)
}

/// Spends each of these, and answers whether each was there and had fewer refused codes than its limit.
pub(crate) async fn spend_all(unit: &SeaUnitOfWork, challenges: &[(ChallengeId, u32)]) -> Result<bool, StoreError> {
    if challenges.is_empty() {
        return Ok(true);
    }
    let spent = Entity::delete_many().filter(open(challenges)).rows(unit);
    Ok(spent.await? == challenges.len() as u64)
}

#[async_trait]
impl ChallengeReads for SeaStore {
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError> {
        one(self.reading(), Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())), |row| from_row(&row)).await
    }
}

#[async_trait]
impl ChallengeStore for SeaUnitOfWork {
    async fn insert(&mut self, challenge: &Challenge) -> Result<(), StoreError> {
        let row = challenge::Model {
            id: challenge.id.as_uuid(),
            token_digest: challenge.token_digest.0.to_vec(),
            account_id: challenge.account_id.as_uuid(),
            password_version: challenge.password_version,
            second_factor_version: challenge.second_factor_version,
            failed_tries: i64::from(challenge.failed_tries),
            created_at: challenge.created_at.as_micros(),
            expires_at: challenge.expires_at.as_micros(),
        };
        insert(self, row).await
    }

    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        record_failed_tries(self, &[(id, limit)]).await
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        spend_all(self, &[(id, limit)]).await
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        revoke_all::<Entity>(self, account.as_uuid()).await
    }
}
