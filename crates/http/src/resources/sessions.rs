//! Where the account is signed in.

use countersign_application::Application;
use countersign_application::session::purpose::Anything;
use countersign_application::session::{EndSession, ListSessions};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::{SESSION, SessionFor};
use crate::page_query::page_request;
use crate::problem::ProblemCode::NotFound;
use crate::problem::{CHANGES, Problem, Refused, may};
use crate::schema::{Cursor, Id, Limit, Session, SessionList};

pub(crate) struct SessionApi;

#[OpenApi(prefix_path = "/v1/account/sessions", tag = "Tag::Account")]
impl SessionApi {
    /// List the account's sessions, newest first
    ///
    /// Where the account is signed in, over this API or the hosted pages.
    #[oai(path = "/", method = "get", operation_id = "list_sessions")]
    async fn list(
        &self,
        application: Data<&Application>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<Cursor>>,
        caller: SessionFor<Anything>,
    ) -> Result<Json<SessionList>, Refused<SESSION>> {
        let page = ListSessions { page: page_request(&limit, &cursor)? }.execute(&application, &caller).await?;
        let next_cursor = page.next_cursor().into();
        let current = caller.session_id();
        let items = page.items.into_iter().map(|session| Session::new(session, current)).collect();
        Ok(Json(SessionList { items, next_cursor }))
    }

    /// End a session
    ///
    /// Its token opens nothing from the next request on.
    #[oai(path = "/:id", method = "delete", operation_id = "end_session")]
    async fn end(
        &self,
        application: Data<&Application>,
        /// The session.
        id: Path<Id>,
        caller: SessionFor<Anything>,
    ) -> Result<NoContent, Refused<{ SESSION | CHANGES | may(&[NotFound]) }>> {
        let session_id = id.parse().map_err(|_| Problem::not_found())?;
        if (EndSession { session_id }).execute(&application, &caller).await? {
            Ok(NoContent::Done)
        } else {
            Err(Problem::not_found().into())
        }
    }
}
