use std::time::Duration;

use countersign_application::Application;
use countersign_application::housekeeping::PruneExpired;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

const PRUNING: Duration = Duration::from_secs(300);

/// How often samples that nobody fetched are folded, so that they do not pile up.
const UPKEEP: Duration = Duration::from_secs(10);

/// So much at once is a backlog, which whoever runs this may want to know of.
const BACKLOG: u64 = 10_000;

/// Removes what has expired, again and again. Correctness does not depend on it.
pub(super) async fn run(application: Application, prune: PruneExpired, recorder: PrometheusHandle) {
    // Beside each other: a backlog may take minutes, and metrics must not pile up behind it.
    tokio::join!(keep_pruning(&application, prune), keep_up(&application, &recorder));
}

async fn keep_pruning(application: &Application, prune: PruneExpired) {
    let mut ticks = every(PRUNING);
    loop {
        ticks.tick().await;
        match prune.execute(application).await {
            Ok(pruned) if pruned.total() >= BACKLOG || pruned.audit_events > 0 => {
                tracing::info!(?pruned, "what had expired was removed");
            }
            Ok(pruned) => tracing::debug!(?pruned, "what had expired was removed"),
            Err(error) => tracing::warn!(%error, "what has expired could not be removed; it is tried again"),
        }
    }
}

async fn keep_up(application: &Application, recorder: &PrometheusHandle) {
    let mut ticks = every(UPKEEP);
    loop {
        ticks.tick().await;
        recorder.run_upkeep();
        application.tell_of_unwritten_refusals();
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
