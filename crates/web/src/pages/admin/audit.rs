//! The audit trail.

use askama::Template;
use countersign_application::Page as Part;
use countersign_application::audit::{
    ActorKind, AmbiguousName, AuditEvent, AuditOutcome, EVENTS_LOOKED_AT, Event, EventKind,
};
use poem::{Response, handler};

use super::audit_filter::AuditFilter;
use super::events::{Actors, client, details, sentence};
use super::{ITEMS, Pager, address, page_request};
use crate::moments::Moment;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::{Texts, hyphenated};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct AuditPage {
    t: Texts,
    page: Page,
    kinds: Vec<EventKindOption>,
    account: String,
    outcome: String,
    address: String,
    actor_kinds: Vec<EventKindOption>,
    actor: String,
    login: String,
    /// How many events were looked at, where that were not all that there are.
    looked_at: String,
    since: String,
    until: String,
    filtered: bool,
    rows: Vec<AuditRow>,
    is_empty: bool,
    jsonl_url: String,
    csv_url: String,
    newest_url: String,
    older_url: String,
}

struct EventKindOption {
    name: &'static str,
    text: String,
    selected: bool,
}

struct AuditRow {
    at: Moment,
    event: String,
    text: String,
    account: String,
    account_url: String,
    actor: String,
    failed: bool,
    client: String,
    place: String,
    details: String,
}

impl AuditRow {
    fn new(event: &AuditEvent, actors: &Actors, texts: Texts) -> Self {
        // A deleted account has no page any more.
        let account = event.account_id.filter(|_| !matches!(event.event, Event::AccountDeleted { .. }));
        Self {
            at: Moment::new(event.at, texts),
            event: event.event.name().to_owned(),
            text: sentence(event, texts),
            account: event.login.clone().unwrap_or_default(),
            account_url: account.map(|id| format!("/admin/accounts/{id}")).unwrap_or_default(),
            actor: actors.name(&event.actor, texts),
            failed: event.outcome == AuditOutcome::Failure,
            client: client(event, texts),
            place: event.ip.clone().unwrap_or_default(),
            details: details(event, texts),
        }
    }
}

/// The events, newest first.
#[handler]
pub(super) async fn show(
    mut visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let filter = AuditFilter::of(&visit);
    let realm = &administrator.realm;
    let mut wrong: Vec<(&str, &str)> = filter.wrong();
    let (audited, acted) =
        (filter.audited(&visit.application, realm).await?, filter.acted(&visit.application, realm).await?);
    let found = match (audited, acted) {
        (Ok(account), Ok(actor)) if wrong.is_empty() => {
            filter.list(account, actor, page_request(&visit)?)?.execute(&visit.application, realm).await?
        }
        (audited, acted) => {
            wrong.extend(audited.err().map(|AmbiguousName| ("account", "error-account-ambiguous")));
            wrong.extend(acted.err().map(|AmbiguousName| ("actor", "error-actor-ambiguous")));
            Part { items: Vec::new(), next: None }
        }
    };
    let actors = Actors::of(&visit.application, realm, &found.items).await?;
    let pager = Pager::new(&visit, "/admin/audit-events", &filter.parameters(), found.next_cursor());
    let export = |format: &str| {
        let mut parameters = vec![("format", format)];
        parameters.extend(filter.parameters());
        address("/admin/audit-events/export", &parameters)
    };
    let option = |kind: &EventKind| EventKindOption {
        name: kind.as_str(),
        text: texts.say(&format!("event-kind-{}", hyphenated(kind.as_str()))),
        selected: kind.as_str() == filter.event,
    };
    let mut page = visit.page_of("admin-audit-title", &caller, "admin-audit").await;
    for (field, text) in &wrong {
        page = page.wrong(field, texts.say(text));
    }
    let page = AuditPage {
        t: texts,
        page,
        kinds: EventKind::ALL.iter().map(option).collect(),
        actor_kinds: ActorKind::ALL
            .iter()
            .map(|kind| EventKindOption {
                name: kind.as_str(),
                text: texts.say(&format!("actor-kind-{kind}")),
                selected: kind.as_str() == filter.actor_kind,
            })
            .collect(),
        looked_at: if found.items.len() < ITEMS as usize && found.next.is_some() {
            texts.say1("admin-audit-looked-at", "count", &EVENTS_LOOKED_AT)
        } else {
            String::new()
        },
        filtered: !filter.is_empty(),
        rows: found.items.iter().map(|event| AuditRow::new(event, &actors, texts)).collect(),
        is_empty: found.items.is_empty(),
        jsonl_url: export("jsonl"),
        csv_url: export("csv"),
        newest_url: pager.newest_url,
        older_url: pager.older_url,
        account: filter.account,
        outcome: filter.outcome,
        address: filter.address,
        actor: filter.actor,
        login: filter.login,
        since: filter.since,
        until: filter.until,
    };
    if wrong.is_empty() { visit.show(&page) } else { visit.show_wrong(&page) }
}
