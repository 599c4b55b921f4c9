use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use metrics::{Counter, Histogram, counter, histogram};

/// What is measured of requests: how many there were of each operation and status, and how long they took. What measures one
/// is made for the first of its kind, and found by all others.
#[derive(Default)]
pub(super) struct Meters(RwLock<HashMap<(&'static str, u16), Meter>>);

struct Meter {
    requests: Counter,
    seconds: Histogram,
}

impl Meter {
    fn note(&self, seconds: f64) {
        self.requests.increment(1);
        self.seconds.record(seconds);
    }
}

impl Meters {
    pub(super) fn note(&self, operation: &'static str, status: u16, seconds: f64) {
        let kind = (operation, status);
        if let Some(meter) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&kind) {
            meter.note(seconds);
            return;
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let meter = all.entry(kind).or_insert_with(|| Meter {
            requests: counter!("countersign_http_requests_total", "operation" => operation, "status" => status.to_string()),
            seconds: histogram!("countersign_http_request_seconds", "operation" => operation),
        });
        meter.note(seconds);
    }
}
