//! What is refused before the API or the pages see it, in the form of their problems (RFC 9457).

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use poem::http::{HeaderValue, Response, StatusCode, header};

use crate::body::{Answer, AnyBody};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its client has too much under way.
    Busy,
    /// It does not name one host (RFC 9112, 3.2).
    Host,
}

/// Tells the refused requests of this process apart.
static REFUSED: AtomicU64 = AtomicU64::new(0);

impl Refusal {
    pub(crate) fn response(self) -> Response<Answer> {
        let (status, code, title, detail, retry) = match self {
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service cannot answer now",
                "This client has too many requests under way, or answers that it does not take.",
                r#","retry_after_seconds":1"#,
            ),
            Self::Host => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The request is malformed",
                "A request of HTTP/1.1 names one host.",
                "",
            ),
        };
        let id = format!("listener-{:x}", REFUSED.fetch_add(1, Ordering::Relaxed));
        let number = status.as_u16();
        let body = format!(
            r#"{{"type":"urn:countersign:problem:{code}","title":"{title}","status":{number},"detail":"{detail}","code":"{code}","request_id":"{id}"{retry}}}"#
        );
        let body = Full::new(Bytes::from(body)).map_err(|never| match never {});
        let mut response = Response::new(Answer::short(AnyBody::new(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert("x-request-id", id);
        }
        if self == Self::Busy {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
