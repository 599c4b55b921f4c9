use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use poem::Response;
use poem::http::{HeaderName, HeaderValue};

/// The header that names a request in the logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the requests of this process.
pub(super) struct RequestIds {
    /// Tells them from those of any other process.
    process: u64,
    requests: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        // The standard library's hash keys are random, and an id needs no more than to be unlikely to meet again.
        Self { process: RandomState::new().build_hasher().finish(), requests: AtomicU64::new(0) }
    }
}

impl RequestIds {
    pub(super) fn next(&self) -> String {
        format!("{:016x}-{:x}", self.process, self.requests.fetch_add(1, Ordering::Relaxed))
    }
}

/// Says in an answer what its request is called, unless it is the answer to an earlier one.
pub fn name_answer(response: &mut Response, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}
