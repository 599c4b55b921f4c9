//! The audit trail as a file for other programs: the same columns and the same JSON as the command line writes.

use std::io;

use countersign_application::audit::ListAuditEvents;
use countersign_application::realm::Realm;
use countersign_application::{Application, PageRequest};
use countersign_wire::{csv_header, csv_line, json_line};
use poem::{Response, handler};

use super::audit_filter::AuditFilter;
use super::export::{Format, file};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::visit::Visit;

/// Where an export is: the header of the file, a part of the list, or behind the last one.
struct Export {
    application: Application,
    realm: Realm,
    list: ListAuditEvents,
    format: Format,
    begun: bool,
}

impl Export {
    /// The next part of the file. A list goes on behind the last event of a part, so that what happens meanwhile neither
    /// doubles an event nor leaves one out.
    async fn next(mut self) -> io::Result<(String, Option<Self>)> {
        let mut lines = if self.begun { String::new() } else { self.format.beginning(&csv_header()) };
        self.begun = true;
        let part = self.list.execute(&self.application, &self.realm).await.map_err(io::Error::other)?;
        let line = match self.format {
            Format::JsonLines => json_line,
            Format::Csv => csv_line,
        };
        let next = part.next;
        for event in part.items {
            lines.push_str(&line(&event.into()).map_err(io::Error::other)?);
        }
        self.list.page.after = next;
        let rest = next.is_some().then_some(self);
        Ok((lines, rest))
    }
}

/// All events that the filters let through.
#[handler]
pub(super) async fn export(
    visit: Visit,
    Administering { administrator, .. }: Administering,
) -> Result<Response, Refusal> {
    let filter = AuditFilter::of(&visit);
    let format = match visit.parameter("format") {
        "jsonl" => Format::JsonLines,
        "csv" => Format::Csv,
        _ => return Err(Refusal::NotFound),
    };
    let realm = administrator.realm;
    let (account, actor) =
        (filter.audited(&visit.application, &realm).await?, filter.acted(&visit.application, &realm).await?);
    let (Ok(account), Ok(actor), true) = (account, actor, filter.wrong().is_empty()) else {
        // The list says what is wrong.
        return visit.go(&super::address("/admin/audit-events", &filter.parameters()));
    };
    let list = filter.list(account, actor, PageRequest::first())?;
    let name = format!("audit-events-{}", realm.slug);
    let export = Export { application: visit.application.clone(), realm, list, format, begun: false };
    Ok(file(visit, &name, format, export, Export::next))
}

#[cfg(test)]
mod tests {
    use countersign_application::audit::{AuditText, Event};
    use countersign_wire::AuditEventView;

    use super::super::events::tests::event;
    use super::*;

    #[test]
    fn lines_are_those_of_the_command_line() {
        let disabled = Event::TwoFactorDisabled { authenticator_id: None, reason: Some(AuditText::new("lost")) };
        let event = event(disabled, Some("=kim"));
        let (id, account) = (event.id, event.account_id.unwrap());
        let line = AuditEventView::from(event);
        assert_eq!(
            json_line(&line).unwrap(),
            format!(
                r#"{{"id":"{id}","at":"2026-01-01T00:00:00Z","event":"two_factor.disabled","realm":"default","account_id":"{account}","login":"=kim","actor":{{"kind":"operator","id":null}},"ip":"203.0.113.7","user_agent":null,"outcome":"success","details":{{"reason":"lost"}}}}"#
            ) + "\n"
        );
        assert_eq!(
            csv_line(&line).unwrap(),
            format!(
                "{id},2026-01-01T00:00:00Z,two_factor.disabled,default,{account},'=kim,operator,,203.0.113.7,,success,\
                 \"{{\"\"reason\"\":\"\"lost\"\"}}\"\n"
            )
        );
        assert_eq!(csv_header().split(',').count(), 12);
    }
}
