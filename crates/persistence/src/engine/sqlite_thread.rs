//! A connection to an SQLite file with a thread of its own.
//!
//! The library's connections have threads too, and tell each row and each statement's end across: what finds people or
//! settles claims would wake two threads ten times and more. Here a whole piece of work goes to the thread as a function,
//! and its result comes back: two wakes, whatever it does.
//!
//! It is one thread for finding and settling: a connection forgets the pages that it has read whenever another one
//! commits, and one that does both keeps them. Nobody on it waits for someone else's lock, only for the disk.

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use countersign_application::ports::StoreError;
use rusqlite::{Connection, OpenFlags};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::sqlite_checkpoints::{Checkpoints, LONGEST_LOG};
use crate::OpenError;
use crate::lane::{Lanes, Serve, Served};

/// How many statements a connection keeps prepared: those of a piece of work differ by how many rows they are about.
const PREPARED: usize = 128;

/// How long another process's lock is waited for on this thread, which those need who want to read. Units of work wait
/// longer.
const PATIENCE: Duration = Duration::from_millis(20);

/// Serves a batch of a lane, or leaves it to a task: with `None`.
pub(super) type ServeOn<S> = fn(&mut Connection, &[<S as Serve>::Ask]) -> Option<Vec<Served<S>>>;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread and its connection.
#[derive(Clone)]
pub(crate) struct FileThread {
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

impl FileThread {
    /// Opens the file, which is there and in its journal mode already.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let mut connection = connect(path).map_err(|error| OpenError::Database(Box::new(error)))?;
        let (jobs, waiting) = mpsc::channel::<Job>();
        let mut checkpoints = Checkpoints::of(path)?;
        let thread = std::thread::Builder::new().name("countersign-sqlite".to_owned()).spawn(move || {
            for job in waiting {
                // One that panics fails itself alone: whoever waits for it is told by the end of its channel.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut connection)));
                if !connection.is_autocommit() {
                    // What it left open is nobody's. Where even this fails, the next one that begins is refused.
                    let _ = connection.execute_batch("ROLLBACK");
                }
                checkpoints.after_a_commit(&connection);
            }
        });
        let thread = thread.map_err(|source| OpenError::File { path: path.to_owned(), source })?;
        Ok(Self { running: Arc::new(Mutex::new(Some(Running { jobs, thread }))) })
    }

    /// Runs a piece of work on the thread, after those that came before. Once it has begun it is run to its end, whether or
    /// not anybody waits for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, result) = oneshot::channel();
        self.begin(move |connection| {
            let _ = done.send(work(connection));
        });
        result.await.map_err(|_| StoreError::Unavailable("a piece of work ended early, or never began".into()))
    }

    /// Begins a piece of work that nobody waits for; `false` where the connection is closed, and it is dropped.
    pub(crate) fn begin(&self, work: impl FnOnce(&mut Connection) + Send + 'static) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().is_some_and(|running| running.jobs.send(Box::new(work)).is_ok())
    }

    /// Runs a batch of a lane on the thread; then the lane begins again, so that others have their turns. `turn` is given
    /// back in between.
    pub(crate) fn begin_lane<S: Serve, T: Send + 'static>(
        &self,
        lane: Lanes<S>,
        runtime: Handle,
        turn: T,
        serve: ServeOn<S>,
    ) {
        let left = lane.clone();
        let begun = self.begin(move |connection| {
            let again = lane.run_once(&runtime, |asks| serve(connection, asks));
            drop(turn);
            if again {
                S::begin(lane, runtime);
            }
        });
        if !begun {
            left.abandon();
        }
    }

    /// Closes the connection, once what came before has ended.
    pub(super) async fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { jobs, thread }) = running {
            drop(jobs);
            // A thread that panicked has closed it as well.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

pub(super) fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LONGEST_LOG)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread whose file has a table `t`.
    fn thread(directory: &tempfile::TempDir) -> FileThread {
        let path = directory.path().join("thread.db");
        let file = Connection::open(&path).unwrap();
        file.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, text BLOB)").unwrap();
        FileThread::open(&path).unwrap()
    }

    fn count(connection: &Connection) -> i64 {
        connection.query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[tokio::test]
    async fn work_that_panics_or_leaves_something_open_takes_nothing_with_it() {
        let directory = tempfile::tempdir().unwrap();
        let thread = thread(&directory);
        let panicked = thread.run(|connection| -> () {
            connection.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1, NULL)").unwrap();
            panic!("in the middle of a transaction");
        });
        assert!(matches!(panicked.await, Err(StoreError::Unavailable(_))));
        thread
            .run(|connection| connection.execute_batch("BEGIN; INSERT INTO t VALUES (2, NULL)").unwrap())
            .await
            .unwrap();
        let kept = thread.run(|connection| {
            connection.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (3, NULL); COMMIT").unwrap();
            count(connection)
        });
        assert_eq!(kept.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_was_begun_is_done_though_nobody_waits_and_nothing_is_begun_once_it_is_closed() {
        let directory = tempfile::tempdir().unwrap();
        let thread = thread(&directory);
        for id in 0..100_i64 {
            let mut run = Box::pin(thread.run(move |connection| {
                connection.execute("INSERT INTO t VALUES (?, NULL)", [id]).unwrap();
            }));
            // Given up as soon as it was asked for.
            let _ = futures_util::poll!(run.as_mut());
        }
        thread.close().await;
        assert!(matches!(thread.run(|_| ()).await, Err(StoreError::Unavailable(_))));
        assert_eq!(count(&Connection::open(directory.path().join("thread.db")).unwrap()), 100);
        let left = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(left, 1, "the last one to close has folded the log");
    }

    #[tokio::test]
    async fn its_connection_waits_for_the_disk_and_holds_to_foreign_keys() {
        let directory = tempfile::tempdir().unwrap();
        let thread = thread(&directory);
        // 2 is FULL.
        for (pragma, wanted) in [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 20)] {
            let is =
                thread.run(move |connection| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)));
            assert_eq!(is.await.unwrap().unwrap(), wanted, "{pragma}");
        }
    }

    #[tokio::test]
    async fn the_log_is_folded_before_anyone_has_to_while_they_commit() {
        const PAGES: usize = 3_000;
        let directory = tempfile::tempdir().unwrap();
        let thread = thread(&directory);
        let write = |connection: &mut Connection| {
            connection.execute("INSERT INTO t (text) VALUES (zeroblob(3000))", []).unwrap();
        };
        for _ in 0..PAGES {
            thread.run(write).await.unwrap();
        }
        const { assert!(PAGES < LONGEST_LOG as usize) };
        let length = || std::fs::metadata(directory.path().join("thread.db")).unwrap().len();
        while length() < 4_096 * PAGES as u64 / 2 {
            thread.run(write).await.unwrap();
        }
    }
}
