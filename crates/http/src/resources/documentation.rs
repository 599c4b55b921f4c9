//! What is served beside the documented operations.

use countersign_serving::Prepared;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Response, RouteMethod, endpoint::make_sync};

use crate::RenderMetrics;
use crate::document::Document;

/// The page holds its script and style itself and may load nothing from anywhere else.
const REFERENCE_CSP: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/openapi.json`.
pub(super) fn document(document: &Document) -> RouteMethod {
    let json = Prepared::new("application/json", document.to_pretty_json());
    RouteMethod::new().get(make_sync(move |request| json.answer(request.headers())))
}

/// `/docs`: the API reference.
pub(super) fn reference(document: &Document) -> RouteMethod {
    let html = Prepared::new("text/html; charset=utf-8", document.to_reference_html());
    RouteMethod::new().get(make_sync(move |request| {
        let mut response = html.answer(request.headers());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(REFERENCE_CSP));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
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
    RouteMethod::new().get(make_sync(move |_| {
        Response::builder().header(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8").body(render())
    }))
}
