//! Where the account is signed in.

use askama::Template;
use countersign_application::PageRequest;
use countersign_application::caller::Caller;
use countersign_application::session::purpose::Anything;
use countersign_application::session::{EndOtherSessions, EndSession, ListSessions, Session};
use poem::web::Path;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::Moment;
use crate::page::Page;
use crate::pages::activity::{pager, part};
use crate::pages::events::client_or_unknown;
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

const PATH: &str = "/security/sessions";

/// So many are not counted on: nobody makes a page slow by signing in over and over. The texts know this number.
pub(super) const MANY: u32 = 100;

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    t: Texts,
    page: Page,
    sessions: Vec<SessionRow>,
    others: usize,
    newest_url: String,
    older_url: String,
}

struct SessionRow {
    id: String,
    current: bool,
    client: String,
    place: String,
    began: Moment,
    last_seen: Moment,
}

impl SessionRow {
    fn new(session: Session, caller: &Caller, texts: Texts) -> Self {
        Self {
            id: session.id.to_string(),
            current: caller.session_id() == Some(session.id),
            client: client_or_unknown(session.user_agent.as_deref(), texts),
            place: session.ip.unwrap_or_default(),
            began: Moment::new(session.created_at, texts),
            last_seen: Moment::new(session.last_seen_at, texts),
        }
    }
}

/// How many sessions of the account stand; of more than [`MANY`], as many.
pub(super) async fn count(visit: &Visit, caller: &Caller) -> Result<usize, Refusal> {
    let page = PageRequest { limit: MANY, after: None };
    Ok(ListSessions { page }.execute(&visit.application, caller).await?.items.len())
}

/// The list.
#[handler]
pub(super) async fn show(mut visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let asked = part(&visit);
    let sessions = ListSessions { page: asked }.execute(&visit.application, &caller).await?;
    // One of them is this one.
    let others = count(&visit, &caller).await?.saturating_sub(1);
    let (newest_url, older_url) = pager(PATH, asked, &sessions);
    let texts = visit.texts;
    let page = SessionsPage {
        t: texts,
        page: visit.page_of("sessions-title", &caller, "sessions").await,
        sessions: sessions.items.into_iter().map(|session| SessionRow::new(session, &caller, texts)).collect(),
        others,
        newest_url,
        older_url,
    };
    visit.show(&page)
}

/// Ends one session.
#[handler]
pub(super) async fn end(
    mut visit: Visit,
    Path(id): Path<String>,
    _: Form,
    caller: SessionFor<Anything>,
) -> Result<Response, Refusal> {
    let session_id = id.parse().map_err(|_| Refusal::NotFound)?;
    // One that is gone already was what was asked for; only there is nothing to say of it.
    if (EndSession { session_id }).execute(&visit.application, &caller).await? {
        visit.notice("notice-session-ended");
    }
    visit.go(PATH)
}

/// Ends all sessions but this one.
#[handler]
pub(super) async fn end_others(mut visit: Visit, _: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    EndOtherSessions.execute(&visit.application, &caller).await?;
    visit.notice("notice-sessions-ended");
    visit.go(PATH)
}
