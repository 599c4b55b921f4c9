//! What a store counts of a realm.

use async_trait::async_trait;
use countersign_core::Timestamp;
use std::collections::BTreeMap;

use crate::RealmId;
use crate::account::Role;
use crate::audit::EventKind;
use crate::ports::StoreError;

/// How many accounts of a realm are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountCount {
    /// What they may do.
    pub role: Role,
    /// Whether a second factor is required of them whatever the policy says.
    pub two_factor_required: Option<bool>,
    /// Whether they have an active authenticator.
    pub two_factor_enabled: bool,
    /// How many there are.
    pub count: u64,
}

/// How often something happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyCount {
    /// The day, counted from 1970-01-01, UTC.
    pub day: i64,
    /// What happened.
    pub event: EventKind,
    /// How often.
    pub count: u64,
}

/// Counts what a realm holds.
#[async_trait]
pub trait StatisticsReads {
    /// Accounts that are not disabled, by role and second factor; kinds that there are none of may be left out
    /// (`accounts_and_events_are_counted_by_realm`).
    async fn count_accounts(&self, realm: RealmId) -> Result<Vec<AccountCount>, StoreError>;
    /// Accounts with an enrollment that can be confirmed at `now` (the same test).
    async fn count_pending(&self, realm: RealmId, now: Timestamp) -> Result<u64, StoreError>;
    /// Events of these kinds at `since` or later, by day (the same test).
    async fn count_events(
        &self,
        realm: RealmId,
        events: &[EventKind],
        since: Timestamp,
    ) -> Result<Vec<DailyCount>, StoreError>;
    /// Accepted codes of authenticators at `since` or later, by how many steps the clock was ahead or behind; steps that there
    /// are none of are left out (the same test).
    async fn count_drift(&self, realm: RealmId, since: Timestamp) -> Result<BTreeMap<i8, u64>, StoreError>;
}
