//! What a store keeps of challenges.

use async_trait::async_trait;

use crate::ports::{StoreError, TokenDigest};
use crate::sign_in::Challenge;
use crate::{AccountId, ChallengeId};

/// Reads challenges.
#[async_trait]
pub trait ChallengeReads {
    /// The challenge of a token.
    async fn find_challenge(&self, token: &TokenDigest) -> Result<Option<Challenge>, StoreError>;
}

/// Changes challenges.
#[async_trait]
pub trait ChallengeStore: Send {
    /// Adds a challenge.
    async fn insert(&mut self, challenge: &Challenge) -> Result<(), StoreError>;
    /// Counts a refused code; `false` when the challenge is gone or had `limit` refused codes already
    /// (`a_challenge_counts_no_more_tries_than_its_limit`).
    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError>;
    /// Spends a challenge that had fewer than `limit` refused codes: removes it.
    ///
    /// - MUST answer `true` for exactly one of any number of calls (`a_challenge_is_spent_once_under_contention`).
    /// - MUST answer `false` for a challenge that had `limit` refused codes (`an_exhausted_challenge_is_not_spent`).
    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError>;
    /// Removes all challenges of the account.
    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError>;
}
