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

use countersign_application::Application;
use poem::{Endpoint, EndpointExt, Response, get};

/// All pages as one endpoint. Each request brings its `Origin`: the listener alone knows it.
pub fn service(application: Application) -> impl Endpoint<Output = Response> + 'static {
    let routes = pages::routes()
        .at("/assets/realms/:slug/logo", get(appearance::logo))
        .at("/assets/realms/:slug/theme.css", get(appearance::theme));
    frame::Frame::new(routes.data(application.clone()), application)
}

/// Whether a path belongs to the pages. Everything else is the API's.
#[must_use]
pub fn serves(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(first, "" | "assets" | "sign-in" | "sign-out" | "setup" | "security" | "admin")
}
