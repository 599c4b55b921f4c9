//! Challenges.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::sign_in::{Challenge, ChallengeReads, ChallengeStore};
use countersign_application::{AccountId, ChallengeId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

use crate::connection::SeaUnitOfWork;
use crate::many::{Changes, Kind};
use crate::rows::Row;
use crate::statements::{insert, one, revoke_all};
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

/// A challenge, and how many refused codes it takes.
type Limited = (ChallengeId, u32);

const OPEN: [(&str, Kind); 2] = [("which", Kind::Identifier), ("most", Kind::Integer)];
const IS_OPEN: &str = "t.id = v.which AND t.failed_tries < v.most";

fn open(challenges: &[Limited]) -> Vec<[Value; 2]> {
    challenges.iter().map(|(id, limit)| [id.as_uuid().into(), i64::from(*limit).into()]).collect()
}

/// Counts a refused code of each of these that had fewer than its limit.
pub(crate) fn record_failed_tries(changes: &mut Changes, challenges: &[Limited]) {
    changes.add(challenges.len(), |sql| {
        sql.update("challenge", "failed_tries = t.failed_tries + 1", OPEN, open(challenges), IS_OPEN);
    });
}

/// Spends each of these that had fewer refused codes than its limit.
pub(crate) fn spend_all(changes: &mut Changes, challenges: &[Limited]) {
    changes.add(challenges.len(), |sql| {
        sql.delete("challenge", OPEN, open(challenges), IS_OPEN);
    });
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
        let mut changes = Changes::new(self.get_database_backend());
        record_failed_tries(&mut changes, &[(id, limit)]);
        changes.make(self).await
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let mut changes = Changes::new(self.get_database_backend());
        spend_all(&mut changes, &[(id, limit)]);
        changes.make(self).await
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        revoke_all::<Entity>(self, account.as_uuid()).await
    }
}
