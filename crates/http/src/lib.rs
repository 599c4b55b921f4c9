//! The OpenAPI HTTP adapter: one file a resource in `resources`, what goes over the wire in `schema`.
//!
//! A request passes the frame (`frame.rs`: request id, panics, metrics, problems), the router, and one operation, which
//! runs one use case and maps its outcome. Whatever is refused becomes a `Problem`, and only the frame turns
//! that into a response.

mod account_name;
mod bearer;
mod body;
mod client;
mod document;
mod frame;
mod idempotency;
mod page_query;
mod problem;
mod resources;
mod schema;

use std::sync::Arc;

use countersign_application::Application;
use poem::{Endpoint, Response};

/// Renders all metrics in the text format of OpenMetrics.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the adapter needs to know beside the application.
pub struct HttpOptions {
    /// Metrics; `None` where they are not on this listener.
    pub metrics: Option<RenderMetrics>,
}

/// The whole HTTP interface as one endpoint. Each request brings its `Origin`: the listener alone knows it.
pub fn service(application: Application, options: HttpOptions) -> impl Endpoint<Output = Response> + 'static {
    let HttpOptions { metrics } = options;
    let document = document::Document::generate();
    let methods = document.methods();
    let routes = resources::routes(&document, metrics);
    frame::Frame::new(routes, methods, application)
}

/// The API document (OpenAPI 3.0), formatted for people and for version control.
#[must_use]
pub fn openapi_json() -> String {
    document::Document::generate().to_pretty_json()
}
