use std::time::Duration;

use countersign_application::Application;
use countersign_application::use_cases::PruneExpired;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::{MissedTickBehavior, interval};

const PRUNING: Duration = Duration::from_secs(300);

/// How often samples that nobody fetched are folded, so that they do not pile up.
const UPKEEP: Duration = Duration::from_secs(10);

/// Removes what has expired, again and again. Correctness does not depend on it.
pub(super) async fn run(application: Application, recorder: PrometheusHandle) {
    let (mut pruning, mut upkeep) = (interval(PRUNING), interval(UPKEEP));
    pruning.set_missed_tick_behavior(MissedTickBehavior::Delay);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = pruning.tick() => match PruneExpired.execute(&application).await {
                Ok(pruned) => tracing::debug!(?pruned, "what had expired was removed"),
                Err(error) => tracing::warn!(%error, "what has expired could not be removed; it is tried again"),
            },
            _ = upkeep.tick() => recorder.run_upkeep(),
        }
    }
}
