//! Counters of attempts that belong to no account's second factor.

use async_trait::async_trait;
use countersign_core::{Throttle, Timestamp};

use crate::AccountId;
use crate::ports::StoreError;

/// Under what attempts are counted: a digest, so that nothing that was typed is stored.
pub type AttemptKey = [u8; 32];

/// What was counted under a key, and what an operator may know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Failures and waits.
    pub throttle: Throttle,
    /// The account whose attempts they are, where there is such an account and only one.
    pub account: Option<AccountId>,
    /// The network that they came from, where it is only one.
    pub network: Option<String>,
    /// When the account was last signed in to from this place: it is known there.
    pub known_at: Option<Timestamp>,
}

impl From<Throttle> for Attempts {
    fn from(throttle: Throttle) -> Self {
        Self { throttle, ..Self::default() }
    }
}

/// Reads the counters of attempts.
#[async_trait]
pub trait AttemptReads {
    /// The counter of a key; nothing counted yet is the default.
    async fn find_attempts(&self, key: &AttemptKey) -> Result<Attempts, StoreError>;
    /// Counters whose wait is longer than `now`, those touched last first, at most so many
    /// (`waiting_counters_are_listed_and_ended_by_account_and_by_network`).
    async fn list_waiting_attempts(&self, now: Timestamp, most: u32) -> Result<Vec<Attempts>, StoreError>;
}

/// Counts attempts that belong to no account's second factor, such as passwords for unknown logins.
#[async_trait]
pub trait AttemptStore: Send {
    /// Locks the counter of a key, making it where it is missing, and reads it.
    ///
    /// - MUST keep every other unit of work that locks the same key waiting until this one ends
    ///   (`a_locked_counter_is_changed_by_one_unit_of_work_at_a_time`).
    async fn lock(&mut self, key: &AttemptKey, at: Timestamp) -> Result<Attempts, StoreError>;
    /// Sets the counter of a key that this unit of work locked. Housekeeping counts its age from `at`, which may be later
    /// than now for what is to be kept longer.
    async fn set(&mut self, key: &AttemptKey, attempts: &Attempts, at: Timestamp) -> Result<(), StoreError>;
    /// Forgets a key.
    async fn clear(&mut self, key: &AttemptKey) -> Result<(), StoreError>;
    /// Forgets failures and waits of an account, and how many counters that were. Where it is known, it stays known
    /// (`waiting_counters_are_listed_and_ended_by_account_and_by_network`).
    async fn forgive_account(&mut self, account: AccountId) -> Result<u64, StoreError>;
    /// Forgets failures and waits of a network, or of every network and account, and how many counters that were
    /// (`waiting_counters_are_listed_and_ended_by_account_and_by_network`).
    async fn forgive_network(&mut self, network: Option<&str>) -> Result<u64, StoreError>;
}
