//! What happened with the account.

use askama::Template;
use countersign_application::audit::{ListActivity, told};
use countersign_application::session::purpose::Anything;
use countersign_application::{Page as Part, PageRequest};
use poem::{Response, handler};

use crate::page::Page;
use crate::pages::events::EventLine;
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

/// How many lines a part of a list has.
const LINES: u32 = 25;

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    t: Texts,
    page: Page,
    is_empty: bool,
    events: Vec<EventLine>,
    newest_url: String,
    older_url: String,
}

/// The part of a list that an address asks for. A cursor that is none leads to the beginning.
pub(super) fn part(visit: &Visit) -> PageRequest {
    PageRequest { limit: LINES, after: PageRequest::parse_cursor(visit.parameter("cursor")) }
}

/// The links of a part of a list: to its beginning, and to what follows.
pub(super) fn pager<T>(path: &str, asked: PageRequest, part: &Part<T>) -> (String, String) {
    let newest = asked.after.map(|_| path.to_owned()).unwrap_or_default();
    let older = part.next_cursor().map(|cursor| format!("{path}?cursor={cursor}")).unwrap_or_default();
    (newest, older)
}

/// The page.
#[handler]
pub(super) async fn show(mut visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let asked = part(&visit);
    let events = ListActivity { page: asked }.execute(&visit.application, &caller).await?;
    let (newest_url, older_url) = pager("/security/activity", asked, &events);
    let texts = visit.texts;
    let page = ActivityPage {
        t: texts,
        page: visit.page_of("activity-title", &caller, "activity").await,
        is_empty: events.items.is_empty(),
        events: told(events.items).iter().map(|part| EventLine::own_told(part, texts)).collect(),
        newest_url,
        older_url,
    };
    visit.show(&page)
}
