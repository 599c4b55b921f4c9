//! The audit trail as a file for other programs: the same columns and the same JSON as the command line writes.

use std::io;

use countersign_application::use_cases::ListAuditEvents;
use countersign_application::{Application, AuditDetails, AuditEvent, PageRequest, Timestamp, csv_cell};
use futures_util::stream;
use poem::http::header;
use poem::{Body, Response, handler};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::audit_filter::AuditFilter;
use crate::refusal::Refusal;
use crate::visit::Visit;

const CSV_HEADER: &str = "id,at,event,realm,account_id,login,actor_kind,actor_id,ip,user_agent,outcome,details\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    JsonLines,
    Csv,
}

/// An event as JSON: what the API answers with.
#[derive(Serialize)]
struct EventLine<'a> {
    id: String,
    at: String,
    event: &'a str,
    realm: &'a str,
    account_id: Option<String>,
    login: Option<&'a str>,
    actor: ActorLine,
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    outcome: &'static str,
    details: AuditDetails,
}

#[derive(Serialize)]
struct ActorLine {
    kind: &'static str,
    id: Option<String>,
}

impl<'a> EventLine<'a> {
    fn new(event: &'a AuditEvent) -> io::Result<Self> {
        Ok(Self {
            id: event.id.to_string(),
            at: rfc3339(event.at).ok_or_else(|| io::Error::other("a time is beyond the year 9999"))?,
            event: event.event.name(),
            realm: event.realm.as_str(),
            account_id: event.account_id.map(|id| id.to_string()),
            login: event.login.as_deref(),
            actor: ActorLine { kind: event.actor.kind(), id: event.actor.id() },
            ip: event.ip.as_deref(),
            user_agent: event.user_agent.as_deref(),
            outcome: event.outcome.as_str(),
            details: event.details(),
        })
    }

    async fn json(&self) -> io::Result<String> {
        Ok(json(self).await? + "\n")
    }

    /// RFC 4180, with the line ends of Unix; the details are one column of JSON.
    async fn csv(&self) -> io::Result<String> {
        let details = json(&self.details).await?;
        let cells = [
            &self.id,
            &self.at,
            self.event,
            self.realm,
            self.account_id.as_deref().unwrap_or_default(),
            self.login.unwrap_or_default(),
            self.actor.kind,
            self.actor.id.as_deref().unwrap_or_default(),
            self.ip.unwrap_or_default(),
            self.user_agent.unwrap_or_default(),
            self.outcome,
            &details,
        ];
        Ok(cells.map(csv_cell).join(",") + "\n")
    }
}

fn rfc3339(at: Timestamp) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.as_micros()) * 1_000).ok()?;
    at.format(&Rfc3339).ok()
}

async fn json(value: impl Serialize) -> io::Result<String> {
    let body = Body::from_json(value).map_err(io::Error::other)?;
    body.into_string().await.map_err(io::Error::other)
}

/// Where an export is: the header of the file, a part of the list, or behind the last one.
struct Export {
    application: Application,
    list: ListAuditEvents,
    format: Format,
    begun: bool,
}

impl Export {
    /// The next part of the file. A list goes on behind the last event of a part, so that what happens meanwhile neither
    /// doubles an event nor leaves one out.
    async fn next(mut self) -> io::Result<Option<(String, Option<Self>)>> {
        let mut lines = String::new();
        if !self.begun && self.format == Format::Csv {
            // Whoever takes the file from a page opens it in a spreadsheet, and some of them take one without this mark for
            // something else than UTF-8.
            lines.push('\u{feff}');
            lines.push_str(CSV_HEADER);
        }
        self.begun = true;
        let part = self.list.execute(&self.application).await.map_err(io::Error::other)?;
        let part = part.ok_or_else(|| io::Error::other("the realm is gone"))?;
        for event in &part.items {
            let line = EventLine::new(event)?;
            lines.push_str(&match self.format {
                Format::JsonLines => line.json().await?,
                Format::Csv => line.csv().await?,
            });
        }
        self.list.page.after = part.next;
        let rest = part.next.is_some().then_some(self);
        Ok(Some((lines, rest)))
    }
}

/// All events that the filters let through, part by part: however many there are, no more than one part is in memory.
#[handler]
pub(super) async fn export(visit: Visit) -> Result<Response, Refusal> {
    let (_, administrator) = visit.administrator().await?;
    let filter = AuditFilter::of(&visit);
    let (format, kind, ending) = match visit.parameter("format") {
        "jsonl" => (Format::JsonLines, "application/jsonl", "jsonl"),
        "csv" => (Format::Csv, "text/csv; charset=utf-8", "csv"),
        _ => return Err(Refusal::NotFound),
    };
    let realm = administrator.realm.slug;
    let (Ok(account), true) = (filter.audited(&visit.application, &realm).await?, filter.wrong_days().is_empty())
    else {
        // The list says what is wrong.
        return visit.go(&super::address("/admin/audit-events", &filter.parameters()));
    };
    // The short name of a realm is made of letters, digits and hyphens.
    let disposition = format!("attachment; filename=\"audit-events-{realm}.{ending}\"");
    let list = filter.list(realm, account, PageRequest::first())?;
    let export = Export { application: visit.application.clone(), list, format, begun: false };
    let parts = stream::try_unfold(Some(export), |export| async {
        match export {
            Some(export) => export.next().await.inspect_err(|error| tracing::error!(%error, "an export broke off")),
            None => Ok(None),
        }
    });
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_DISPOSITION, disposition)
        .body(Body::from_bytes_stream(parts));
    visit.cookies.write(response.headers_mut());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use countersign_application::{AuditText, Event};
    use futures_util::FutureExt;

    use super::super::events::tests::event;
    use super::*;

    #[test]
    fn lines_are_those_of_the_command_line() {
        let disabled = Event::TwoFactorDisabled { authenticator_id: None, reason: Some(AuditText::new("lost")) };
        let event = event(disabled, Some("=kim"));
        let line = EventLine::new(&event).unwrap();
        let (id, account) = (event.id, event.account_id.unwrap());
        assert_eq!(
            line.json().now_or_never().unwrap().unwrap(),
            format!(
                r#"{{"id":"{id}","at":"2026-01-01T00:00:00Z","event":"two_factor.disabled","realm":"default","account_id":"{account}","login":"=kim","actor":{{"kind":"operator","id":null}},"ip":"203.0.113.7","user_agent":null,"outcome":"success","details":{{"reason":"lost"}}}}"#
            ) + "\n"
        );
        assert_eq!(
            line.csv().now_or_never().unwrap().unwrap(),
            format!(
                "{id},2026-01-01T00:00:00Z,two_factor.disabled,default,{account},'=kim,operator,,203.0.113.7,,success,\
                 \"{{\"\"reason\"\":\"\"lost\"\"}}\"\n"
            )
        );
        assert_eq!(CSV_HEADER.split(',').count(), 12);
    }
}
