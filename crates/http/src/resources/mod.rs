//! The resources: each runs use cases and maps their outcomes, and nothing else.

mod account;
mod activity;
mod admin_account_lists;
mod admin_accounts;
mod admin_api_keys;
mod admin_appearance;
mod admin_realm;
mod admin_realms;
mod authenticators;
mod documentation;
mod health;
mod recovery_codes;
mod sessions;
mod sign_in;
mod subjects;
mod trusted_devices;
mod two_factor;

use poem::{Endpoint, Route};
use poem_openapi::{ContactObject, LicenseObject, OpenApi, OpenApiService, ServerObject, Tags};

pub(crate) use admin_appearance::PATH as APPEARANCE;

use crate::RenderMetrics;
use crate::document::Document;

/// How the documentation groups operations.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Sign-in with a password and a second factor.
    #[oai(rename = "sign-in")]
    SignIn,
    /// The signed-in account.
    #[oai(rename = "account")]
    Account,
    /// The signed-in account's second factor.
    #[oai(rename = "two-factor")]
    TwoFactor,
    /// Service mode: the second factor of an application's own users, with an API key.
    #[oai(rename = "subjects")]
    Subjects,
    /// For administrators and owners of a realm.
    #[oai(rename = "administration")]
    Administration,
    /// For those who run the service.
    #[oai(rename = "operations")]
    Operations,
}

/// The whole documented interface.
pub(crate) fn api() -> OpenApiService<impl OpenApi, ()> {
    let resources = (
        sign_in::SignInApi,
        account::AccountApi,
        two_factor::TwoFactorApi,
        authenticators::AuthenticatorApi,
        recovery_codes::RecoveryCodeApi,
        activity::ActivityApi,
        sessions::SessionApi,
        trusted_devices::TrustedDeviceApi,
        subjects::SubjectApi,
        admin_account_lists::AdminAccountListApi,
        admin_accounts::AdminAccountApi,
        admin_realm::AdminRealmApi,
        admin_realms::AdminRealmsApi,
        admin_appearance::AdminAppearanceApi,
        admin_api_keys::AdminApiKeyApi,
        health::HealthApi,
    );
    OpenApiService::new(resources, "Countersign", env!("CARGO_PKG_VERSION"))
        .description(
            "A self-hosted second factor for any application: TOTP (RFC 6238) with recovery codes. \
             Errors are problems (RFC 9457) whose `code` is stable; none repeats a value that was sent. \
             Requests have the documented fields and no others; answers, and the values of their enums, may become more.",
        )
        .contact(ContactObject::new().name("The maintainers of Countersign"))
        .license(LicenseObject::new(env!("CARGO_PKG_LICENSE")).url("https://spdx.org/licenses/"))
        .server(ServerObject::new("/").description("The server that serves this document"))
}

/// All routes.
pub(crate) fn routes(document: &Document, metrics: Option<RenderMetrics>) -> impl Endpoint + use<> {
    let mut routes = Route::new()
        .nest("/", api())
        .at("/openapi.json", documentation::document(document))
        .at("/docs", documentation::reference(document))
        .at("/.well-known/change-password", documentation::change_password());
    if let Some(render) = metrics {
        routes = routes.at("/metrics", documentation::metrics(render));
    }
    routes
}
