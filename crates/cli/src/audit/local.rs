use async_trait::async_trait;
use countersign_application::audit::{Audited, ListAuditEvents};
use countersign_wire::{AuditEventView, List};

use super::{AuditQuery, AuditTrail};
use crate::{CommandError, Local, Part};

#[async_trait]
impl AuditTrail for Local {
    async fn page(&self, query: &AuditQuery, part: &Part) -> Result<List<AuditEventView>, CommandError> {
        let list = ListAuditEvents {
            event: query.event,
            account: query.account.map_or(Audited::All, Audited::Account),
            outcome: query.outcome,
            address: query.address,
            since: query.since.map(|moment| moment.0),
            until: query.until.map(|moment| moment.0),
            page: part.request(),
        };
        let page = list.execute(&self.application, &self.found().await?).await?;
        Ok(List::of(page, AuditEventView::from))
    }
}
