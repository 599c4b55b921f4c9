//! Challenges.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::sign_in::{Challenge, ChallengeReads, ChallengeStore};
use countersign_application::{AccountId, ChallengeId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter};

use crate::entities::challenge::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::Row;
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: &challenge::Model) -> Result<Challenge, StoreError> {
    let name = Row::new("challenge", row.id);
    Ok(Challenge {
        id: ChallengeId::from_uuid(row.id),
        token_digest: TokenDigest(name.bytes("token_digest", &row.token_digest)?),
        account_id: AccountId::from_uuid(row.account_id),
        password_version: row.password_version,
        second_factor_version: row.second_factor_version,
        failed_tries: name.number("failed_tries", row.failed_tries)?,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
    })
}

#[async_trait]
impl ChallengeReads for SeaStore {
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError> {
        let row = Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.as_ref().map(from_row).transpose()
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
        Insert::<challenge::ActiveModel>::one(row).exec_without_returning(self.connection()).await.map_err(fault)?;
        Ok(())
    }

    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let counted = Entity::update_many()
            .col_expr(Column::FailedTries, Expr::col(Column::FailedTries).add(1_i64))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::FailedTries.lt(i64::from(limit)))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(counted.rows_affected == 1)
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let spent = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::FailedTries.lt(i64::from(limit)))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(spent.rows_affected == 1)
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }
}
