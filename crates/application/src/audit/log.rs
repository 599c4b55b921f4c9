use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::audit::{AuditEvent, AuditOutcome, EventKind};
use crate::ports::StoreError;
use crate::{AccountId, Page, PageRequest, RealmId};

/// Which events are asked for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this realm.
    pub realm_id: Option<RealmId>,
    /// Concerning this account.
    pub account_id: Option<AccountId>,
    /// Of this kind.
    pub event: Option<EventKind>,
    /// That ended so.
    pub outcome: Option<AuditOutcome>,
    /// From this address, as it is recorded.
    pub address: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// The append-only record of what was done.
#[async_trait]
pub trait AuditLog: Send {
    /// Appends events.
    ///
    /// - MUST become visible with the unit of work's commit and only with it
    ///   (`an_event_exists_exactly_when_its_act_was_committed`).
    /// - MUST keep events of accounts that are deleted later (`deleting_an_account_keeps_its_audit_events`).
    async fn append(&mut self, events: &[AuditEvent]) -> Result<(), StoreError>;
}

/// Reads the audit log.
#[async_trait]
pub trait AuditReads {
    /// Events, newest first.
    ///
    /// - MUST give each event once over all pages (`pages_hold_every_item_once_and_in_order`).
    async fn list_audit_events(&self, filter: &AuditFilter, page: PageRequest) -> Result<Page<AuditEvent>, StoreError>;
}
