use std::sync::Arc;

use super::backups::LastBackup;
use countersign_crypto::SlowHashing;
use countersign_http::RenderMetrics;
use metrics_exporter_prometheus::PrometheusHandle;
use poem::endpoint::make_sync;
use poem::{Endpoint, Response, Route};

/// Renders all metrics, with what is measured only when somebody asks.
pub(super) fn renderer(recorder: PrometheusHandle, hashing: SlowHashing, backups: LastBackup) -> RenderMetrics {
    metrics::describe_gauge!("countersign_backup_age_seconds", "How old the last good backup is that is known here.");
    metrics::describe_counter!("countersign_backups_total", "Backups that the server tried to make, by outcome.");
    metrics::describe_gauge!("countersign_slow_hashing_running", "Password and recovery code hashes being computed.");
    metrics::describe_gauge!("countersign_slow_hashing_waiting", "Requests that wait for such a computation.");
    metrics::describe_counter!("countersign_slow_hashing_computations_total", "Such computations made so far.");
    Arc::new(move || {
        let load = hashing.load();
        // Never beyond 2^53 of anything here.
        metrics::gauge!("countersign_slow_hashing_running").set(load.running as f64);
        metrics::gauge!("countersign_slow_hashing_waiting").set(load.waiting as f64);
        metrics::counter!("countersign_slow_hashing_computations_total").absolute(load.computations);
        if let Some(seconds) = backups.age_seconds() {
            metrics::gauge!("countersign_backup_age_seconds").set(seconds as f64);
        }
        recorder.render()
    })
}

/// The whole of a listener that has metrics only.
pub(super) fn endpoint(render: RenderMetrics) -> impl Endpoint + 'static {
    let page =
        make_sync(move |_| Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(render()));
    Route::new().at("/metrics", poem::get(page))
}
