use std::net::IpAddr;

use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::audit::{ActorKind, AuditOutcome, EventKind};
use countersign_wire::{AuditEventView, List, Moment};

use crate::{CommandError, Part};

/// Which events are asked for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this kind.
    pub event: Option<EventKind>,
    /// Concerning this account, also after it is gone.
    pub account: Option<AccountId>,
    /// That ended so.
    pub outcome: Option<AuditOutcome>,
    /// From this address.
    pub address: Option<IpAddr>,
    /// By someone in this role.
    pub actor_kind: Option<ActorKind>,
    /// By whom: an account by its login or id, an API key by its name or id.
    pub actor: Option<String>,
    /// Concerning an account whose login contains this.
    pub login: Option<String>,
    /// At this time or later.
    pub since: Option<Moment>,
    /// Before this time.
    pub until: Option<Moment>,
}

/// The audit trail of one realm, wherever it is: beside this program, or behind a server.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// A part of the events, newest first.
    async fn page(&self, query: &AuditQuery, part: &Part) -> Result<List<AuditEventView>, CommandError>;
}
