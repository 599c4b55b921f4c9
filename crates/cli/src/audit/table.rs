//! Audit events, for people.

use countersign_wire::{AuditEventView, List};

use crate::{View, columns};

impl View for List<AuditEventView> {
    fn table(&self) -> String {
        let rows = self.items.iter().map(|event| {
            let details: Vec<String> = event.details.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            [
                event.at.for_people(),
                event.event.clone(),
                event.outcome.clone(),
                event.login.clone().unwrap_or_default(),
                event.actor.kind.clone(),
                event.ip.clone().unwrap_or_default(),
                details.join(", "),
            ]
        });
        columns(["at", "event", "outcome", "login", "by", "from", "details"], rows)
    }
}
