//! Whether what is sealed opens in the row where it stands.

use std::ops::ControlFlow;

use countersign_application::master_key::{BrokenSeal, CheckSealed};
use countersign_crypto::KeyRing;
use countersign_persistence::SeaStore;

use super::report::Report;
use crate::settings::Settings;
use crate::wiring::{Wired, wire};

/// How many values of each kind are looked at: a second's work. `key check` looks at all.
const MOST: u64 = 10_000;

/// How many rows are named.
const NAMED: usize = 10;

pub(super) async fn check(settings: &Settings, store: &SeaStore, ring: KeyRing, report: &mut Report) {
    const ADVICE: &str = "somebody has changed the database past the server, or the disk has: these accounts cannot sign in with \
                          that; restore a backup, or let them enroll anew (`countersign account disable-2fa`)";
    let Wired { application, .. } = wire(settings, store.clone(), Some(ring.into()));
    match (CheckSealed { most: Some(MOST) }).execute(&application, &mut |_| ControlFlow::Continue(())).await {
        Ok(sample) if sample.broken.is_empty() => {
            let told = format!("{} sealed values were opened, each in the row that it was sealed to", sample.opened);
            report.ok("sealed rows", told);
        }
        Ok(sample) => {
            let named: Vec<String> = sample.broken.iter().take(NAMED).map(told).collect();
            let number = sample.broken.len();
            let told = format!("{number} sealed values do not open where they stand: {}", named.join("; "));
            report.failure("sealed rows", told, ADVICE);
        }
        Err(error) => {
            report.failure("sealed rows", format!("they cannot be read: {}", chain(&error)), ADVICE);
        }
    }
}

pub(crate) fn told(BrokenSeal { table, row, error }: &BrokenSeal) -> String {
    format!("{table} {row} ({error})")
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
