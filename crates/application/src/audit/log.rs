use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::audit::{ActorKind, AuditEvent, AuditOutcome, EventKind};
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
    /// By someone in this role.
    pub actor_kind: Option<ActorKind>,
    /// By whoever this identifies.
    pub actor_id: Option<String>,
    /// Concerning an account whose login, as it was then, contains this, in any case of ASCII letters.
    pub login: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// How many events of the realm, the account, the kind and the time are looked at for all else at once: a part ends there, and
    /// the next one goes on. `None` for however many it takes.
    pub most_looked_at: Option<u32>,
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
    /// - MUST find all that fits, however few events are looked at for a page; the page that ends there may hold less than was asked
    ///   for, or nothing, and the next one goes on (`a_search_of_events_goes_on_where_it_stopped`).
    async fn list_audit_events(&self, filter: &AuditFilter, page: PageRequest) -> Result<Page<AuditEvent>, StoreError>;
}
