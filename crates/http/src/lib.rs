//! The OpenAPI HTTP adapter: one file a resource in `resources`, what goes over the wire in `schema`.
//!
//! A request comes from the serving frame to the [`Interface`] (`api.rs`: repeated requests, problems), the router, and one
//! operation, which runs one use case and maps its outcome. Whatever is refused becomes a `Problem`, and only `api.rs` turns
//! that into a response.

mod account_name;
mod api;
mod bearer;
mod body;
mod client;
mod document;
mod idempotency;
mod page_query;
mod problem;
mod resources;
mod schema;

use std::sync::Arc;

use countersign_application::Application;
use countersign_serving::Interface;

/// Renders all metrics in the text format of OpenMetrics.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the adapter needs to know beside the application.
pub struct HttpOptions {
    /// Metrics; `None` where they are not on this listener.
    pub metrics: Option<RenderMetrics>,
}

/// The whole HTTP interface, for the serving frame.
pub fn service(application: Application, options: HttpOptions) -> impl Interface {
    let HttpOptions { metrics } = options;
    let document = document::Document::generate();
    let methods = document.methods();
    let routes = resources::routes(&document, metrics);
    api::Api::new(routes, methods, application)
}

/// The API document (OpenAPI 3.0), formatted for people and for version control.
#[must_use]
pub fn openapi_json() -> String {
    document::Document::generate().to_pretty_json()
}
