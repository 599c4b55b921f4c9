use async_trait::async_trait;
use countersign_application::EventKind;

use super::AuditEventList;
use crate::{CommandError, Moment};

/// Which events are asked for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this kind.
    pub event: Option<EventKind>,
    /// Concerning the account with this login or identifier.
    pub account: Option<String>,
    /// At this time or later.
    pub since: Option<Moment>,
    /// Before this time.
    pub until: Option<Moment>,
}

/// The audit trail of one realm, wherever it is: beside this program, or behind a server.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// A part of the events, newest first: at most `limit`, 200 at most, after `cursor`.
    async fn page(&self, query: &AuditQuery, limit: u32, cursor: Option<&str>) -> Result<AuditEventList, CommandError>;
}
