//! The hosted pages: what people see in a browser, rendered on the server.
//!
//! A request comes from the serving frame to the [`Interface`] (`site.rs`: refusals as pages), the router, and one handler of
//! `pages`, one file a family of pages. A handler gets a `Visit`: who asks, in which language, and what the form
//! held; it runs use cases, as the HTTP API does, and renders a template.
//!
//! Nothing needs JavaScript but copying, countdowns and the sending of a whole code.

mod appearance;
mod assets;
mod cookies;
mod deep_link;
mod form;
mod moments;
mod page;
mod pages;
mod plot;
mod posted;
mod refusal;
mod return_to;
mod shown_once;
mod signed_in;
mod site;
mod texts;
mod visit;

use countersign_application::Application;
use countersign_serving::Interface;
use poem::{EndpointExt, get};

/// All pages, for the serving frame.
pub fn service(application: Application) -> impl Interface {
    let routes = pages::routes()
        .at("/assets/realms/:slug/logo", get(appearance::logo))
        .at("/assets/realms/:slug/theme.css", get(appearance::theme));
    site::Site(routes.data(application))
}

/// Whether a path belongs to the pages. Everything else is the API's.
#[must_use]
pub fn serves(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(first, "" | "assets" | "sign-in" | "sign-out" | "setup" | "security" | "admin")
}
