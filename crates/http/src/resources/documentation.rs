//! What is served beside the documented operations.

use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::{Body, Response, RouteMethod, endpoint::make_sync};

use crate::RenderMetrics;
use crate::document::Document;

/// The page holds its script and style itself and may load nothing from anywhere else.
const REFERENCE_CSP: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/openapi.json`.
pub(super) fn document(document: &Document) -> RouteMethod {
    let json = Bytes::from(document.to_pretty_json());
    RouteMethod::new().get(make_sync(move |_| typed("application/json", json.clone())))
}

/// `/docs`: the API reference.
pub(super) fn reference(document: &Document) -> RouteMethod {
    // Shared by all answers: it is 1.7 MB.
    let html = Bytes::from(document.to_reference_html());
    RouteMethod::new().get(make_sync(move |_| {
        Response::builder()
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, REFERENCE_CSP)
            .header(header::REFERRER_POLICY, "no-referrer")
            .body(html.clone())
    }))
}

/// `/.well-known/change-password` (W3C): where a password manager sends people. Without hosted pages that is the
/// description of the operation.
pub(super) fn change_password() -> RouteMethod {
    RouteMethod::new().get(make_sync(|_| {
        Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(header::LOCATION, "/docs#/account/change_password")
            .finish()
    }))
}

/// `/metrics`, in the text format of OpenMetrics.
pub(super) fn metrics(render: RenderMetrics) -> RouteMethod {
    RouteMethod::new().get(make_sync(move |_| typed("text/plain; version=0.0.4; charset=utf-8", render())))
}

fn typed(content_type: &str, body: impl Into<Body>) -> Response {
    Response::builder().header(header::CONTENT_TYPE, content_type).body(body)
}
