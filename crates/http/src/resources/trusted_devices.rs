//! Browsers in which the second factor is skipped for a while.

use countersign_application::Application;
use countersign_application::session::purpose::Anything;
use countersign_application::trusted_device::{ListTrustedDevices, RevokeTrustedDevice};
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
use crate::schema::{Cursor, Id, Limit, TrustedDevice, TrustedDeviceList};

pub(crate) struct TrustedDeviceApi;

#[OpenApi(prefix_path = "/v1/account/trusted-devices", tag = "Tag::Account")]
impl TrustedDeviceApi {
    /// List the account's trusted devices, newest first
    ///
    /// The browsers in which a sign-in asks for no second factor for a while.
    #[oai(path = "/", method = "get", operation_id = "list_trusted_devices")]
    async fn list(
        &self,
        application: Data<&Application>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<Cursor>>,
        caller: SessionFor<Anything>,
    ) -> Result<Json<TrustedDeviceList>, Refused<SESSION>> {
        let page = ListTrustedDevices { page: page_request(&limit, &cursor)? }.execute(&application, &caller).await?;
        let next_cursor = page.next_cursor().into();
        Ok(Json(TrustedDeviceList { items: page.items.into_iter().map(TrustedDevice::from).collect(), next_cursor }))
    }

    /// Revoke a trusted device
    ///
    /// The next sign-in there asks for a second factor again.
    #[oai(path = "/:id", method = "delete", operation_id = "revoke_trusted_device")]
    async fn revoke(
        &self,
        application: Data<&Application>,
        /// The trusted device.
        id: Path<Id>,
        caller: SessionFor<Anything>,
    ) -> Result<NoContent, Refused<{ SESSION | CHANGES | may(&[NotFound]) }>> {
        let device_id = id.parse().map_err(|_| Problem::not_found())?;
        if (RevokeTrustedDevice { device_id }).execute(&application, &caller).await? {
            Ok(NoContent::Done)
        } else {
            Err(Problem::not_found().into())
        }
    }
}
