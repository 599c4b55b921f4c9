//! Whether the database can be written now.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_application::ports::{StoreError, UnitOfWork};
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::SeaStore;
use crate::tables::bookkeeping::{Entry, come_and_go, count};

/// For how long an answer is given to those who ask after.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// How long a write may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last answer. Whoever asks while it is being found waits for it: a flood of questions costs one write a second.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    is_older: AtomicBool,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Probe {
    pub(crate) fn set_older(&self, is_older: bool) {
        self.is_older.store(is_older, Ordering::Relaxed);
    }

    pub(crate) async fn ask(&self, store: &SeaStore) -> Result<(), StoreError> {
        if self.is_older.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable(OLDER.into()));
        }
        let mut last = self.last.lock().await;
        let answer = match last.take() {
            Some((at, answer)) if at.elapsed() < GOOD_FOR => (at, answer),
            _ => {
                let answer =
                    tokio::time::timeout(PATIENCE, write(store)).await.unwrap_or_else(|_| Err(STUCK.to_owned()));
                (now(), answer)
            }
        };
        let said = answer.1.clone();
        *last = Some(answer);
        said.map_err(|why| StoreError::Unavailable(why.into()))
    }
}

/// How long it rests where another node was in the way.
const PAUSE: Duration = Duration::from_millis(20);

const OLDER: &str = "the database is older than it was: stop all nodes and run `countersign restore --mark`";

const STUCK: &str = "a write did not end within 2 s: something keeps the database locked, or the disk does not answer";

/// Again while others are in the way: several nodes may ask at the same time, which says that the database can be written.
async fn write(store: &SeaStore) -> Result<(), String> {
    loop {
        match write_once(store).await {
            Err(StoreError::Contention(_)) => tokio::time::sleep(PAUSE).await,
            written => return written.map_err(|error| told(&error)),
        }
    }
}

/// On a server, a row that no other node knows: one that all write would be kept locked by a node that was stopped while it
/// wrote. A file is locked as a whole by whoever writes, so that there a row will do that is always there.
async fn write_once(store: &SeaStore) -> Result<(), StoreError> {
    let unit = store.begin_unit().await?;
    if unit.get_database_backend() == DbBackend::Sqlite {
        count(&unit, Entry::Probe).await?;
    } else {
        come_and_go(&unit).await?;
    }
    Box::new(unit).commit().await
}

/// All that was said, from the store's error down to the driver's.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !told.ends_with(&said) {
            told = format!("{told}: {said}");
        }
        source = cause.source();
    }
    told
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "measures the age of an answer, and decides nothing else")]
    Instant::now()
}
