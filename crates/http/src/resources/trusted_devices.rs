//! Browsers in which the second factor is skipped for a while.

use countersign_application::Application;
use countersign_application::use_cases::{ListTrustedDevices, RevokeTrustedDevice};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::SessionToken;
use crate::client::Client;
use crate::page_query::page_request;
use crate::problem::Problem;
use crate::schema::{TrustedDevice, TrustedDeviceList};

pub(crate) struct TrustedDeviceApi;

#[OpenApi(prefix_path = "/v1/account/trusted-devices", tag = "Tag::Account")]
impl TrustedDeviceApi {
    /// List the account's trusted devices, newest first
    #[oai(path = "/", method = "get", operation_id = "list_trusted_devices")]
    async fn list(
        &self,
        application: Data<&Application>,
        client: Client,
        token: SessionToken,
        /// How many items at most: 1 to 200, 50 when it is left out.
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Json<TrustedDeviceList>, Problem> {
        let caller = token.sign_in(&application, client).await?;
        let page = ListTrustedDevices { page: page_request(&limit, &cursor)? }.execute(&application, &caller).await?;
        let next_cursor = page.next_cursor();
        Ok(Json(TrustedDeviceList { items: page.items.into_iter().map(TrustedDevice::from).collect(), next_cursor }))
    }

    /// Revoke a trusted device
    #[oai(path = "/:id", method = "delete", operation_id = "revoke_trusted_device")]
    async fn revoke(
        &self,
        application: Data<&Application>,
        client: Client,
        token: SessionToken,
        /// The trusted device.
        id: Path<String>,
    ) -> Result<NoContent, Problem> {
        let caller = token.sign_in(&application, client).await?;
        let device_id = id.parse().map_err(|_| Problem::not_found())?;
        if (RevokeTrustedDevice { device_id }).execute(&application, &caller).await? {
            Ok(NoContent::Done)
        } else {
            Err(Problem::not_found())
        }
    }
}
