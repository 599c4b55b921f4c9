//! The hosted pages: what people see in a browser, rendered on the server.
//!
//! A request comes from the serving frame to the [`Interface`] (`site.rs`: refusals as pages), the router, and one handler of
//! `pages`, one file a family of pages. A form passes `posted.rs` before: whether it is ours, and whether it was carried out
//! already. A handler gets a `Visit`: who asks, in which language, and what the form held; it runs use cases, as the HTTP API
//! does, and renders a template, or leads on to where `shown_once.rs` shows what was made.
//!
//! Nothing needs JavaScript but copying, countdowns and the sending of a whole code.

mod acting;
mod appearance;
mod assets;
mod cookie_names;
mod cookies;
mod cut_off;
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

pub use cookie_names::{OwnCookies, with_cookies_of};
use countersign_application::Application;
use countersign_serving::Interface;
use poem::http::header;
use poem::{EndpointExt, Request, get};

/// All pages, for the serving frame.
pub fn service(application: Application) -> impl Interface {
    let routes = pages::routes()
        .at("/assets/realms/:slug/logo", get(appearance::logo))
        .at("/assets/realms/:slug/theme.css", get(appearance::theme));
    site::Site { routes: routes.data(application.clone()), application }
}

/// Whether the pages answer a request. Everything else is the API's; but whoever comes with a browser to an address that
/// nobody has is told so by a page.
#[must_use]
pub fn serves(request: &Request) -> bool {
    let first = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    match first {
        "" | "assets" | "sign-in" | "sign-out" | "setup" | "password" | "security" | "admin" | ".well-known" => true,
        "v1" | "docs" | "openapi.json" | "openapi.yaml" | "health" | "metrics" => false,
        _ => wants_a_page(request),
    }
}

/// Whether a browser asks for a page to show.
fn wants_a_page(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').next().is_some_and(|first| first.trim().starts_with("text/html"))
}
