//! Folding the write-ahead log into the file, off the way of whoever commits.
//!
//! SQLite has the one who commits fold the log when it has grown long, which writes thousands of pages while everyone
//! waits. Here a thread of its own does that beside the commits; what was added meanwhile is little, and is folded between
//! two commits, so that the log begins anew. Where that thread does not keep up, SQLite's own way is still there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::sqlite_thread::connect;
use crate::OpenError;

/// How many pages of the log make whoever commits fold it after all.
pub(super) const LONGEST_LOG: u32 = 4_000;

/// From about this length on, in pages, the log is folded into the file.
const LONG: u64 = 2_000;

/// How many pages a commit writes beside one for each row that it changes, about: indexes and inner pages.
const BESIDE_ROWS: u64 = 5;

const RESTING: u8 = 0;
const FOLDING: u8 = 1;
const FOLDED: u8 = 2;

/// What the thread that commits knows of the one that folds.
pub(super) struct Checkpoints {
    /// The other thread and what wakes it; `None` at the very end.
    folding: Option<(SyncSender<()>, JoinHandle<()>)>,
    state: Arc<AtomicU8>,
    /// How many rows the connection had changed when it was last looked at.
    changed: u64,
    /// By how many pages the log has grown since it was last folded, about.
    grown: u64,
}

impl Checkpoints {
    pub(super) fn of(path: &Path) -> Result<Self, OpenError> {
        let connection = connect(path).map_err(|error| OpenError::Database(Box::new(error)))?;
        let (wake, woken) = mpsc::sync_channel::<()>(1);
        let state = Arc::new(AtomicU8::new(RESTING));
        let told = Arc::clone(&state);
        let folding = move || {
            for () in woken {
                fold(&connection);
                told.store(FOLDED, Ordering::Release);
            }
        };
        let thread = std::thread::Builder::new().name("countersign-checkpoint".to_owned()).spawn(folding);
        let thread = thread.map_err(|source| OpenError::File { path: path.to_owned(), source })?;
        Ok(Self { folding: Some((wake, thread)), state, changed: 0, grown: 0 })
    }

    /// Between two pieces of work of the connection that commits.
    pub(super) fn after_a_commit(&mut self, connection: &Connection) {
        let changed = connection.total_changes();
        if changed != self.changed {
            self.grown += changed - self.changed + BESIDE_ROWS;
            self.changed = changed;
        }
        match self.state.load(Ordering::Acquire) {
            FOLDED => {
                fold(connection);
                self.grown = 0;
                self.state.store(RESTING, Ordering::Release);
            }
            RESTING if self.grown >= LONG => {
                self.state.store(FOLDING, Ordering::Release);
                if let Some((wake, _)) = &self.folding {
                    // It rests, so there is room; and where it has ended, SQLite's own way is left.
                    let _ = wake.try_send(());
                }
            }
            _ => {}
        }
    }
}

impl Drop for Checkpoints {
    /// Waits until the other connection is closed: the last one folds the whole log.
    fn drop(&mut self) {
        if let Some((wake, thread)) = self.folding.take() {
            drop(wake);
            // One that panicked has closed it as well.
            let _ = thread.join();
        }
    }
}

/// Folds as much as is possible without waiting for anybody. What is left is folded the next time.
fn fold(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
}
