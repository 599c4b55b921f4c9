//! Who waits for failed sign-ins, and whether the times that are stored can be.

use countersign_application::PageRequest;
use countersign_application::audit::{AuditFilter, AuditReads};
use countersign_application::ports::{Clock, StoreError};
use countersign_application::verification::AttemptReads;
use countersign_crypto::SystemClock;
use countersign_persistence::SeaStore;

use super::report::Report;

/// How far in the future a time may lie that another node's clock wrote.
const CLOCKS_APART: u64 = 60;

/// How many that wait are counted at most.
const MOST: u32 = 1_000;

pub(super) async fn check(store: &SeaStore, report: &mut Report) {
    if let Err(error) = look(store, report).await {
        report.failure("waits", format!("who waits cannot be read: {error}"), "see the log");
    }
}

async fn look(store: &SeaStore, report: &mut Report) -> Result<(), StoreError> {
    let now = SystemClock.now();
    let newest = store.list_audit_events(&AuditFilter::default(), PageRequest { limit: 1, after: None }).await?;
    let ahead = newest.items.first().map_or(0, |event| now.seconds_until(event.at));
    if ahead > CLOCKS_APART {
        report.warning(
            "times",
            format!("the newest audit event lies {ahead} s in the future: the clock was ahead, or is behind now"),
            "if the clock is right now, waits that were written then are void; `countersign account unlock` and \
             `countersign throttle clear --all` end what is left",
        );
    } else {
        report.ok("times", "no audit event lies in the future");
    }
    let waiting = store.list_waiting_attempts(now, MOST).await?;
    let networks: std::collections::BTreeSet<_> = waiting.into_iter().filter_map(|attempts| attempts.network).collect();
    let what = match networks.len() {
        0 => "no network waits for failed sign-ins".to_owned(),
        number => format!("networks that wait for failed sign-ins: {number}; `countersign throttle list` shows them"),
    };
    report.ok("waits", what);
    Ok(())
}
