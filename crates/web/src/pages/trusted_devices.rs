//! Browsers that need no second factor for a while.

use askama::Template;
use countersign_application::caller::Caller;
use countersign_application::session::purpose::Anything;
use countersign_application::trusted_device::{
    ListTrustedDevices, RecognizeTrustedDevice, RevokeAllTrustedDevices, RevokeTrustedDevice, TrustedDevice,
};
use countersign_application::{PageRequest, TrustedDeviceId};
use poem::web::Path;
use poem::{Response, handler};

use crate::cookies::Cookie;
use crate::form::Form;
use crate::moments::Moment;
use crate::page::Page;
use crate::pages::activity::{pager, part};
use crate::pages::events::client_or_unknown;
use crate::pages::sessions::MANY;
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

const PATH: &str = "/security/trusted-devices";

#[derive(Template)]
#[template(path = "trusted_devices.html")]
struct TrustedDevicesPage {
    t: Texts,
    page: Page,
    days: u32,
    devices: Vec<DeviceRow>,
    count: usize,
    newest_url: String,
    older_url: String,
}

struct DeviceRow {
    id: String,
    current: bool,
    client: String,
    place: String,
    trusted: Moment,
    expires: Moment,
    has_last_used: bool,
    last_used: Moment,
}

impl DeviceRow {
    fn new(device: TrustedDevice, this: Option<TrustedDeviceId>, caller: &Caller, texts: Texts) -> Self {
        Self {
            id: device.id.to_string(),
            current: this == Some(device.id),
            client: client_or_unknown(device.user_agent.as_deref(), texts),
            trusted: Moment::new(device.created_at, texts),
            expires: Moment::new(device.trusted_until(&caller.realm.policy), texts),
            has_last_used: device.last_used_at.is_some(),
            last_used: Moment::of(device.last_used_at, texts),
            place: device.ip.unwrap_or_default(),
        }
    }
}

/// How many browsers need no second factor now; of more than [`MANY`], as many.
pub(super) async fn count(visit: &Visit, caller: &Caller) -> Result<usize, Refusal> {
    let page = PageRequest { limit: MANY, after: None };
    Ok(ListTrustedDevices { page }.execute(&visit.application, caller).await?.items.len())
}

/// The list.
#[handler]
pub(super) async fn show(mut visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let asked = part(&visit);
    let devices = ListTrustedDevices { page: asked }.execute(&visit.application, &caller).await?;
    let count = count(&visit, &caller).await?;
    let recognize = RecognizeTrustedDevice { device_tokens: visit.tokens(Cookie::Device) };
    let this = recognize.execute(&visit.application, &caller).await?;
    let (newest_url, older_url) = pager(PATH, asked, &devices);
    let texts = visit.texts;
    let page = TrustedDevicesPage {
        t: texts,
        page: visit.page_of("trusted-devices-title", &caller, "trusted-devices").await,
        days: caller.realm.policy.sign_in.trusted_device_days,
        devices: devices.items.into_iter().map(|device| DeviceRow::new(device, this, &caller, texts)).collect(),
        count,
        newest_url,
        older_url,
    };
    visit.show(&page)
}

/// Trusts one browser no longer.
#[handler]
pub(super) async fn revoke(
    mut visit: Visit,
    Path(id): Path<String>,
    _: Form,
    caller: SessionFor<Anything>,
) -> Result<Response, Refusal> {
    let device_id = id.parse().map_err(|_| Refusal::NotFound)?;
    if (RevokeTrustedDevice { device_id }).execute(&visit.application, &caller).await? {
        visit.notice("notice-device-revoked");
    }
    visit.go(PATH)
}

/// Trusts no browser any longer.
#[handler]
pub(super) async fn revoke_all(mut visit: Visit, _: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    RevokeAllTrustedDevices.execute(&visit.application, &caller).await?;
    visit.notice("notice-devices-revoked");
    visit.go(PATH)
}
