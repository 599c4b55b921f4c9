//! The hosted pages: what people see in a browser, rendered on the server.
//!
//! A request passes the frame (`frame.rs`: security headers, panics, refusals as pages), the router, and one handler of
//! `pages`, one file a family of pages. A handler gets a `Visit`: who asks, in which language, and what the form
//! held; it runs use cases, as the HTTP API does, and renders a template.
//!
//! Nothing needs JavaScript but copying, countdowns and the sending of a whole code.

mod appearance;
mod assets;
mod cookies;
mod form;
mod frame;
mod moments;
mod observation;
mod page;
mod pages;
mod plot;
mod refusal;
mod return_to;
mod texts;
mod visit;

use countersign_application::{Application, TrustedProxies};
use poem::{Endpoint, EndpointExt, Response, get};

/// What the pages need to know beside the application.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Whether browsers reach the pages by HTTPS only, and are to hold to it (RFC 6797).
    pub https_only: bool,
}

/// All pages as one endpoint.
pub fn service(application: Application, options: WebOptions) -> impl Endpoint<Output = Response> + 'static {
    let routes = pages::routes()
        .at("/assets/realms/:slug/logo", get(appearance::logo))
        .at("/assets/realms/:slug/theme.css", get(appearance::theme));
    let routes = routes.data(application.clone()).data(options.trusted_proxies.clone());
    frame::Frame::new(routes, application, options)
}

/// Whether a path belongs to the pages. Everything else is the API's.
#[must_use]
pub fn serves(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(first, "" | "assets" | "sign-in" | "sign-out" | "setup" | "security" | "admin")
}
