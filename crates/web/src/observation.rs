//! What whoever runs the pages sees of a request: its id in the logs, and its place in the metrics.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use poem::http::{HeaderName, HeaderValue};
use poem::{Request, Response};
use tracing::Span;
use tracing::field::Empty;

/// The header that names a request in the logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Under what the pages count among the operations of the API.
const OPERATION: &str = "pages";

/// Names the requests of this process.
pub(crate) struct Observation {
    process: u64,
    requests: AtomicU64,
}

/// One request.
pub(crate) struct Observed {
    pub(crate) id: String,
    pub(crate) span: Span,
    begun: Instant,
}

impl Observation {
    pub(crate) fn new() -> Self {
        // The standard library's hash keys are random, and an id needs no more than to be unlikely to meet again.
        Self { process: RandomState::new().build_hasher().finish(), requests: AtomicU64::new(0) }
    }

    pub(crate) fn begin(&self, request: &Request) -> Observed {
        let id = format!("{:016x}-{:x}", self.process, self.requests.fetch_add(1, Ordering::Relaxed));
        // Neither the path nor the query is logged: both may hold what belongs to a person.
        // Of the highest level, so that every line of whatever level names the request.
        let span = tracing::error_span!("page", %id, method = %request.method(), account = Empty);
        #[expect(clippy::disallowed_methods, reason = "measures a duration for the metrics and decides nothing")]
        let begun = Instant::now();
        Observed { id, span, begun }
    }
}

impl Observed {
    pub(crate) fn end(self, response: &mut Response) {
        let (seconds, status) = (self.begun.elapsed().as_secs_f64(), response.status().as_u16());
        self.span.in_scope(|| tracing::debug!(status, seconds, "answered"));
        metrics::counter!("countersign_http_requests_total", "operation" => OPERATION, "status" => status.to_string())
            .increment(1);
        metrics::histogram!("countersign_http_request_seconds", "operation" => OPERATION).record(seconds);
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}

/// Counts what came of a sign-in, as the API does.
pub(crate) fn count_sign_in(step: &'static str, outcome: &'static str) {
    metrics::counter!("countersign_sign_ins_total", "step" => step, "outcome" => outcome).increment(1);
}
