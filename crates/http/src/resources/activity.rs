//! What happened to the signed-in account.

use countersign_application::Application;
use countersign_application::audit::ListActivity;
use countersign_application::session::purpose::Anything;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::Tag;
use crate::bearer::{SESSION, SessionFor};
use crate::page_query::page_request;
use crate::problem::Refused;
use crate::schema::{AuditEvent, AuditEventList, Cursor, Limit};

pub(crate) struct ActivityApi;

#[OpenApi(tag = "Tag::Account")]
impl ActivityApi {
    /// List the account's activity, newest first
    ///
    /// The audit events that concern the account, as its owner may see them.
    #[oai(path = "/v1/account/activity", method = "get", operation_id = "list_activity")]
    async fn list(
        &self,
        application: Data<&Application>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<Cursor>>,
        caller: SessionFor<Anything>,
    ) -> Result<Json<AuditEventList>, Refused<SESSION>> {
        let page = ListActivity { page: page_request(&limit, &cursor)? }.execute(&application, &caller).await?;
        let next_cursor = page.next_cursor().into();
        Ok(Json(AuditEventList { items: page.items.into_iter().map(AuditEvent::from).collect(), next_cursor }))
    }
}
