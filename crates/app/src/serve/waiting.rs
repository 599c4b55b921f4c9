//! Waiting for a database server that is not there yet: after a power cut, or where everything is started at once, it
//! may take longer than this program.

use std::pin::{Pin, pin};
use std::time::Duration;

use countersign_cli::{CommandError, Output};
use countersign_persistence::{OpenError, SeaStore, StoreOptions, migrate};
use tokio::time::{Sleep, sleep};

use super::signals::Signals;
use crate::deployment::{cannot_open, store_options};
use crate::seen;
use crate::settings::Settings;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Opens the database and brings its schema up to date; makes it where it is a file. `None` after a signal.
pub(super) async fn open(
    settings: &Settings,
    signals: &mut Signals,
    output: &mut Output<'_>,
) -> Result<Option<SeaStore>, CommandError> {
    let options = store_options(settings).creating();
    let patience = settings.database_start_seconds;
    let mut over = pin!(sleep(patience));
    let mut pause = FIRST_PAUSE;
    loop {
        // A signal ends an attempt to connect, but not a migration.
        let opened = tokio::select! {
            opened = SeaStore::open(&options) => opened,
            signal = signals.next() => return Ok(stopped(signal)),
        };
        if let Ok(store) = &opened
            && let Err(older) = seen::require_no_older_before(settings, store).await
        {
            store.close().await;
            return Err(older);
        }
        let error = match up_to_date(opened, &options).await {
            Ok(store) => return Ok(Some(store)),
            Err(error @ OpenError::Unreachable(_)) if !patience.is_zero() => error,
            Err(error) => return Err(cannot_open(error)),
        };
        if pause == FIRST_PAUSE {
            tell(settings, &error, output)?;
        }
        tracing::debug!(reason = reason(&error), "the database is not reached");
        let signal = tokio::select! {
            () = rest(pause, over.as_mut()) => None,
            signal = signals.next() => Some(signal),
        };
        if let Some(signal) = signal {
            return Ok(stopped(signal));
        }
        if over.is_elapsed() {
            return Err(cannot_open(error));
        }
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// Rests for `pause`, or until `over`.
async fn rest(pause: Duration, over: Pin<&mut Sleep>) {
    tokio::select! {
        () = sleep(pause) => {}
        () = over => {}
    }
}

async fn up_to_date(opened: Result<SeaStore, OpenError>, options: &StoreOptions) -> Result<SeaStore, OpenError> {
    let store = opened?;
    match migrate(options).await {
        Ok(applied) => {
            if !applied.is_empty() {
                tracing::info!(migrations = applied.len(), "the schema was brought up to date");
            }
            Ok(store)
        }
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

fn tell(settings: &Settings, error: &OpenError, output: &mut Output<'_>) -> Result<(), CommandError> {
    let place = &settings.database_url;
    let (reason, seconds) = (reason(error), settings.database_start_seconds.as_secs());
    output.note(&format!("waiting for the database at {place}: {reason}, for up to {seconds} s"))?;
    Ok(())
}

/// The innermost of what was said: the messages around it say where it came from.
fn reason(error: &OpenError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn stopped<T>(signal: &str) -> Option<T> {
    tracing::info!(signal, "stopped while waiting for the database");
    None
}
