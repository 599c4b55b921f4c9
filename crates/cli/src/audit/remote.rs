use async_trait::async_trait;
use countersign_wire::{AuditEventView, List, Moment};

use super::{AuditQuery, AuditTrail};
use crate::remote::{Parameters, Remote};
use crate::{CommandError, Part};

#[async_trait]
impl AuditTrail for Remote {
    async fn page(&self, query: &AuditQuery, part: &Part) -> Result<List<AuditEventView>, CommandError> {
        let mut parameters = Parameters::new();
        parameters.extend(query.event.map(|event| ("event", event.to_string())));
        parameters.extend(query.account.map(|account| ("account", account.to_string())));
        parameters.extend(query.outcome.map(|outcome| ("outcome", outcome.to_string())));
        parameters.extend(query.address.map(|address| ("address", address.to_string())));
        parameters.extend(query.actor_kind.map(|kind| ("actor_kind", kind.to_string())));
        parameters.extend(query.actor.clone().map(|actor| ("actor", actor)));
        parameters.extend(query.login.clone().map(|login| ("login", login)));
        for (name, moment) in [("since", query.since), ("until", query.until)] {
            parameters.extend(moment.and_then(Moment::for_programs).map(|text| (name, text)));
        }
        self.page_of("/v1/admin/audit-events", parameters, part)
    }
}
